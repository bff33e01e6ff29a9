"""What an engine must be like, as simply as it can be said: dictionaries, loops, and the refusals' codes.

Written from the primer and the contract, not from the engine, and sharing no line with it. Every method that asks for
something answers the codes of the refusals, none if it is done, and then has done it.
"""

from dataclasses import dataclass, field

DEVELOPMENT, PRODUCTION = "development_devicegroup", "production_devicegroup"
PRE_FACTORY, FACTORY = "pre_factoryfixture_devicegroup", "factoryfixture_devicegroup"
PRE_DUT, DUT, PRE_PRODUCTION = "pre_dut_devicegroup", "dut_devicegroup", "pre_production_devicegroup"
TYPES = (DEVELOPMENT, PRE_FACTORY, FACTORY, PRE_DUT, DUT, PRE_PRODUCTION, PRODUCTION)
TARGETS = {FACTORY: (PRODUCTION, DUT), PRE_FACTORY: (PRE_PRODUCTION, PRE_DUT)}
"""Types of production target and DUT target. Source: contract 8.4."""

KEY = "unbond-me"
BY_HAND = (DEVELOPMENT, PRE_FACTORY, FACTORY)
"""Where unassigned devices may go. Source: contract 9.3."""


@dataclass
class Product:
    name: str


@dataclass
class Deployment:
    group: str
    device_code: str
    agent_code: str
    sha: str
    created_at: str
    is_flagged: bool
    tags: list[str]
    description: str | None = None


@dataclass
class Group:
    type: str
    product: str
    name: str
    targets: tuple[str | None, str | None] = (None, None)
    deployments: list[str] = field(default_factory=list)
    """Oldest first."""
    minimum: str | None = None

    @property
    def current(self) -> str | None:
        return self.deployments[-1] if self.deployments else None


@dataclass
class Device:
    mac: str
    name: str | None = None
    group: str | None = None
    is_dut: bool = False
    imp_type: str = "imp005"
    agent: str | None = None
    """The agent's id, once it was seen: the same for life."""
    target: str | None = None
    """Where a device under test goes when it is blessed."""


