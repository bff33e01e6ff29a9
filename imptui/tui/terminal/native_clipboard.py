"""The clipboard of the machine that the console runs on, through whichever program there is for it."""

import shutil
import subprocess
from collections.abc import Callable, Mapping

PATIENCE_S = 3.0
"""How long a clipboard program may take; one without its display may wait for ever."""

PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
    ("", ("clip.exe",)),
    ("", ("termux-clipboard-set",)),
)
"""Programs that take a text from their input, with the variable without which they find no display."""


def put_native(text: str, environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Put a text into the clipboard of this machine; takes until the program is done, so call it in a thread.

    Returns:
        The name of the program that took it; None when there is none, or none did.
    """
    for variable, words in PROGRAMS:
        path = which(words[0]) if not variable or environ.get(variable) else None
        if path is None:
            continue
        try:
            # Clipboard programs stay to hand the text out: with our own output they would hold the terminal open.
            subprocess.run(  # noqa: S603 - found on the person's own path
                [path, *words[1:]], input=text.encode("utf-8", "replace"), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, check=True, timeout=PATIENCE_S,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            continue
        return words[0]
    return None
