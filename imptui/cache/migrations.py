"""The tables of the cache, and the migrations of older files.

Each migration runs once, in order, and is recorded in the file. `PRAGMA user_version` counts them, so that opening an up-to-date
file costs one read and not the import of sqlite-utils (80 ms). A greater count means that a newer program wrote the file.

Ids of the service are text. Inside the file, rows refer to each other by their number `n`, which makes indexes ten times smaller
and joins free. Times are whole microseconds since 1970, UTC. A device holds the number of its group, 0 for none. Names of groups
and products are joined on reading, so that renaming a group changes one row.
"""

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from imptui.cache.connections import VERSION

migrations = Migrations("imptui.cache")


@migrations()
def m001_nouns(db: Database) -> None:
    """Create the tables for accounts, products, groups and deployments."""
    db.table("account").create(
        {"n": int, "id": str, "username": str, "email": str, "tier": str, "created_at": int, "updated_at": int}, pk="n"
    )
    db.table("account").create_index(["id"], unique=True)
    db.table("product").create(
        {"n": int, "id": str, "name": str, "folded": str, "description": str, "owner_id": str, "creator_id": str}
        | {"created_at": int, "updated_at": int},
        pk="n",
    )
    db.table("product").create_index(["id"], unique=True)
    db.table("grp").create(
        {"n": int, "id": str, "type": str, "name": str, "folded": str, "description": str, "product_n": int}
        | {"owner_id": str, "creator_id": str, "created_at": int, "updated_at": int, "load_code_after_blessing": int}
        | {"production_target_id": str, "dut_target_id": str, "current_deployment_id": str}
        | {"min_supported_deployment_id": str, "region": str, "env_vars": str, "deployed_at": int},
        pk="n",
    )
    db.table("grp").create_index(["id"], unique=True)
    db.table("deployment").create(
        {"n": int, "id": str, "sha": str, "description": str, "origin": str, "is_flagged": int, "tags": str}
        | {"created_at": int, "updated_at": int, "group_id": str, "group_type": str, "product_id": str}
        | {"creator_id": str, "owner_id": str, "flagger_id": str},
        pk="n",
    )
    db.table("deployment").create_index(["id"], unique=True)
    for columns in (["created_at"], ["group_id", "created_at"], ["product_id", "created_at"], ["sha"]):
        db.table("deployment").create_index(columns)


@migrations()
def m002_devices(db: Database) -> None:
    """Create the tables for devices and samples; the first pass builds their indexes (`imptui.cache.search.index_build`)."""
    db.table("device").create(
        {"n": int, "id": str, "name": str, "mac_address": str, "ip_address": str, "imp_type": str, "swversion": str}
        | {"plan_id": str, "is_online": int, "state_changed_at": int, "agent_id": str, "agent_url": str}
        | {"is_agent_running": int, "agent_state_changed_at": int, "last_enrolled_at": int, "owner_n": int, "group_n": int}
        | {"name_key": str, "search": str, "release": int}
        | {"rssi_dbm": int, "free_memory_bytes": int, "read_at": int, "is_problem": int, "generation": int},
        pk="n",
        defaults={"group_n": 0, "generation": 0, "is_problem": 0},
    )
    db.table("device").create_index(["id"], unique=True)
    db.table("tally").create(
        {"group_n": int, "devices": int, "online": int, "pending": int, "problems": int},
        pk="group_n",
        defaults={"devices": 0, "online": 0, "pending": 0, "problems": 0},
    )
    db.table("sample").create(
        {"device_id": str, "at": int, "is_online": int, "rssi_dbm": int, "free_memory_bytes": int, "span_s": int}
        | {"rssi_low_dbm": int, "free_memory_low_bytes": int},
        pk=("device_id", "at", "span_s"),
    )
    db.table("sample").create_index(["span_s", "at"])


@migrations()
def m003_ours(db: Database) -> None:
    """Create the tables that the service has no counterpart for: ranks, generations, journal, drafts, code.

    Nothing uses the columns `device.generation` and `generation.devices` any more, but existing files have them.
    """
    db.table("place").create({"kind": str, "place": int, "group_n": int}, pk=("kind", "place"))
    db.table("place").create_index(["kind", "group_n"])
    db.table("note").create({"key": str, "value": str}, pk="key")
    db.table("generation").create({"n": int, "kind": str, "devices": bytes}, pk="n")
    db.table("journal").create(
        {"n": int, "at": int, "who": str, "context": str, "verb": str, "subject": str, "before": str, "after": str}
        | {"answer": str, "is_refused": int},
        pk="n",
    )
    db.table("draft").create({"key": str, "body": str, "saved_at": int}, pk="key")
    db.table("code").create({"deployment_id": str, "agent": bytes, "device": bytes, "size": int, "used": int}, pk="deployment_id")
    db.table("code").create_index(["used"])


@migrations()
def m004_passes(db: Database) -> None:
    """Create the tables for the progress of passes, and for the ids of devices while their index is dropped."""
    db.table("pass").create(
        {"kind": str, "page": int, "counted": int, "began_at": int, "saved_at": int, "last_n": int, "seen": bytes},
        pk="kind",
    )
    # the table has no rowid, because it is written in key order and read by key only; sqlite-utils cannot express that
    db.execute("CREATE TABLE device_load (segment INTEGER, id TEXT, n INTEGER, PRIMARY KEY (segment, id)) WITHOUT ROWID")


@migrations()
def m005_saved_queries(db: Database) -> None:
    """Create the table for saved filters."""
    db.table("saved_query").create({"name": str, "text": str}, pk="name")


@migrations()
def m006_digests(db: Database) -> None:
    """Add digests of list entries, by which a pass recognizes unchanged devices without decoding them."""
    db.table("device").add_column("digest", bytes)


def migrate(connection: sqlite3.Connection) -> None:
    """Migrate a file to `VERSION` in one transaction, because two consoles may open a new file at the same moment."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(Database(connection))
        connection.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
