"""The form of a review: the fields of the new deployment, and the restart of its devices."""

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
    """Fields for description, origin, tags, flag and restart."""

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
        """The user changed a field."""

    class Left(Message):
        """The user pressed Enter in a field."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.restart = RestartMode.NONE
        self.is_flagged = False

    def compose(self) -> Iterable[Widget]:
        """Lay out a line for each field, and one for the restart."""
        for name in FIELDS:
            yield Horizontal(PaintedLine(id=f"label-{name}"), TextField(id=f"field-{name}"), classes="field")
        yield PaintedLines(id="restart")

    def on_mount(self) -> None:
        """Set the labels of the fields."""
        for name in FIELDS:
            self.query_one(f"#label-{name}", PaintedLine).show_pieces([(f" {name}", "dim")])

    def field(self, name: str) -> Input:
        """Return the input of a field."""
        return self.query_one(f"#field-{name}", Input)

    def fill(self, draft: Draft) -> None:
        """Show the fields of a draft."""
        self.restart, self.is_flagged = draft.restart, draft.is_flagged
        for name, text in zip(FIELDS, (draft.description, draft.origin or "", " ".join(draft.tags)), strict=True):
            self.field(name).value = text

    def written(self, draft: Draft) -> Draft:
        """Return the draft with the values of the fields."""
        return replace(
            draft,
            description=self.field("description").value,
            origin=self.field("origin").value or None,
            tags=tags_in(self.field("tags").value),
            restart=self.restart,
            is_flagged=self.is_flagged,
        )

    def paint(self, cells: int) -> None:
        """Paint the flag and the restart in words."""
        line: list[Piece] = [(" restart      ", "dim"), (self.restart.value, "marked"), (f"  {RESTARTS[self.restart]}", "")]
        if self.is_flagged:
            line.append(("  the new deployment will be flagged", "marked"))
        self.query_one("#restart", PaintedLines).put(wrapped([line], cells, INDENT))

    @on(Input.Changed)
    def wrote(self, event: Input.Changed) -> None:
        """Post that a field changed."""
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Post that Enter was pressed."""
        event.stop()
        self.post_message(self.Left())
