"""Lists and trees: filter, order, marks, scope."""

from functools import partial

from imptui.tui.commands.command import view

LIST = frozenset({"list"})

_list = partial(view, group="List")

COMMANDS = (
    _list("list.open", "Open what is under the cursor", "open", "enter", footer="open"),
    _list("list.filter", "Filter the list", "filter", "slash", footer="filter", words=("filter",), takes_text=True),
    _list("list.mark", "Mark the device, or open and shut a branch", "mark", "space", footer="mark"),
    _list("list.range", "Begin or end a range of marks", "range", "v", panes=LIST),
    _list("list.mark-all", "Mark all that is listed", "mark_all", "asterisk", words=("mark-all",), panes=LIST),
    _list("list.sort", "Choose the order", "sort_menu", "s", footer="sort", words=("sort",)),
    _list("list.sort-flip", "The other direction of the present order", "sort_flip", "O"),
    _list("list.sort-name", "By name, again for the other direction", "sort_by('name')", "N"),
    _list("list.sort-age", "By age of the state, again for the other direction", "sort_by('changed')", "A"),
    _list("list.sort-state", "By state, again for the other direction", "sort_by('state')", "S"),
    _list("list.wide", "More columns, or as many as fit", "wide", "w", "ctrl+w", words=("wide",)),
    _list("list.columns", "Choose the columns", "columns", "K", words=("columns",), panes=LIST),
    _list("list.problems", "Problems only", "problems", "F", footer="problems", words=("problems",)),
    _list("list.all", "Drop the scope: all devices", "drop_scope", "0", words=("devices", "all")),
    _list("list.scope", "Use what is under the cursor as scope", "use_scope", "u"),
    _list("list.owner", "Go to the owner: from a device to its group, from a group to its product", "owner", "J"),
    _list("list.describe", "Describe what is under the cursor", "describe", "d"),
    _list("list.raw", "The raw document", "raw", "y"),
    _list("list.export", "Write the list to a file", "export", "ctrl+s", words=("export",)),
)
