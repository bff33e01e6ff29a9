"""Differences between the answers of the primer and of the live service. Both accept either spelling on input.

Source: primer, throughout; contract 19, which lists every difference.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from imptui.domain.errors import Invalid, Rule
from imptui.domain.group import FIVE_TYPES, GroupType

_LIVE_NAMES: Mapping[GroupType, str] = MappingProxyType(
    {
        GroupType.DEVELOPMENT: "development_devicegroup",
        GroupType.PRE_FACTORY: "pre_factoryfixture_devicegroup",
        GroupType.PRE_DUT: "pre_dut_devicegroup",
        GroupType.PRE_PRODUCTION: "pre_production_devicegroup",
        GroupType.FACTORY: "factoryfixture_devicegroup",
        GroupType.DUT: "dut_devicegroup",
        GroupType.PRODUCTION: "production_devicegroup",
    }
)
_PRIMER_NAMES: Mapping[GroupType, str] = MappingProxyType(
    {kind: _LIVE_NAMES[kind] for kind in FIVE_TYPES} | {GroupType.FACTORY: "factory_devicegroup"}
)
_EITHER = {name: kind for names in (_LIVE_NAMES, _PRIMER_NAMES) for kind, name in names.items()}


class Dialect(Struct, frozen=True):
    """The spellings and shapes of one kind of answer."""

    name: str
    type_names: Mapping[GroupType, str]
    """Wire names of the group types it knows; groups of other types do not exist for its callers."""
    shows_empty_relationships: bool
    """True if an unassigned device says `devicegroup: null`; live clients crash on that. Contract 4.1."""
    is_live: bool
    """True if the attributes and relationships that the primer does not have are answered. Contract 19."""
    needs_dut_target: bool
    """True if a fixture group without DUT target is refused. Contract 8.3."""

    def type_name(self, group_type: GroupType | str) -> str:
        """The wire's name of a group type."""
        return self.type_names.get(group_type, str(group_type)) if isinstance(group_type, GroupType) else group_type

    def knows(self, group_type: GroupType | str | None) -> bool:
        """Return True if groups of this type exist for its callers."""
        return group_type in self.type_names

    @property
    def types(self) -> tuple[GroupType, ...]:
        """The group types that exist for its callers."""
        return tuple(self.type_names)

    def group_type(self, name: object) -> GroupType:
        """The group type that a request names, in either spelling.

        Raises:
            Invalid: There is no such type, or not in this dialect.

        Source: contract 8.1.
        """
        found = _EITHER.get(name) if isinstance(name, str) else None
        if found is None or found not in self.type_names:
            raise Invalid(f"Unknown device group type {str(name)[:80]!r}; there are {', '.join(self.type_names.values())}.")
        return found

    def filter_type(self, name: str) -> GroupType:
        """The group type that a filter names, in either spelling.

        Raises:
            Invalid: There is no such type, or not in this dialect.

        Source: contract 4.6.
        """
        try:
            return self.group_type(name)
        except Invalid as refusal:
            raise Invalid(refusal.reason, Rule.INVALID_QUERY) from None


LIVE = Dialect("live", _LIVE_NAMES, shows_empty_relationships=False, is_live=True, needs_dut_target=True)
"""The dialect of the live service, which existing clients need; the default."""

PRIMER = Dialect("primer", _PRIMER_NAMES, shows_empty_relationships=True, is_live=False, needs_dut_target=False)
"""The primer's own spellings and shapes."""

DIALECTS: Mapping[str, Dialect] = MappingProxyType({dialect.name: dialect for dialect in (LIVE, PRIMER)})
