"""Inserts very many rows into a world in one transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from imptui.cloud.storage.accounts import AccountRepository
from imptui.cloud.storage.deployments import DeploymentRepository, PackedPrograms, pack
from imptui.cloud.storage.device_rows import STATE_COLUMNS, state_values
from imptui.cloud.storage.groups import PUT_GROUP, group_values
from imptui.cloud.storage.migrations import create_device_indexes, drop_device_indexes
from imptui.cloud.storage.products import PUT_PRODUCT, product_values
from imptui.cloud.storage.records import AccountCredentials, Imp
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import AccountId
from imptui.domain.product import Product

IMP_COLUMNS = (
    "id",
    "mac_address",
    "agent_id",
    *STATE_COLUMNS,
    "owner_seq",
    "group_seq",
    "product_seq",
    "running_seq",
    "fixture_seq",
    "target_seq",
)
"""Columns of a row for `BulkFill.rows`, in this order. Groups, owners, products, deployments are numbers: `BulkFill.seqs`."""


class BulkFill:
    """One bulk insert: first what devices refer to, then the devices in their order of listing.

    Nothing is checked but what is unique.
    """

    def __init__(self, connection: sqlite3.Connection, now_ms: int) -> None:
        self._connection = connection
        self._accounts = AccountRepository(connection)
        self._deployments = DeploymentRepository(connection)
        self._are_indexes_dropped = False
        self.now_ms = now_ms

    def accounts(self, accounts: Iterable[AccountCredentials]) -> None:
        """Insert accounts in bulk."""
        for account in accounts:
            self._accounts.put(account)

    def collaborate(self, owner_id: AccountId, collaborator_id: AccountId) -> None:
        """Let the collaborator see and change what the owner owns."""
        self._accounts.collaborate(owner_id, collaborator_id)

    def products(self, products: Iterable[Product]) -> None:
        """Insert products in bulk."""
        self._connection.executemany(PUT_PRODUCT, map(product_values, products))

    def groups(self, groups: Iterable[DeviceGroup]) -> None:
        """Insert device groups with their deployment ids."""
        self._connection.executemany(PUT_GROUP, map(group_values, groups))

    def deployments(self, deployments: Iterable[tuple[Deployment, Programs]]) -> None:
        """Insert deployments; equal programs in a row are compressed once."""
        last: tuple[Programs, PackedPrograms] | None = None
        for deployment, programs in deployments:
            if last is None or last[0] is not programs:
                last = (programs, pack(programs))
            self._deployments.add(deployment, last[1])

    def devices(self, imps: Iterable[Imp]) -> None:
        """Insert devices; the fixture of a device must come from an earlier call."""
        owners, groups = self.seqs("account"), self.seqs("device_group")
        products, deployments = self.seqs("product"), self.seqs("deployment")
        fixtures = _NumberLookup(self._connection)

        def rows() -> Iterator[tuple[object, ...]]:
            for imp in imps:
                device = imp.device
                yield (
                    device.id,
                    device.mac_address,
                    imp.agent_id,
                    *state_values(imp),
                    owners[device.owner_id],
                    groups[device.group_id] if device.group_id else None,
                    products[device.product_id] if device.product_id else None,
                    deployments[imp.running_deployment_id] if imp.running_deployment_id else None,
                    fixtures[imp.fixture_id] if imp.fixture_id else None,
                    groups[imp.target_group_id] if imp.target_group_id else None,
                )

        self.rows(rows())

    def rows(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Insert devices as plain rows of `IMP_COLUMNS`."""
        self._drop_indexes()
        marks = ", ".join("?" * len(IMP_COLUMNS))
        self._connection.executemany(f"INSERT INTO device ({', '.join(IMP_COLUMNS)}) VALUES ({marks})", rows)

    def computed(self, select: str, values: Mapping[str, object]) -> None:
        """Insert devices that a query computes as rows of `IMP_COLUMNS`; the quickest way."""
        self._drop_indexes()
        self._connection.execute(f"INSERT INTO device ({', '.join(IMP_COLUMNS)}) {select}", values)

    def _drop_indexes(self) -> None:
        if not self._are_indexes_dropped:
            drop_device_indexes(self._connection)
            self._are_indexes_dropped = True

    def seqs(self, table: str) -> dict[str, int]:
        """The numbers by which devices refer to `account`, `product`, `device_group` or `deployment`, by id."""
        return dict(self._connection.execute(f"SELECT id, seq FROM {table}"))

    def finish(self) -> None:
        """Build the indexes again, and bring the groups up to date with their deployments."""
        create_device_indexes(self._connection)
        self._connection.execute(
            "UPDATE device_group SET last_deployed_ms = max(last_deployed_ms, ifnull("
            "(SELECT max(created_ms) FROM deployment WHERE group_id = device_group.id), 0))"
        )
        sql = "INSERT INTO fact VALUES ('device_turn', 1) ON CONFLICT DO UPDATE SET value = value + 1"
        self._connection.execute(sql)


class _NumberLookup(dict[str, int | None]):
    """Numbers of devices by id, looked up once each; with the indexes gone, by one pass over the table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._was_read = False

    def __missing__(self, device_id: str) -> int | None:
        if not self._was_read:
            self._was_read = True
            self.update(self._connection.execute("SELECT id, seq FROM device WHERE kind = 2"))
            if device_id in self:
                return self[device_id]
        return None
