"""Records input as the router delivers it; of text for a secret field, only how many characters."""

from textual.widgets import Input

from imptui.fleet.record.event_log import EventLog
from imptui.tui.commands.scanned_code import identifiers_in, is_identifier
from imptui.tui.console.input_events import InputEvent, KeyPressed, Pasted, Resized, Scanned
from imptui.tui.terminal.cell_diff_app import CellDiffApp


class InputRecorder:
    """Writes each delivered input to the record; `InputRouter.on_delivered` calls it.

    Args:
        app: Knows the focused field.
        log: Receives the events.
    """

    def __init__(self, app: CellDiffApp, log: EventLog) -> None:
        self._app = app
        self._log = log

    def __call__(self, event: InputEvent) -> None:
        """Record one input."""
        match event:
            case KeyPressed() if self._is_secret and event.letter:
                self._log.write("secret", count=1, burst=event.burst, is_pasted=False)
            case KeyPressed():
                self._log.write("key", key=event.key, character=event.character, burst=event.burst)
            case Pasted(text) if self._is_secret:
                self._log.write("secret", count=len(text), burst=0, is_pasted=True)
            case Pasted(text) if self._app.keys.is_typing or any(map(is_identifier, identifiers_in(text))):
                self._log.write("paste", text=text)
            case Pasted(text):
                self._log.write("paste", count=len(text))
            case Scanned(text):
                self._log.write("scan", text=text)
            case Resized():
                self._log.write("resize", columns=event.columns, lines=event.lines)

    @property
    def _is_secret(self) -> bool:
        focused = self._app.focused
        return isinstance(focused, Input) and focused.password
