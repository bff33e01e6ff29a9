"""Reading comparisons."""

from imptui.tui.commands.code_page import OtherFile
from imptui.tui.commands.command import View

DIFF = frozenset({"diff"})


class Layout(View):
    """One column or two."""

    id = "diff.layout"
    keys = ("vertical_line",)
    title = "Side by side, or one below the other"
    action = "flip_layout"
    group = "Comparison"
    footer = "layout"
    panes = DIFF


class MoreContext(View):
    """More lines around changes."""

    id = "diff.more"
    keys = ("right_curly_bracket",)
    title = "More unchanged lines around changes"
    action = "more_context"
    group = "Comparison"
    footer = "context"
    panes = DIFF


class LessContext(View):
    """Fewer lines around changes."""

    id = "diff.less"
    keys = ("left_curly_bracket",)
    title = "Fewer unchanged lines around changes"
    action = "less_context"
    group = "Comparison"
    panes = DIFF


class Space(View):
    """Ignore white space or not."""

    id = "diff.space"
    keys = ("W", "ctrl+w")
    title = "Ignore differences in white space, or not"
    action = "ignore_space"
    group = "Comparison"
    footer = "space"
    panes = DIFF


class NextChange(View):
    """The next change."""

    id = "diff.next"
    keys = ("right_square_bracket",)
    title = "Next change (also ]c)"
    action = "next_change"
    group = "Comparison"
    panes = DIFF


class PreviousChange(View):
    """The change before."""

    id = "diff.previous"
    keys = ("left_square_bracket",)
    title = "Change before (also [c)"
    action = "previous_change"
    group = "Comparison"
    panes = DIFF


COMMANDS = (OtherFile(), Layout(), MoreContext(), LessContext(), Space(), NextChange(), PreviousChange())
