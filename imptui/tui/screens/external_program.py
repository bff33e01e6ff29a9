"""Pass a text to another program: a pager, an editor."""

import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from textual.app import App


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text to save, copy, or pass to another program."""

    text: str
    name: str
    """The first part of the file name."""
    suffix: str

    def write(self, path: Path) -> None:
        """Write the text to a file without any change.

        Raises:
            OSError: The file cannot be written.
        """
        path.write_text(self.text, encoding="utf-8", errors="surrogateescape", newline="")


def run_external(app: App[None], program: str, file: TextFile) -> str:
    """Run another program on the terminal, with a private copy of a text; return the copy afterwards.

    Raises:
        SuspendNotSupported: The terminal cannot be handed over.
        OSError, ValueError: The program cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="imptui-") as folder:
        path = Path(folder) / f"{file.name}.{file.suffix}"
        path.touch(mode=0o600)
        file.write(path)
        with app.suspend():
            subprocess.run([*shlex.split(program), str(path)], check=False)  # noqa: S603 - the person's own program
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
