"""Lists and trees: filter, order, marks, scope."""

from imptui.tui.commands.command import View


class Open(View):
    """Open what is under the cursor."""

    id = "list.open"
    keys = ("enter",)
    title = "Open what is under the cursor"
    action = "open"
    group = "List"
    footer = "open"


class Filter(View):
    """Filter the list."""

    id = "list.filter"
    keys = ("slash",)
    title = "Filter the list"
    action = "filter"
    group = "List"
    footer = "filter"
    words = ("filter",)


class Mark(View):
    """Mark the device, or open and shut a branch."""

    id = "list.mark"
    keys = ("space",)
    title = "Mark the device, or open and shut a branch"
    action = "mark"
    group = "List"
    footer = "mark"


class Range(View):
    """Begin or end a range of marks."""

    id = "list.range"
    keys = ("v",)
    title = "Begin or end a range of marks"
    action = "range"
    group = "List"
    panes = frozenset({"list"})


class MarkAll(View):
    """Mark all that is listed."""

    id = "list.mark-all"
    keys = ("asterisk",)
    title = "Mark all that is listed"
    action = "mark_all"
    group = "List"
    panes = frozenset({"list"})
    words = ("mark-all",)


class SortMenu(View):
    """Choose the order."""

    id = "list.sort"
    keys = ("s",)
    title = "Choose the order"
    action = "sort_menu"
    group = "List"
    footer = "sort"
    words = ("sort",)


class SortHere(View):
    """The other direction of the present order."""

    id = "list.sort-flip"
    keys = ("O",)
    title = "The other direction of the present order"
    action = "sort_flip"
    group = "List"


class SortName(View):
    """By name, again for the other direction."""

    id = "list.sort-name"
    keys = ("N",)
    title = "By name, again for the other direction"
    action = "sort_by('name')"
    group = "List"


class SortAge(View):
    """By age of the state, again for the other direction."""

    id = "list.sort-age"
    keys = ("A",)
    title = "By age of the state, again for the other direction"
    action = "sort_by('changed')"
    group = "List"


class SortState(View):
    """By state, again for the other direction."""

    id = "list.sort-state"
    keys = ("S",)
    title = "By state, again for the other direction"
    action = "sort_by('state')"
    group = "List"


class Wide(View):
    """More columns, or as many as fit."""

    id = "list.wide"
    keys = ("w", "ctrl+w")
    title = "More columns, or as many as fit"
    action = "wide"
    group = "List"
    words = ("wide",)


class Problems(View):
    """Problems only."""

    id = "list.problems"
    keys = ("F",)
    title = "Problems only"
    action = "problems"
    group = "List"
    footer = "problems"
    words = ("problems",)


class Everything(View):
    """Drop the scope: all devices."""

    id = "list.all"
    keys = ("0",)
    title = "Drop the scope: all devices"
    action = "drop_scope"
    group = "List"
    words = (
        "devices",
        "all",
    )


class UseScope(View):
    """Use what is under the cursor as scope."""

    id = "list.scope"
    keys = ("u",)
    title = "Use what is under the cursor as scope"
    action = "use_scope"
    group = "List"


class Owner(View):
    """Go to the owner: from a device to its group, from a group to its product."""

    id = "list.owner"
    keys = ("J",)
    title = "Go to the owner: from a device to its group, from a group to its product"
    action = "owner"
    group = "List"


class Describe(View):
    """Describe what is under the cursor."""

    id = "list.describe"
    keys = ("d",)
    title = "Describe what is under the cursor"
    action = "describe"
    group = "List"


class Raw(View):
    """The raw document."""

    id = "list.raw"
    keys = ("y",)
    title = "The raw document"
    action = "raw"
    group = "List"


class Export(View):
    """Write the list to a file."""

    id = "list.export"
    keys = ("ctrl+s",)
    title = "Write the list to a file"
    action = "export"
    group = "List"
    words = ("export",)


COMMANDS = (
    Open(),
    Filter(),
    Mark(),
    Range(),
    MarkAll(),
    SortMenu(),
    SortHere(),
    SortName(),
    SortAge(),
    SortState(),
    Wide(),
    Problems(),
    Everything(),
    UseScope(),
    Owner(),
    Describe(),
    Raw(),
    Export(),
)
