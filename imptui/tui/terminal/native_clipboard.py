"""The clipboard of the machine that runs the console, through an installed clipboard program."""

import shutil
import subprocess
from collections.abc import Callable, Mapping

PATIENCE_S = 3.0
"""The time limit of a clipboard program; without a display it may wait for ever."""

PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
    ("", ("clip.exe",)),
    ("", ("termux-clipboard-set",)),
)
"""Programs that read the text from stdin, with the variable that names their display."""


def put_native(text: str, environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Put a text into the clipboard of this machine. Blocks until the program ends, so call it in a thread.

    Returns:
        The name of the program that took the text; None if there is none, or all failed.
    """
    for variable, words in PROGRAMS:
        path = which(words[0]) if not variable or environ.get(variable) else None
        if path is None:
            continue
        try:
            # A clipboard program keeps running to serve the text: with an inherited stdout it would keep the terminal open.
            subprocess.run(  # noqa: S603 - found on the person's own path
                [path, *words[1:]], input=text.encode("utf-8", "replace"), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, check=True, timeout=PATIENCE_S,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            continue
        return words[0]
    return None
