"""The primer's example product, "Connected Meter 400", as a plan: its ten device groups and what was deployed to them.

The primer announces "three" groups for application development and then names two. With two the total is the ten that
it states twice, so two it is. Its list writes name and type one after the other ("400 US SKU Production") and its text
uses the names alone ("400 US SKU", "Line Fixtures"): the type word is therefore not part of the name. The development
groups keep theirs, for without it they would carry the name of a version, not of a group.

There are no DUT groups: the primer has none, and a device under test belongs to no group until it is blessed.

Source: primer, "impCentral Product Example: 'Connected Meter 400'"; contract 8.3, 19.
"""

from msgspec import Struct

from imptui.domain.group import GroupType

PRODUCT_NAME = "Connected Meter 400"
PRODUCT_DESCRIPTION = "Single-phase smart meter for homes, US and Rest of World"

DEV_1 = "Connected Meter 400 1.0 Development"
DEV_2 = "Connected Meter 400 2.0 Development"
FACTORY_US = "Factory Firmware 1.0-US"
BLESSED_US = "Factory Firmware 1.0-US Blessings"
FACTORY_ROW = "Factory Firmware 1.0-RoW"
BLESSED_ROW = "Factory Firmware 1.0-RoW Blessings"
LINE = "Line Fixtures"
SKU_US = "400 US SKU"
SKU_ROW = "400 RoW SKU"
FIELD_TEST = "400 2.0 Field Test"


class GroupPlan(Struct, frozen=True):
    """One device group to be."""

    name: str
    type: GroupType
    description: str
    devices: int
    age_days: float
    target: str | None = None
    """Name of the production target."""
    load_code_after_blessing: bool | None = None


GROUPS = (
    GroupPlan(DEV_1, GroupType.DEVELOPMENT, "Maintenance of the released firmware", 14, 366),
    GroupPlan(DEV_2, GroupType.DEVELOPMENT, "Load profile, voltage events, relay", 26, 210),
    GroupPlan(FACTORY_US, GroupType.PRE_FACTORY, "Factory flow for 120 V, 60 Hz, in the lab", 3, 340, BLESSED_US),
    GroupPlan(BLESSED_US, GroupType.PRE_PRODUCTION, "Units that passed the US flow in the lab", 36, 341, None, True),
    GroupPlan(FACTORY_ROW, GroupType.PRE_FACTORY, "Factory flow for 230 V, 50 Hz, in the lab", 3, 300, BLESSED_ROW),
    GroupPlan(BLESSED_ROW, GroupType.PRE_PRODUCTION, "Units that passed the RoW flow in the lab", 28, 301, None, True),
    GroupPlan(LINE, GroupType.FACTORY, "All fixtures of the Connected Factory", 12, 295, SKU_US),
    GroupPlan(SKU_US, GroupType.PRODUCTION, "Meters sold in the United States", 1480, 296, None, True),
    GroupPlan(SKU_ROW, GroupType.PRODUCTION, "Meters sold in the Rest of the World", 820, 296, None, False),
    GroupPlan(FIELD_TEST, GroupType.PRODUCTION, "Homes that try 2.0 before the others", 140, 45, None, True),
)
"""In the primer's order; together with the unassigned ones about 2,600 devices."""

UNASSIGNED_DEVICES = 25


class DeploymentPlan(Struct, frozen=True):
    """One deployment to be."""

    group: str
    program: str
    """Name of a generation in `programs`."""
    description: str
    age_days: float
    tags: tuple[str, ...] = ()
    promoted_from: str | None = None
    """Name of the group whose newest older deployment with the same programs is its origin."""
    origin: str | None = None
    """Origin as written by somebody; a promotion writes its own."""
    is_flagged: bool = False


