"""What people call their devices: the names of the demonstration world, plain, odd and hostile-looking ones.

Every name here is one that the service accepts: 1 to 80 characters, any characters.
Source: primer, "Device Data Structure".
"""

from imptui.cloud.world.telemetry import fraction, mix

_STREETS_US = (
    "Oak Street",
    "Maple Avenue",
    "Cedar Lane",
    "Elm Court",
    "Washington Blvd",
    "Lakeview Drive",
    "Prospect Road",
    "2nd Street",
    "Highland Terrace",
    "Mill Pond Way",
    "Juniper Circle",
    "Railroad Ave",
)
_STREETS_ROW = (
    "Lindenstraße",
    "Rue de l'Église",
    "Calle Mayor",
    "Via Garibaldi",
    "Kungsgatan",
    "Church Lane",
    "Rua Augusta",
    "Długa",
    "Hoofdstraat",
    "桜通り",
    "Bağdat Caddesi",
    "Vestergade",
)
_BENCHES = (
    "[dev] bench 1",
    "[dev] bench 2",
    "[dev] bench 3",
    "bench 4 (scope attached)",
    "soak rig A",
    "soak rig B",
    "Zoë's desk",
    "Jürgen – window",
    "HIL #1",
    "HIL #2",
    "🔥 hot box",
    "climate chamber -40°C",
    "[b]not bold[/b]",
    "100% load",
    "<spare>",
    "meter & relay",
    "C:\\rigs\\7",
    "tab\there",
    "nightly; do not touch",
    "テスト机 3",
    "long cable, behind the old oven in the east wing of the second floor, ask Marta",
    "old board rev B",
    "null",
    "0001",
    "relay torture",
    "PLC test",
    "قياس",
    "noise floor",
    "demo case",
    "show floor",
)
_FIXTURES = ("Fixture 1", "Fixture 2", "Fixture 3", "Fixture 4", "Fixture 5", "Fixture 6 (spare)")
_DRAWER = ("old prototype", "from Oslo, broken pin", "returned 0388", "sample for sales", "?", "  spare  ", "intern's")


def meter_name(seed: int, number: int, *, is_us: bool) -> str | None:
    """The name of a meter in the field; four in ten were never given one.

    Args:
        seed: Of the device.
        number: Its number in the fleet.
        is_us: Which streets it may stand in.
    """
    if fraction(seed, 101) < 0.4:
        return None
    streets = _STREETS_US if is_us else _STREETS_ROW
    street = streets[mix(seed ^ 102) % len(streets)]
    return f"Meter {number:04d}, {street}"


def bench_name(index: int) -> str:
    """The name of the `index`-th device of the development groups."""
    return _pick(_BENCHES, index)


def fixture_name(index: int, place: str) -> str:
    """The name of the `index`-th BlinkUp fixture at a place."""
    return f"{_pick(_FIXTURES, index)}, {place}"


def drawer_name(index: int) -> str | None:
    """The name of the `index`-th unassigned device; most have none."""
    return _DRAWER[index // 3] if index % 3 == 0 and index // 3 < len(_DRAWER) else None


def _pick(names: tuple[str, ...], index: int) -> str:
    round_ = index // len(names)
    return names[index % len(names)] + (f" ({round_ + 1})" if round_ else "")
