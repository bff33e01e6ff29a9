"""Commands for lists and trees: filter, order, marks, scope."""

from imptui.tui.commands.actions import ListActions, Markable, Openable, RangeActions, TableActions, ThingActions
from imptui.tui.commands.command import ViewGroup

LIST = frozenset({"list"})

_list = ViewGroup("List")

COMMANDS = (
    _list("list.open", "Open what is under the cursor", Openable, lambda it: it.action_open(), "enter", footer="open"),
    _list(
        "list.filter",
        "Filter the list",
        ListActions,
        lambda it: it.action_filter(),
        "slash",
        footer="filter",
        words=("filter",),
        act_on_text=lambda it, text: it.action_filter(text),
    ),
    _list(
        "list.mark", "Mark the device, or open and shut a branch", Markable, lambda it: it.action_mark(), "space", footer="mark"
    ),
    _list("list.range", "Begin or end a range of marks", RangeActions, lambda it: it.action_range(), "v", panes=LIST),
    _list(
        "list.mark-all",
        "Mark all that is listed",
        TableActions,
        lambda it: it.action_mark_all(),
        "asterisk",
        words=("mark-all",),
        panes=LIST,
    ),
    _list("list.sort", "Choose the order", ListActions, lambda it: it.action_sort_menu(), "s", footer="sort", words=("sort",)),
    _list("list.sort-flip", "The other direction of the present order", ListActions, lambda it: it.action_sort_flip(), "O"),
    _list("list.sort-name", "By name, again for the other direction", ListActions, lambda it: it.action_sort_by("name"), "N"),
    _list(
        "list.sort-age",
        "By age of the state, again for the other direction",
        ListActions,
        lambda it: it.action_sort_by("changed"),
        "A",
    ),
    _list("list.sort-state", "By state, again for the other direction", ListActions, lambda it: it.action_sort_by("state"), "S"),
    _list(
        "list.wide", "More columns, or as many as fit", TableActions, lambda it: it.action_wide(), "w", "ctrl+w", words=("wide",)
    ),
    _list("list.columns", "Choose the columns", ListActions, lambda it: it.action_columns(), "K", words=("columns",), panes=LIST),
    _list(
        "list.problems",
        "Problems only",
        ListActions,
        lambda it: it.action_problems(),
        "F",
        footer="problems",
        words=("problems",),
    ),
    _list(
        "list.all", "Drop the scope: all devices", ListActions, lambda it: it.action_drop_scope(), "0", words=("devices", "all")
    ),
    _list("list.scope", "Use what is under the cursor as scope", ListActions, lambda it: it.action_use_scope(), "u"),
    _list(
        "list.owner",
        "Go to the owner: from a device to its group, from a group to its product",
        ThingActions,
        lambda it: it.action_owner(),
        "J",
    ),
    _list("list.describe", "Describe what is under the cursor", ListActions, lambda it: it.action_describe(), "d"),
    _list("list.raw", "The raw document", ThingActions, lambda it: it.action_raw(), "y"),
    _list("list.export", "Write the list to a file", ListActions, lambda it: it.action_export(), "ctrl+s", words=("export",)),
)
