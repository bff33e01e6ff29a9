"""Numbers of kinds and types in rows and indexes. The numbers never change."""

from imptui.domain.device import DeviceKind
from imptui.domain.group import GroupType

TYPE_NUMBER: dict[GroupType | str, int] = {
    GroupType.DEVELOPMENT: 1,
    GroupType.PRE_FACTORY: 2,
    GroupType.PRE_DUT: 3,
    GroupType.PRE_PRODUCTION: 4,
    GroupType.FACTORY: 5,
    GroupType.DUT: 6,
    GroupType.PRODUCTION: 7,
}
TYPE_OF: dict[int | None, GroupType | None] = {None: None} | {
    number: kind for kind, number in TYPE_NUMBER.items() if isinstance(kind, GroupType)
}

KIND_NUMBER: dict[DeviceKind, int] = {
    DeviceKind.DEVELOPMENT: 1,
    DeviceKind.FIXTURE: 2,
    DeviceKind.DUT: 3,
    DeviceKind.TEST_BLESSED: 4,
    DeviceKind.PRODUCTION: 5,
}
KIND_OF: dict[int, DeviceKind] = {number: kind for kind, number in KIND_NUMBER.items()}
