"""What is written on a new deployment, and what its devices do then."""

from collections.abc import Iterable

from msgspec.structs import replace
from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from imptui.fleet.deployments.draft import Draft, RestartMode
from imptui.tui.commands.deployments_page import tags_in
from imptui.tui.present.look import Piece
from imptui.tui.present.review import INDENT, RESTARTS
from imptui.tui.present.wrapping import wrapped
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.painted import PaintedLine, PaintedLines

FIELDS = ("description", "origin", "tags")


class ReviewForm(Vertical):
    """Description, origin, tags, flag, restart."""

    DEFAULT_CSS = """
    ReviewForm { height: auto; }
    ReviewForm .field { height: 1; }
    ReviewForm .field PaintedLine { width: 14; }
    ReviewForm .field Input, ReviewForm .field Input:focus {
        height: 1; border: none; padding: 0; width: 1fr;
        color: $input-ink; background: $input-paper; text-style: $input-style;
    }
    """

    class Changed(Message):
        """Something was written."""

    class Left(Message):
        """Enter, in one of the lines."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.restart = RestartMode.NONE
        self.is_flagged = False

    def compose(self) -> Iterable[Widget]:
        """A line for each field, and what happens to the devices."""
        for name in FIELDS:
            yield Horizontal(PaintedLine(id=f"label-{name}"), TextField(id=f"field-{name}"), classes="field")
        yield PaintedLines(id="restart")

    def on_mount(self) -> None:
        """What each line is."""
        for name in FIELDS:
            self.query_one(f"#label-{name}", PaintedLine).say([(f" {name}", "dim")])

    def field(self, name: str) -> Input:
        """One of the lines to write in."""
        return self.query_one(f"#field-{name}", Input)

    def fill(self, draft: Draft) -> None:
        """Show what is written on a draft."""
        self.restart, self.is_flagged = draft.restart, draft.is_flagged
        for name, text in zip(FIELDS, (draft.description, draft.origin or "", " ".join(draft.tags)), strict=True):
            self.field(name).value = text

    def written(self, draft: Draft) -> Draft:
        """A draft with what is written here."""
        return replace(
            draft,
            description=self.field("description").value,
            origin=self.field("origin").value or None,
            tags=tags_in(self.field("tags").value),
            restart=self.restart,
            is_flagged=self.is_flagged,
        )

    def paint(self, cells: int) -> None:
        """What happens to the devices, in words."""
        line: list[Piece] = [(" restart      ", "dim"), (self.restart.value, "marked"), (f"  {RESTARTS[self.restart]}", "")]
        if self.is_flagged:
            line.append(("  the new deployment will be flagged", "marked"))
        self.query_one("#restart", PaintedLines).put(wrapped([line], cells, INDENT))

    @on(Input.Changed)
    def wrote(self, event: Input.Changed) -> None:
        """Tell the page."""
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Tell the page."""
        event.stop()
        self.post_message(self.Left())
