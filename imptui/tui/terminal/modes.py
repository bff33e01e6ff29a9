"""What a console turns on in a terminal, and how all of it is put back."""

MODES_OFF = "".join(f"\x1b[?{mode}l" for mode in (1049, 1000, 1002, 1003, 1004, 1006, 1015, 2004, 2026, 2048))
"""Alternate screen, mouse, focus, bracketed paste, synchronised output, sizes in band."""

RESTORED = f"{MODES_OFF}\x1b[<u\x1b>\x1b[?1l\x1b[?7h\x1b[?25h\x1b[m"
"""And the keyboard's protocols and keypad, wrapped lines, the cursor, no colours."""
