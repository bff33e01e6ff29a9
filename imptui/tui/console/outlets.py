"""Clipboard, files and browser."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from imptui.config.locations import Locations
from imptui.tui.console.notifier import Notifier
from imptui.tui.terminal.cell_diff_app import CellDiffApp


class Outlets:
    """Copies text, creates files in the exports folder, opens addresses.

    Args:
        app: Has the terminal, and runs workers.
        notifier: Shows where something was copied or saved.
        locations: The path of the exports folder; None: the working folder.
        environ: The environment, which tells the capabilities of terminal and desktop.
        clipboard: The destination of copied text, one of the `CLIPBOARDS` of the settings.
        send: Sends an escape sequence to the terminal; False: there is no terminal.
        now: The clock, for names of files.
    """

    def __init__(
        self,
        app: CellDiffApp,
        notifier: Notifier,
        *,
        locations: Locations | None,
        environ: Mapping[str, str],
        clipboard: str,
        send: Callable[[str], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._notifier = notifier
        self._locations = locations
        self._environ = environ
        self._clipboard = clipboard
        self._send = send
        self._now = now

    def copy(self, text: str, what: str) -> None:
        """Copy as the settings say; a text that cannot be copied that way is written to a file."""
        if self._clipboard == "native":
            self._app.run_beside(partial(self._copy_by_program, text, what), group="copy", exclusive=True)
        elif self._clipboard == "file" or not self._copied_by_terminal(text, what):
            self._copy_into_file(text, what, is_wished=self._clipboard == "file")

    def _copied_by_terminal(self, text: str, what: str) -> bool:
        from imptui.tui.terminal.osc52 import osc52

        sequence = osc52(text, self._environ)
        if sequence is None or not self._send(sequence):
            return False
        self._notifier.show_message(f"Copied: {what} ({len(text):,} characters; the terminal must allow OSC 52).")
        return True

    async def _copy_by_program(self, text: str, what: str) -> None:
        from imptui.tui.terminal.native_clipboard import put_native

        program = await asyncio.to_thread(put_native, text, self._environ)
        if program is not None:
            self._notifier.show_message(f"Copied: {what} ({len(text):,} characters, by {program}).")
        else:
            self._copy_into_file(text, what)

    def _copy_into_file(self, text: str, what: str, *, is_wished: bool = False) -> None:
        path = self.export_path("clip", "txt")
        path.write_text(text, encoding="utf-8", errors="replace")
        why = "Written" if is_wished else "Written, as it cannot be copied"
        self._notifier.show_message(f"{why}: {what} is in {path}")

    def export_path(self, what: str, suffix: str) -> Path:
        """Create an empty file in the exports folder, readable by its owner alone."""
        folder = self._locations.exports if self._locations is not None else Path.cwd()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stem = f"imptui-{what}-{self._now().astimezone():%Y%m%d-%H%M%S}"
        for number in range(1000):
            path = folder / (f"{stem}.{suffix}" if not number else f"{stem}-{number}.{suffix}")
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                continue
            return path
        raise FileExistsError(folder)

    def open_url(self, url: str) -> None:
        """Open a browser where there is one, else copy the address."""
        has_desktop = self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"
        if url.startswith(("https://", "http://")) and has_desktop and not self._environ.get("SSH_CONNECTION"):
            self._app.open_url(url)
            self._notifier.show_message(f"Opened {url}")
        else:
            self.copy(url, "agent URL")
