"""The clipboard of the terminal, written with the escape sequence OSC 52."""

from base64 import b64encode
from collections.abc import Mapping

LIMIT_BYTES = 74_994
"""The largest text that terminals accept: 100,000 characters with the sequence around it."""

SCREEN_CHUNK = 512
"""GNU screen passes on device control strings of up to 768 bytes."""


def osc52(text: str, environ: Mapping[str, str]) -> str | None:
    """Return the sequence that puts `text` into the clipboard, wrapped for tmux or screen; None if it is too long.

    Reads `TMUX`, `STY` and `TERM` of the environment.
    """
    raw = text.encode("utf-8", "replace")
    if len(raw) > LIMIT_BYTES:
        return None
    plain = f"\x1b]52;c;{b64encode(raw).decode('ascii')}\x07"
    if environ.get("TMUX"):
        return "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        chunks = [plain[start : start + SCREEN_CHUNK] for start in range(0, len(plain), SCREEN_CHUNK)]
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return plain
