"""Products and groups as lines of the product tree."""

from collections.abc import Mapping

from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.rows import Tally
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.safe import safe

WORDS = {
    GroupType.DEVELOPMENT: "Development",
    GroupType.PRE_FACTORY: "Pre-factory",
    GroupType.PRE_DUT: "Pre-DUT",
    GroupType.PRE_PRODUCTION: "Pre-production",
    GroupType.FACTORY: "Factory",
    GroupType.DUT: "DUT",
    GroupType.PRODUCTION: "Production",
}


def type_word(group_type: GroupType | str) -> str:
    """Return the word for a group type; an unknown type keeps the service's name."""
    return WORDS[group_type] if isinstance(group_type, GroupType) else safe(group_type)


def type_line(group_type: GroupType | str, glyphs: Glyphs) -> str:
    """Return sign and word of a group type."""
    return f"{glyphs.type_icon(group_type)} {type_word(group_type)}"


def share(tally: Tally) -> str:
    """Return online and all devices, short enough for a tree: `41/60`; empty for an empty group."""
    return f"{tally.online:,}/{tally.devices:,}" if tally.devices else "empty"


def percent(tally: Tally) -> str:
    """Return the online share: `68 %`; a dash for an empty group. 100 % and 0 % are shown only if exact."""
    if not tally.devices:
        return "-"
    number = round(100 * tally.online / tally.devices)
    if number == 100 and tally.online < tally.devices:
        number = 99
    if number == 0 and tally.online:
        number = 1
    return f"{number} %"


def tally_line(tally: Tally) -> str:
    """Return every number of a tally in one line."""
    parts = [f"{tally.devices:,} devices", f"{tally.online:,} online ({percent(tally)})"]
    if tally.pending:
        parts.append(f"{tally.pending:,} not restarted since the deployment")
    if tally.problems:
        parts.append(f"{tally.problems:,} problems")
    return ", ".join(parts)


def facts(group: DeviceGroup, tally: Tally | None, names: Mapping[str, str], unfinished: int = 0) -> list[tuple[str, str]]:
    """Return the facts about a group as label and text.

    Args:
        group: The group.
        tally: The counts of its devices; None: not counted.
        names: The names of its targets, by id.
        unfinished: The number of unfinished reviews for it.
    """
    lines = [("group", group.name), ("type", type_word(group.type)), ("description", group.description or "-")]
    if tally is not None:
        lines.append(("devices", tally_line(tally)))
    if isinstance(group.type, GroupType) and group.type.is_fixtures:
        for label, target in (("production target", group.production_target_id), ("DUT target", group.dut_target_id)):
            lines.append((label, names.get(target, target) if target else "none"))
    if group.load_code_after_blessing is not None:
        when = "right after blessing" if group.load_code_after_blessing else "at the first end-user BlinkUp"
        lines.append(("new devices", f"load code {when}"))
    lines.append(("deployment", group.current_deployment_id or "none yet"))
    if unfinished:
        number = "1 review" if unfinished == 1 else f"{unfinished:,} reviews"
        lines.append(("unfinished", f"{number}, :drafts opens or discards {'it' if unfinished == 1 else 'them'}"))
    lines.append(("id", group.id))
    return lines
