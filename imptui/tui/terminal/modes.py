"""The terminal modes that the console turns on, and the sequences that restore them."""

MODES_OFF = "".join(f"\x1b[?{mode}l" for mode in (1049, 1000, 1002, 1003, 1004, 1006, 1015, 2004, 2026, 2048))
"""Alternate screen, mouse, focus, bracketed paste, synchronised output, sizes in band."""

RESTORED = f"{MODES_OFF}\x1b[<u\x1b>\x1b[?1l\x1b[?7h\x1b[?25h\x1b[m"
"""Also resets keyboard protocol, keypad, line wrapping, cursor and colours."""
