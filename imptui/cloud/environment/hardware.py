"""Imps as they leave the module factory: identifiers, type and impOS of a device, decided by one number.

The same number always gives the same imp, and different numbers below 2**24 give different ones, so a world can be
filled without asking whether an identifier is taken.

Source: contract 4.3 (identifiers), 10.2 (`swversion`).
"""

from msgspec import Struct

from imptui.cloud.environment.telemetry import Trait, mix, seed_of

_AGENT_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

RELEASES = (
    "9d3e1f0 - release-38.7 - Mon Jul 30 09:12:44 2018 - production",
    "4c02aa7 - release-40.25 - Fri Nov 08 15:40:12 2019 - production",
    "7e9b5d1 - release-42.16 - Mon Oct 05 11:03:27 2020 - production",
    "1fa8c36 - release-44.4 - Wed Mar 09 10:21:55 2022 - production",
    "b60d2e8 - release-44.10 - Tue Sep 13 08:57:31 2022 - production",
)
"""impOS versions found in the field, oldest first."""

_OLD_IMPS = frozenset({"imp001", "imp002"})


class ImpModule(Struct, frozen=True):
    """One imp module as it leaves its factory."""

    device_id: str
    mac_address: str
    agent_id: str
    """The agent it gets whenever it is assigned: always the same. Source: contract 9.2."""
    imp_type: str
    swversion: str
    ip_address: str
    plan_id: str
    seed: int
    """The seed of its telemetry, see `telemetry.py`."""


def module(number: int, imp_type: str, traits: Trait = Trait.NONE) -> ImpModule:
    """The imp with this number.

    Args:
        number: 0 up to 2**24, once each within a world.
        imp_type: For example `imp005`.
        traits: What is special about it.
    """
    # An odd factor permutes the 24 bits: no two numbers share a MAC address.
    serial = (number * 0x9E3779 + 0x51C0DE) & 0xFF_FFFF
    digits = f"0c2a69{serial:06x}"
    device_id = f"4000{digits}" if imp_type in _OLD_IMPS else f"5000{digits}"
    return module_with(device_id, digits, imp_type, traits)


def module_with(device_id: str, mac_digits: str, imp_type: str, traits: Trait = Trait.NONE) -> ImpModule:
    """Return the imp with given identifiers; everything else follows from the id."""
    seed = seed_of(device_id, traits)
    scrambled = mix(seed >> 8)
    return ImpModule(
        device_id=device_id,
        mac_address=":".join(mac_digits[i : i + 2] for i in range(0, 12, 2)),
        agent_id=agent_id_of(device_id),
        imp_type=imp_type,
        swversion=_release(scrambled, imp_type),
        ip_address=f"192.168.{scrambled % 250}.{2 + (scrambled >> 8) % 250}",
        plan_id=f"{mix(scrambled):016x}",
        seed=seed,
    )


def agent_id_of(device_id: str) -> str:
    """The 12 characters of a device's agent. Source: contract 4.3, 9.2."""
    number = mix(seed_of(device_id) ^ 0xA6E47)
    number |= mix(number) << 64
    return "".join(_AGENT_ID_LETTERS[(number >> (6 * place)) & 63] for place in range(12))


def _release(number: int, imp_type: str) -> str:
    if imp_type in _OLD_IMPS:
        return RELEASES[number % 2]
    # Most devices follow the releases; one in eight has not been online long enough.
    draw = number % 16
    return RELEASES[1 + draw % 3] if draw < 2 else RELEASES[-1 if draw > 5 else -2]
