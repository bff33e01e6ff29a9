"""Sample programs of the demonstration world: several generations of a meter and of its factory firmware.

Each generation is a pair of files, `NAME.agent.nut` and `NAME.device.nut`, whole, so that what a review shows between
two of them is what a person would have changed.
"""

from functools import cache
from importlib.resources import files

from imptui.domain.deployment import Programs

METER = (
    "meter-1.0.0",
    "meter-1.0.1",
    "meter-1.0.2",
    "meter-1.1.0",
    "meter-1.1.1",
    "meter-2.0.0-dev1",
    "meter-2.0.0-dev2",
    "meter-2.0.0-dev3",
    "meter-2.0.0-rc1",
)
"""Application generations, oldest first."""

FACTORY = ("factory-us-1.0a", "factory-us-1.0b", "factory-us-1.0c", "factory-row-1.0b", "factory-row-1.0c")
"""Factory firmware, by market, then oldest first."""

EVERY = METER + FACTORY


@cache
def load(name: str) -> Programs:
    """The two programs of one generation.

    Raises:
        FileNotFoundError: There is no generation of that name.
    """
    folder = files(__package__ or __name__)
    return Programs(
        agent_code=(folder / f"{name}.agent.nut").read_text(encoding="utf-8"),
        device_code=(folder / f"{name}.device.nut").read_text(encoding="utf-8"),
    )
