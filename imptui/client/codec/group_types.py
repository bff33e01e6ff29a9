"""The service's spellings of the types of device groups.

Source: contract 8.1; we read the primer's `factory_devicegroup` as well, and write the live word.
"""

from imptui.domain.group import GroupType

_WORDS = {
    GroupType.DEVELOPMENT: "development_devicegroup",
    GroupType.PRE_FACTORY: "pre_factoryfixture_devicegroup",
    GroupType.PRE_DUT: "pre_dut_devicegroup",
    GroupType.PRE_PRODUCTION: "pre_production_devicegroup",
    GroupType.FACTORY: "factoryfixture_devicegroup",
    GroupType.DUT: "dut_devicegroup",
    GroupType.PRODUCTION: "production_devicegroup",
}
_TYPES = {
    **{word: group_type for group_type, word in _WORDS.items()},
    "factory_devicegroup": GroupType.FACTORY,
    "pre_factory_devicegroup": GroupType.PRE_FACTORY,
}
UNTOLD = frozenset({"devicegroup", "device_group"})
"""Types in a linkage that name no type of group."""


def type_word(group_type: GroupType | str) -> str:
    """Return the service's word for a type; a type that this version does not know is that word already."""
    return _WORDS[group_type] if isinstance(group_type, GroupType) else group_type


def type_of(word: str) -> GroupType | str:
    """Return the type that a word of the service means, or the word itself if it is unknown."""
    return _TYPES.get(word, word)
