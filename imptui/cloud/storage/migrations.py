"""Schema of a world's file, and migrations of older files.

`user_version` counts the migrations that were applied; `application_id` says that the file is a world at all. Every
migration runs in one transaction with the count, so a killed process leaves either the old or the new shape.

Big tables (devices, log lines) refer to others by whole numbers, so that a million rows and their indexes stay small;
small tables refer by id. `seq` is the order of creation and never comes twice. Times are milliseconds since 1970.
"""

import contextlib
import sqlite3
from collections.abc import Callable

from imptui.cloud.storage.database_file import damaged
from imptui.cloud.storage.errors import WorldUnreadable

APPLICATION_ID = 0x696D7075
"""`impu`, in the header of the file."""

DEVICE_INDEXES = {
    "device_by_owner": "device (owner_seq)",
    "device_by_owner_type": "device (owner_seq, group_type)",
    "device_by_group": "device (group_seq) WHERE group_seq IS NOT NULL",
    "device_by_product": "device (product_seq) WHERE product_seq IS NOT NULL",
    "device_by_product_type": "device (product_seq, group_type) WHERE product_seq IS NOT NULL",
    "device_by_fixture": "device (fixture_seq) WHERE fixture_seq IS NOT NULL",
    "device_by_due": "device (due_ms) WHERE due_ms IS NOT NULL",
}
"""One for every way in which devices are listed; each ends in `seq` by itself, so a page is read in order from it."""

DEVICE_KEYS = {
    "device_by_id": "device (id)",
    "device_by_mac": "device (mac_address)",
    "device_by_agent": "device (agent_id)",
}
"""Columns by which a device is found; unique."""


def m001_the_first_shape(connection: sqlite3.Connection) -> None:
    """Accounts, products, groups, deployments, devices, webhooks, logs."""
    for statement in _FIRST.split(";"):
        if statement.strip():
            connection.execute(statement)
    create_device_indexes(connection)


def m002_starts_and_lines(connection: sqlite3.Connection) -> None:
    """Starts of programs, what is due to be done, production lines that run."""
    for statement in _SECOND.split(";"):
        connection.execute(statement)


def m003_notes_about_starts(connection: sqlite3.Connection) -> None:
    """Columns that few starts have: a power cut before them, a request to shut down, memory of deleted starts."""
    connection.execute(
        """CREATE TABLE start_note (
          device_seq INTEGER NOT NULL, start_seq INTEGER NOT NULL, is_cold INTEGER NOT NULL DEFAULT 0,
          asked_ms INTEGER, memory BLOB, PRIMARY KEY (device_seq, start_seq)) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TRIGGER start_is_forgotten AFTER DELETE ON start BEGIN
          DELETE FROM start_note WHERE device_seq = OLD.device_seq AND start_seq = OLD.seq; END"""
    )


def m004_what_programs_were_compiled_with(connection: sqlite3.Connection) -> None:
    """A deployment's programs keep the environment variables and names of the time they were compiled."""
    connection.execute("ALTER TABLE program ADD COLUMN surroundings TEXT")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_the_first_shape,
    m002_starts_and_lines,
    m003_notes_about_starts,
    m004_what_programs_were_compiled_with,
)


def migrate(connection: sqlite3.Connection, path: str) -> bool:
    """Bring a file to the present shape.

    Returns:
        True if the file was empty: a new world.

    Raises:
        WorldUnreadable: It is another program's database, a newer version made it, or tables or columns are missing.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    is_new = tables == 0 and version == 0
    if not is_new and application != APPLICATION_ID:
        raise WorldUnreadable(path, "it is a database of another program. Name another file.")
    if version > len(MIGRATIONS):
        raise WorldUnreadable(path, "a newer version of imptui made it. Upgrade imptui, or name another file.")
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migration(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    if not is_new:
        _check_columns(connection, path)
    return bool(is_new)


def _check_columns(connection: sqlite3.Connection, path: str) -> None:
    """Compare the tables with those that the migrations make in an empty database; further ones are let be."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        for migration in MIGRATIONS:
            migration(fresh)
        expected = _columns_of(fresh)
    missing = sorted(expected - _columns_of(connection))
    if missing:
        named = ", ".join(f"{table}.{column}" for table, column in missing[:3])
        raise damaged(path, f"its schema lacks {named}{' and more' if len(missing) > 3 else ''}")


