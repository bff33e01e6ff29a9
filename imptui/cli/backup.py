"""Commands backup and restore: journal, drafts, saved filters and settings in one file, without tokens."""

import os
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from msgspec import Struct, field

from imptui.cache.store import Cache, Opened
from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.runner import Trouble, safe_text, sentences
from imptui.config.locations import Locations, secure, write_private
from imptui.domain.rows import JournalEntry, SavedDraft
from imptui.query.query import SavedFilter

FORMAT = 1
"""The version of the file; a program refuses files of newer versions."""

_CACHE_NAME = re.compile(r"[A-Za-z0-9_%-]{1,250}")
"""Names of caches, as `imptui.config.locations` makes them: a backup of a stranger must not name another folder."""

RESTORE_EXITS = exits(*LOCAL, ExitCode.PARTLY, words={ExitCode.PARTLY: "something here differs from the backup and was kept"})


class OwnRows(Struct, frozen=True):
    """The rows of a cache that the service does not have."""

    journal: list[JournalEntry] = field(default_factory=list)
    """The journal entries, oldest first."""
    drafts: list[SavedDraft] = field(default_factory=list)
    filters: list[SavedFilter] = field(default_factory=list)


class Backup(Struct, frozen=True):
    """The content of a backup file, in JSON."""

    imptui_backup: int
    """`FORMAT` of the version that wrote it."""
    made_at: datetime
    files: dict[str, str]
    """Texts of settings, contexts, session state and filter history, by file name."""
    caches: dict[str, OwnRows]
    """The rows of each cache, by its file name without suffix."""


def files_of(locations: Locations) -> tuple[Path, ...]:
    """Return the paths of the files that a backup holds as they are."""
    return locations.settings, locations.contexts, locations.state, locations.filter_history


@click.command(epilog=exits(*LOCAL))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(options: Options, file: Path) -> None:
    """Save journal, drafts, saved filters and settings of all contexts in a new FILE that only you can read, without tokens."""
    with sentences():
        locations = options.locations
        found = Backup(
            FORMAT,
            datetime.now(UTC),
            {path.name: path.read_text(encoding="utf-8") for path in files_of(locations) if path.exists()},
            {path.stem: _own_rows(path) for path in sorted(locations.caches.glob("*.sqlite"))},
        )
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Trouble(f"{file} exists already; nothing was written. Give the name of a new file.") from error
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(msgspec.json.encode(found))
                written.flush()
                os.fsync(written.fileno())
        except BaseException:
            file.unlink(missing_ok=True)  # remove the incomplete backup
            raise
        rows = found.caches.values()
        entries, drafts, filters = (sum(map(len, each)) for each in zip(*map(_lists, rows), strict=True)) if rows else (0, 0, 0)
        click.echo(
            safe_text(
                f"{file} holds {entries:,} entries of the journal, {drafts} drafts, {filters} filters, {len(found.files)} files."
            ),
            err=True,
        )


def _lists(rows: OwnRows) -> tuple[list[JournalEntry], list[SavedDraft], list[SavedFilter]]:
    return rows.journal, rows.drafts, rows.filters


def _opened(path: Path) -> Cache:
    opened: Opened = Cache.open(path)
    if opened.warning is not None:
        click.echo(f"imptui: {safe_text(opened.warning)}", err=True)
    return opened.cache


def _own_rows(path: Path) -> OwnRows:
    cache = _opened(path)
    try:
        entries = cache.journal.list(limit=-1)  # -1 means no limit in SQLite
        return OwnRows(entries[::-1], cache.drafts.all(), list(cache.saved.all()))
    finally:
        cache.close()


@click.command(epilog=RESTORE_EXITS)
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--replace", "is_replacing", is_flag=True, help="Replace drafts, filters and settings here that differ.")
@click.pass_obj
def restore(options: Options, file: Path, is_replacing: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Restore a FILE of `imptui backup`: adds missing journal entries, and keeps files and rows that differ here."""
    with sentences():
        locations = options.locations
        found = read_backup(file)
        kept: list[str] = []
        secure(locations.root)
        secure(locations.caches)
        for name, rows in found.caches.items():
            kept += _restore_rows(locations.caches / f"{name}.sqlite", rows, is_replacing=is_replacing)
        for path in files_of(locations):
            text = found.files.get(path.name)
            if text is None:
                continue
            if path.exists() and not is_replacing and path.read_text(encoding="utf-8") != text:
                kept.append(str(path))
            else:
                write_private(path, text)
        for each in kept:
            click.echo(f"imptui: Kept as it is here, because it differs: {safe_text(each)}", err=True)
    if kept:
        raise SystemExit(ExitCode.PARTLY)


def read_backup(file: Path) -> Backup:
    """Read and check a backup before anything is restored.

    Raises:
        Trouble: The file is not a backup, is damaged, or a newer version wrote it.
    """
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Backup)
        settings = found.files.get("settings.toml", "")
        tomllib.loads(settings)
    except (msgspec.DecodeError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Trouble(f"{file} is no backup of imptui, or it is damaged ({error}); nothing was restored.") from error
    if found.imptui_backup > FORMAT:
        raise Trouble(f"A newer imptui wrote {file}; nothing was restored. Restore it with that version.")
    if not all(_CACHE_NAME.fullmatch(name) for name in found.caches):
        raise Trouble(f"{file} names a cache outside of the data folder; nothing was restored.")
    return found


def _restore_rows(path: Path, rows: OwnRows, *, is_replacing: bool) -> list[str]:
    """Restore the rows of one cache; return the names of rows that differ here and were kept."""
    kept: list[str] = []
    cache = _opened(path)
    try:
        cache.journal.restore(rows.journal)
        drafts = {each.key: each for each in cache.drafts.all()}
        for draft in rows.drafts:
            here = drafts.get(draft.key)
            if here is None or is_replacing:
                cache.drafts.save(draft)
            elif here.body != draft.body:
                kept.append(f"the draft {draft.key!r} in {path.name}")
        filters = {each.name: each for each in cache.saved.all()}
        for saved in rows.filters:
            there = filters.get(saved.name)
            if there is None or is_replacing:
                cache.saved.save(saved)
            elif there.text != saved.text:
                kept.append(f"the filter {saved.name!r} in {path.name}")
    finally:
        cache.close()
    return kept
