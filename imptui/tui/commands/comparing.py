"""Reading comparisons."""

from functools import partial

from imptui.tui.commands.code_page import OTHER_FILE
from imptui.tui.commands.command import view

_diff = partial(view, group="Comparison", panes=frozenset({"diff"}))

COMMANDS = (
    OTHER_FILE,
    _diff("diff.layout", "Side by side, or one below the other", "flip_layout", "vertical_line", footer="layout"),
    _diff("diff.more", "More unchanged lines around changes", "more_context", "right_curly_bracket", footer="context"),
    _diff("diff.less", "Fewer unchanged lines around changes", "less_context", "left_curly_bracket"),
    _diff("diff.space", "Ignore differences in white space, or not", "ignore_space", "W", "ctrl+w", footer="space"),
    _diff("diff.next", "Next change (also ]c)", "next_change", "right_square_bracket"),
    _diff("diff.previous", "Change before (also [c)", "previous_change", "left_square_bracket"),
)
