"""Numbers three lines high in ASCII, readable from a distance."""

_DIGITS = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    "-": ("   ", " _ ", "   "),
    "%": ("  /", " / ", "/  "),
    ",": ("  ", "  ", " ,"),
    " ": (" ", " ", " "),
}


def large(text: str) -> tuple[str, str, str]:
    """Return digits, `-`, `%`, `,` and blanks three lines high, drawn like a seven-segment display."""
    shapes = [_DIGITS[character] for character in text]
    return (
        " ".join(shape[0] for shape in shapes),
        " ".join(shape[1] for shape in shapes),
        " ".join(shape[2] for shape in shapes),
    )