def _columns_of(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    sql = """SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
      AND t.name NOT LIKE 'sqlite_%'"""
    return set(connection.execute(sql))


def create_device_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes of the devices, at the start or after many were put in."""
    for name, what in DEVICE_KEYS.items():
        connection.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {what}")
    for name, what in DEVICE_INDEXES.items():
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")


def drop_device_indexes(connection: sqlite3.Connection) -> None:
    """Take the indexes of the devices away, before many are put in."""
    for name in (*DEVICE_KEYS, *DEVICE_INDEXES):
        connection.execute(f"DROP INDEX IF EXISTS {name}")


_FIRST = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE account (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE COLLATE NOCASE, tier TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
  password_hash TEXT NOT NULL, unbond_key_hash TEXT, otp_secret TEXT, otp_last_step INTEGER NOT NULL DEFAULT 0,
  may_do_production INTEGER NOT NULL DEFAULT 1);

CREATE TABLE collaboration (
  collaborator_id TEXT NOT NULL, owner_id TEXT NOT NULL, PRIMARY KEY (collaborator_id, owner_id)) WITHOUT ROWID;

CREATE TABLE access_token (digest BLOB PRIMARY KEY, account_id TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT
ROWID; CREATE INDEX access_token_expiry ON access_token (expires_ms);

CREATE TABLE refresh_token (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL UNIQUE,
  account_id TEXT NOT NULL, created_ms INTEGER NOT NULL, last_used_ms INTEGER);
CREATE INDEX refresh_token_account ON refresh_token (account_id);

CREATE TABLE login_token (
  digest BLOB PRIMARY KEY, account_id TEXT NOT NULL, expires_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0)
  WITHOUT ROWID;

CREATE TABLE login_key (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL, description TEXT,
  usages INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
CREATE INDEX login_key_account ON login_key (account_id);

CREATE TABLE product (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT,
  owner_id TEXT NOT NULL, creator_id TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
CREATE UNIQUE INDEX product_name ON product (owner_id, name);
CREATE INDEX product_order ON product (owner_id, created_ms);

CREATE TABLE device_group (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type INTEGER NOT NULL, name TEXT NOT NULL,
  description TEXT, product_id TEXT NOT NULL, owner_id TEXT NOT NULL, creator_id TEXT,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, load_code_after_blessing INTEGER,
  production_target_id TEXT, dut_target_id TEXT, current_deployment_id TEXT, min_supported_deployment_id TEXT,
  region TEXT, env_vars TEXT NOT NULL DEFAULT '{}', last_deployed_ms INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX device_group_name ON device_group (product_id, name);
CREATE INDEX device_group_order ON device_group (owner_id, created_ms);
CREATE INDEX device_group_product ON device_group (product_id, created_ms);
CREATE INDEX device_group_production_target ON device_group (production_target_id) WHERE production_target_id IS NOT
NULL; CREATE INDEX device_group_dut_target ON device_group (dut_target_id) WHERE dut_target_id IS NOT NULL;

CREATE TABLE deployment (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sha TEXT NOT NULL, description TEXT, origin TEXT,
  is_flagged INTEGER NOT NULL, tags TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
  group_id TEXT, group_type INTEGER, product_id TEXT, creator_id TEXT, owner_id TEXT NOT NULL, flagger_id TEXT);
CREATE INDEX deployment_owner ON deployment (owner_id, created_ms);
CREATE INDEX deployment_group ON deployment (group_id, created_ms);
CREATE INDEX deployment_product ON deployment (product_id, created_ms);
CREATE INDEX deployment_creator ON deployment (creator_id, created_ms);
CREATE INDEX deployment_sha ON deployment (sha, created_ms);
CREATE INDEX deployment_flagger ON deployment (flagger_id, created_ms) WHERE flagger_id IS NOT NULL;
CREATE INDEX deployment_flagged ON deployment (owner_id, created_ms) WHERE is_flagged;
CREATE INDEX deployment_group_flagged ON deployment (group_id) WHERE is_flagged;

CREATE TABLE deployment_tag (tag TEXT NOT NULL, deployment_seq INTEGER NOT NULL, PRIMARY KEY (tag, deployment_seq))
WITHOUT ROWID; CREATE INDEX deployment_tag_of ON deployment_tag (deployment_seq);

CREATE TABLE program (deployment_seq INTEGER PRIMARY KEY, agent BLOB NOT NULL, device BLOB NOT NULL);

CREATE TABLE device (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, mac_address TEXT NOT NULL, agent_id TEXT NOT NULL, name TEXT,
  ip_address TEXT, imp_type TEXT, swversion TEXT, plan_id TEXT, is_online INTEGER NOT NULL, state_changed_ms INTEGER,
  is_agent_running INTEGER NOT NULL, agent_state_changed_ms INTEGER, last_enrolled_ms INTEGER,
  owner_seq INTEGER NOT NULL, group_seq INTEGER, product_seq INTEGER, group_type INTEGER, kind INTEGER NOT NULL,
  running_seq INTEGER, is_restart_pending INTEGER NOT NULL, needs_blinkup INTEGER NOT NULL, fixture_seq INTEGER,
  target_seq INTEGER, blessed_ms INTEGER, seed INTEGER NOT NULL, presence TEXT NOT NULL, due_ms INTEGER);

CREATE TABLE webhook (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, url TEXT NOT NULL, event TEXT NOT NULL,
  content_type TEXT NOT NULL, group_id TEXT NOT NULL, owner_id TEXT NOT NULL, creator_id TEXT,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
CREATE INDEX webhook_group ON webhook (group_id, created_ms);
CREATE INDEX webhook_owner ON webhook (owner_id, created_ms);

CREATE TABLE enrolment (
  device_seq INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, event TEXT NOT NULL, owner_id TEXT,
  actor_id TEXT, PRIMARY KEY (device_seq, seq)) WITHOUT ROWID;

CREATE TABLE log_line (
  device_seq INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
  log_type TEXT, PRIMARY KEY (device_seq, seq)) WITHOUT ROWID;

CREATE TABLE library (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, is_supported INTEGER,
  versions TEXT NOT NULL)
"""

_SECOND = """
CREATE TABLE start (
  device_seq INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, deployment_seq INTEGER,
  log_type TEXT NOT NULL, brings_new_code INTEGER NOT NULL, is_online INTEGER NOT NULL, exit_text TEXT,
  after_line INTEGER NOT NULL, PRIMARY KEY (device_seq, seq)) WITHOUT ROWID;

CREATE TABLE errand (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, due_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  number INTEGER NOT NULL);
CREATE INDEX errand_due ON errand (due_ms, seq);

CREATE TABLE production_line (
  group_id TEXT PRIMARY KEY, started_ms INTEGER NOT NULL, period_ms INTEGER NOT NULL, pass_share REAL NOT NULL,
  made INTEGER NOT NULL) WITHOUT ROWID
"""
