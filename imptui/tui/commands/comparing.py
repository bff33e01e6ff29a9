"""Commands of screens that show comparisons."""

from imptui.tui.commands.actions import DiffActions, LayoutActions
from imptui.tui.commands.code_page import OTHER_FILE
from imptui.tui.commands.command import ViewGroup

_diff = ViewGroup("Comparison", frozenset({"diff"}))

COMMANDS = (
    OTHER_FILE,
    _diff(
        "diff.layout",
        "Side by side, or one below the other",
        LayoutActions,
        lambda it: it.action_flip_layout(),
        "vertical_line",
        footer="layout",
    ),
    _diff(
        "diff.more",
        "More unchanged lines around changes",
        DiffActions,
        lambda it: it.action_more_context(),
        "right_curly_bracket",
        footer="context",
    ),
    _diff(
        "diff.less",
        "Fewer unchanged lines around changes",
        DiffActions,
        lambda it: it.action_less_context(),
        "left_curly_bracket",
    ),
    _diff(
        "diff.space",
        "Ignore differences in white space, or not",
        DiffActions,
        lambda it: it.action_ignore_space(),
        "W",
        "ctrl+w",
        footer="space",
    ),
    _diff("diff.next", "Next change (also ]c)", DiffActions, lambda it: it.action_next_change(), "right_square_bracket"),
    _diff("diff.previous", "Change before (also [c)", DiffActions, lambda it: it.action_previous_change(), "left_square_bracket"),
)
