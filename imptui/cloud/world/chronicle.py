"""What happened to devices: log lines, starts of programs, enrolment history, and what is due to happen.

Starts are kept as facts, not as the lines that they print (see `rules/transcript.py`): one short row per device, so that a
restart of thousands stays cheap. Everything is bounded per device; what is over the bound is trimmed by the world's clock,
a little at a time, never by the request that wrote it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imptui.cloud.world.presence import milliseconds
from imptui.model.ids import AccountId, DeploymentId, DeviceId
from imptui.model.log import Enrolment, LogEntry

LINES_KEPT = 1000
"""Log lines per device. Source: contract 15."""

BOOTS_KEPT = 100
"""Starts per device: with a handful of lines each they fill the lines that are kept."""

TABLES = """
CREATE TABLE IF NOT EXISTS log_lines (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    log_type TEXT
);
CREATE INDEX IF NOT EXISTS log_lines_by_device ON log_lines (device_id, at, id);
CREATE TABLE IF NOT EXISTS boots (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    deployment_id TEXT,
    log_type TEXT NOT NULL,
    brings_new_code INTEGER NOT NULL,
    is_online INTEGER NOT NULL,
    exit_text TEXT
);
CREATE INDEX IF NOT EXISTS boots_by_device ON boots (device_id, at, id);
CREATE TABLE IF NOT EXISTS enrolments (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    owner_id TEXT,
    actor_id TEXT
);
CREATE INDEX IF NOT EXISTS enrolments_by_device ON enrolments (device_id, at, id);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    due_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX IF NOT EXISTS events_by_time ON events (due_at, id);
CREATE TABLE IF NOT EXISTS duts (
    device_id TEXT PRIMARY KEY,
    fixture_id TEXT NOT NULL,
    fixture_group_id TEXT NOT NULL,
    configured_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    group_id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    period_ms INTEGER NOT NULL,
    yield REAL NOT NULL,
    made INTEGER NOT NULL
) WITHOUT ROWID;
"""