class NaiveEngine:
    """Everything one account has.

    Args:
        is_live: Speaks the live dialect; otherwise the primer's, which has five types and no DUT targets. Contract 19.
    """

    def __init__(self, *, is_live: bool = True) -> None:
        self.is_live = is_live
        self.types = TYPES if is_live else tuple(kind for kind in TYPES if kind not in (PRE_DUT, DUT))
        self.products: dict[str, Product] = {}
        self.groups: dict[str, Group] = {}
        self.deployments: dict[str, Deployment] = {}
        self.devices: dict[str, Device] = {}
        self.gone: list[str] = []
        """Paths of what was deleted."""

    def name_product(self, product: str | None, name: str) -> list[str]:
        taken = any(other.name == name for ref, other in self.products.items() if ref != product)
        if not taken and product is not None:
            self.products[product].name = name
        return ["CX001"] if taken else []

    def delete_product(self, product: str) -> list[str]:
        if any(group.product == product for group in self.groups.values()):
            return ["CX002"]
        del self.products[product]
        self.gone.append(f"/products/{product}")
        return []

    def target_types(self, kind: str) -> tuple[str, str | None] | None:
        """Types of production target and DUT target of a group, if groups of its type have any."""
        wanted = TARGETS.get(kind)
        return wanted if wanted is None or self.is_live else (wanted[0], None)

    def name_device(self, device: str, name: str | None) -> list[str]:
        """The live service takes a name away where none is given; the primer knows 1 to 80 characters. Contract 10.2."""
        if len(name or "") > 80 or (not self.is_live and not name):
            return ["VX002"]
        self.devices[device].name = name or None
        return []

    def check_targets(self, kind: str, product: str, targets: tuple[str | None, str | None]) -> list[str]:
        wanted = self.target_types(kind)
        if wanted is None:
            return ["VX003"] if any(targets) else []
        for target, type_wanted in zip(targets, wanted, strict=True):
            if type_wanted is None:
                continue
            if target is None:
                return ["VX002"]
            if self.groups[target].type != type_wanted:
                return ["VX003"]
        return ["VX003"] if any(self.groups[target].product != product for target in targets if target) else []

    def check_group_name(self, group: str | None, product: str, name: str) -> list[str]:
        others = (other for ref, other in self.groups.items() if ref != group and other.product == product)
        return ["CX001"] if any(other.name == name for other in others) else []

    def delete_group(self, group: str) -> list[str]:
        if any(device.group == group for device in self.devices.values()):
            return ["CX007"]
        own = self.groups[group].deployments
        if any(self.deployments[ref].is_flagged for ref in own):
            return ["CX004"]
        if any(group in other.targets for ref, other in self.groups.items() if ref != group):
            return ["CX008"]
        for ref in own:
            del self.deployments[ref]
            self.gone.append(f"/deployments/{ref}")
        del self.groups[group]
        self.gone.append(f"/devicegroups/{group}")
        return []

    def found(self, reference: str) -> Device | None:
        """A device by id, MAC address, or agent id while it is assigned. Source: contract 4.3."""
        plain = reference.lower().replace("-", ":")
        for ref, device in self.devices.items():
            if reference.lower() == ref or plain == device.mac or (device.group and reference == device.agent):
                return device
        return None

    def may_go(self, device: Device, group: str) -> list[str]:
        kind = self.groups[group].type
        if device.group is not None:
            left, entered = self.groups[device.group], self.groups[group]
            stays = not self.is_live or kind != PRODUCTION or left.product == entered.product
            return [] if left.type == kind and stays else ["CX012"]
        is_refused = device.is_dut or kind not in BY_HAND or (device.imp_type == "imp001" and kind != DEVELOPMENT)
        return ["CX012"] if is_refused else []

    def assign(self, group: str, references: list[str]) -> list[str]:
        """Each on its own, in order. Source: contract 9.4."""
        codes = []
        for reference in references:
            device = self.found(reference)
            refused = ["NF001"] if device is None else self.may_go(device, group)
            if device is not None and not refused:
                device.group = group
            codes += refused
        return codes

    def unassign(self, group: str, references: list[str], key: str | None) -> list[str]:
        codes = []
        for reference in references:
            device = self.found(reference)
            if device is None or device.group != group:
                codes.append("NF001")
            elif self.groups[group].type == PRODUCTION and key != KEY:
                codes.append("PX002")
            else:
                self.release(device)
        return codes

    def release(self, device: Device) -> None:
        """An unassigned development device remains, whatever it was. Source: contract 9.2, 9.5."""
        device.group, device.is_dut, device.target = None, False, None

    def regroup(self, reference: str, group: str | None, key: str | None) -> list[str]:
        """By the device's own relationship. Source: primer, "Device Endpoints"."""
        device = self.found(reference)
        if device is None:
            return ["NF001"]
        if group == device.group:
            return []
        if group is None:
            return self.unassign(device.group or "", [reference], key)
        refused = self.may_go(device, group)
        if not refused:
            device.group = group
        return refused

    def delete_device(self, device_id: str) -> list[str]:
        if self.devices[device_id].group is not None:
            return ["CX010"]
        del self.devices[device_id]
        self.gone.append(f"/devices/{device_id}")
        return []

    def delete_deployment(self, ref: str) -> list[str]:
        deployment = self.deployments[ref]
        own = self.groups[deployment.group]
        if deployment.is_flagged:
            return ["CX003"]
        if own.deployments.index(ref) >= own.deployments.index(own.minimum or ref):
            return ["CX009"]
        own.deployments.remove(ref)
        del self.deployments[ref]
        self.gone.append(f"/deployments/{ref}")
        return []

    def support_from(self, group: str, ref: str) -> list[str]:
        own = self.groups[group]
        if ref not in own.deployments or own.deployments.index(ref) < own.deployments.index(own.minimum or ref):
            return ["CX013"]
        own.minimum = ref
        return []
