"""The service's words for types of device group.

Source: contract 8.1; the primer's `factory_devicegroup` is read as well, the live word is written.
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
"""Types of a linkage that say only that it is a group."""


def type_word(group_type: GroupType | str) -> str:
    """The service's word for a type; a type that this version does not know is already that word."""
    return _WORDS[group_type] if isinstance(group_type, GroupType) else group_type


def type_of(word: str) -> GroupType | str:
    """The type that the service's word means; the word itself when it is not known."""
    return _TYPES.get(word, word)