DEPLOYMENTS = (
    DeploymentPlan(DEV_1, "meter-1.0.0", "First complete firmware", 352, ("v1.0.0",), origin="git:3fb1c02"),
    DeploymentPlan(
        DEV_1, "meter-1.0.1", "Energy register: keep fractions, survive overflow", 318, ("v1.0.1",), origin="git:a9e0471"
    ),
    DeploymentPlan(
        DEV_1,
        "meter-1.0.2",
        "Keep reports through a lost connection",
        262,
        ("v1.0.2", "lts"),
        origin="git:5d77e3c",
        is_flagged=True,
    ),
    DeploymentPlan(DEV_1, "meter-1.1.0", "Tariffs: one register per rate", 120, ("v1.1.0",), origin="git:e81b09f"),
    DeploymentPlan(
        DEV_1,
        "meter-1.1.1",
        "Tariffs: the last rate of yesterday holds until the first of today",
        16,
        ("v1.1.1",),
        origin="git:07c4d2a",
    ),
    DeploymentPlan(DEV_2, "meter-1.0.2", "Starting point for 2.0", 205, ("base",), promoted_from=DEV_1),
    DeploymentPlan(
        DEV_2,
        "meter-2.0.0-dev1",
        "One class per concern; load profile; export register",
        150,
        ("v2.0.0-dev1",),
        origin="git:b2f6610",
    ),
    DeploymentPlan(
        DEV_2, "meter-2.0.0-dev2", "Voltage events; intervals are acknowledged", 96, ("v2.0.0-dev2",), origin="git:64ce9d8"
    ),
    DeploymentPlan(
        DEV_2,
        "meter-2.0.0-dev3",
        "Relay with confirmation; API key; counter may wrap",
        52,
        ("v2.0.0-dev3",),
        origin="git:f10a7be",
    ),
    DeploymentPlan(
        DEV_2, "meter-2.0.0-rc1", "Candidate for the field test", 9, ("v2.0.0-rc1", "field-test"), origin="git:2c95b31"
    ),
    DeploymentPlan(FACTORY_US, "factory-us-1.0a", "First factory flow", 335, ("us-a",)),
    DeploymentPlan(FACTORY_US, "factory-us-1.0b", "Retry tests; ignore the button during BlinkUp", 270, ("us-b",)),
    DeploymentPlan(FACTORY_US, "factory-us-1.0c", "Relay test", 60, ("us-c",)),
    DeploymentPlan(BLESSED_US, "meter-1.0.0", "Application after test blessing", 330, ("v1.0.0",), DEV_1),
    DeploymentPlan(BLESSED_US, "meter-1.0.2", "Application after test blessing", 250, ("v1.0.2",), DEV_1),
    DeploymentPlan(BLESSED_US, "meter-1.1.1", "Application after test blessing", 14, ("v1.1.1",), DEV_1),
    DeploymentPlan(FACTORY_ROW, "factory-row-1.0b", "RoW form of revision b", 268, ("row-b",)),
    DeploymentPlan(FACTORY_ROW, "factory-row-1.0c", "Relay test", 58, ("row-c",)),
    DeploymentPlan(BLESSED_ROW, "meter-1.0.0", "Application after test blessing", 298, ("v1.0.0",), DEV_1),
    DeploymentPlan(BLESSED_ROW, "meter-1.0.2", "Application after test blessing", 249, ("v1.0.2",), DEV_1),
    DeploymentPlan(LINE, "factory-us-1.0a", "Line start, US", 294, ("us-a",), FACTORY_US),
    DeploymentPlan(LINE, "factory-us-1.0b", "Fewer false failures", 255, ("us-b",), FACTORY_US, is_flagged=True),
    DeploymentPlan(LINE, "factory-row-1.0b", "RoW batch of spring", 190, ("row-b",), FACTORY_ROW),
    DeploymentPlan(LINE, "factory-us-1.0b", "Back to US", 172, ("us-b",), FACTORY_US),
    DeploymentPlan(LINE, "factory-us-1.0c", "Relay test on the line", 41, ("us-c",), FACTORY_US),
    DeploymentPlan(SKU_US, "meter-1.0.0", "Launch", 292, ("v1.0.0", "launch"), DEV_1, is_flagged=True),
    DeploymentPlan(SKU_US, "meter-1.0.1", "Energy register fix", 281, ("v1.0.1",), DEV_1),
    DeploymentPlan(SKU_US, "meter-1.0.2", "Reports survive a lost connection", 240, ("v1.0.2", "lts"), DEV_1, is_flagged=True),
    DeploymentPlan(SKU_US, "meter-1.1.0", "Tariffs", 104, ("v1.1.0",), DEV_1),
    DeploymentPlan(
        SKU_US, "meter-1.0.2", "Roll back: wrong rate before the first slot of a day", 101, ("v1.0.2", "rollback"), DEV_1
    ),
    DeploymentPlan(SKU_US, "meter-1.1.1", "Tariffs, second try", 0.03, ("v1.1.1",), DEV_1),
    DeploymentPlan(SKU_ROW, "meter-1.0.0", "Launch", 292, ("v1.0.0", "launch"), DEV_1, is_flagged=True),
    DeploymentPlan(SKU_ROW, "meter-1.0.1", "Energy register fix", 280, ("v1.0.1",), DEV_1),
    DeploymentPlan(SKU_ROW, "meter-1.0.2", "Reports survive a lost connection", 239, ("v1.0.2", "lts"), DEV_1, is_flagged=True),
    DeploymentPlan(FIELD_TEST, "meter-2.0.0-dev3", "Rehearsal in five friendly homes", 40, ("v2.0.0-dev3",), DEV_2),
    DeploymentPlan(FIELD_TEST, "meter-2.0.0-rc1", "Field test", 6, ("v2.0.0-rc1", "field-test"), DEV_2),
)
"""In no particular order of time; within a group, oldest first."""

BARELY_PICKED_UP = SKU_US
"""The group whose current deployment most devices have not taken yet: nobody restarted them."""
