"""Collect the names that files, scripts and people rely on: settings, keys, filter fields, JSON fields, tables.

`python -m tests.stored_names` compares the names of the code with `tests/data/stored_names.json` and prints the difference;
with `--add` it adds the new names to the file. `tests/unit/test_stored_names.py` fails when a name is missing.
"""

import gzip
import io
import json
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from imptui.cache.store import Cache
from imptui.cli.command import command
from imptui.cloud.storage.world import World
from imptui.config.contexts import Contexts, NamedContext, save_contexts
from imptui.config.locations import Locations
from imptui.config.settings import CLIPBOARDS, Settings
from imptui.config.state import SessionState, save_state
from imptui.query.expression import ALIASES, Claim, FilterField, Op
from imptui.query.list_columns import ON_SCREEN
from imptui.query.query import SortColumn
from imptui.tui.commands.catalogue import all_commands
from imptui.tui.screens.export import HEAD

FROZEN = Path(__file__).parent / "data" / "stored_names.json"
HOME = Path(__file__).parent / "data" / "stored" / "home.tar.gz"
"""A data folder as version 0.1.0 left it; `tests/data/stored/README.md` says what is in it."""

FREE = {"env_vars"}
"""JSON objects whose keys users choose."""

Names = dict[str, list[str]]
"""Names by area, sorted."""


def unpack_home(folder: Path) -> Path:
    """Unpack the stored data folder and set its world to the moment at which it was packed.

    Without that, the world would catch up with everything that happened since, at every test.
    """
    with gzip.open(HOME) as packed, tarfile.open(fileobj=io.BytesIO(packed.read())) as archive:
        archive.extractall(folder, filter="data")
    home = folder / "home"
    for file in home.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)
    world = sqlite3.connect(home / "demo" / "world.sqlite")
    (seen_ms,) = world.execute("SELECT max(agent_state_changed_ms) FROM device").fetchone()
    ahead_ms = seen_ms + 60_000 - int(datetime.now(UTC).timestamp() * 1000)
    with world:
        world.execute("UPDATE fact SET value = ? WHERE name = 'clock_ahead_ms'", (str(ahead_ms),))
    world.close()
    return home


def run(home: Path, *words: str | Path) -> Result:
    """Run a plain command in a data folder; an exception that is no exit fails the caller."""
    clean = {"IMPTUI_READONLY": None, "IMPTUI_DATA_DIR": None}
    result = CliRunner().invoke(command, ["--data-dir", str(home), *map(str, words)], env=clean)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def collect(folder: Path) -> Names:
    """Collect every frozen name from the code, by area.

    Args:
        folder: An empty folder to work in.
    """
    areas: dict[str, Callable[[Path], Iterator[str]]] = {
        "settings.toml": lambda _: iter(Settings.__annotations__),
        "settings.toml: clipboard": lambda _: iter(CLIPBOARDS),
        "contexts.json": _context_keys,
        "habits.json": _habit_keys,
        "secrets/NAME.json": _secret_keys,
        "data folder": _paths,
        "commands and default keys": lambda _: _commands(),
        "filter fields": lambda _: iter([*map(str, FilterField), *ALIASES]),
        "filter operators": lambda _: iter([*map(str, Op), "~"]),
        "filter claims": lambda _: iter(map(str, Claim)),
        "orders of devices": lambda _: iter(map(str, SortColumn)),
        "columns of devices": lambda _: iter(each.key for each in ON_SCREEN),
        "columns of exported devices": lambda _: (name for row in HEAD for name in row),
        "cache tables": _cache_tables,
        "world tables": _world_tables,
        "JSON output": _json_fields,
    }
    found: Names = {}
    for number, (area, names) in enumerate(areas.items()):
        place = folder / str(number)
        place.mkdir()
        found[area] = sorted(set(names(place)))
    return found


def differences(frozen: Names, found: Names) -> tuple[list[str], list[str]]:
    """Return the frozen names that are missing and the found names that are not frozen yet, as `area: name`."""
    before = {f"{area}: {name}" for area, names in frozen.items() for name in names}
    now = {f"{area}: {name}" for area, names in found.items() for name in names}
    return sorted(before - now), sorted(now - before)


def frozen_names() -> Names:
    """Read the frozen names."""
    found: Names = json.loads(FROZEN.read_text(encoding="utf-8"))
    return found


def _context_keys(folder: Path) -> Iterator[str]:
    path = folder / "contexts.json"
    save_contexts(path, Contexts({"plant": NamedContext("plant", "https://api.example.com/v5")}, "plant"))
    return shape(json.loads(path.read_text(encoding="utf-8")))


def _habit_keys(folder: Path) -> Iterator[str]:
    path = folder / "habits.json"
    save_state(path, SessionState())
    return iter(json.loads(path.read_text(encoding="utf-8")))


def _secret_keys(folder: Path) -> Iterator[str]:
    home = unpack_home(folder)
    assert run(home, "ls", "products", "--refresh").exit_code == 0
    return iter(json.loads(Locations(home).secrets("demo").read_text(encoding="utf-8")))


def _paths(folder: Path) -> Iterator[str]:
    places = Locations(folder)
    for path in (
        places.settings,
        places.contexts,
        places.state,
        places.filter_history,
        places.secrets("NAME"),
        places.cache("NAME"),
        places.world,
        places.frame("NAME"),
        places.exports,
    ):
        yield path.relative_to(folder).as_posix()


def _commands() -> Iterator[str]:
    for screen, found in all_commands().items():
        for each in found:
            yield f"{each.id} on {screen}"
            yield from (f"{each.id} by {key}" for key in each.keys)


def _cache_tables(folder: Path) -> Iterator[str]:
    path = folder / "cache" / "new.sqlite"
    Cache.open(path).cache.close()
    return _columns(path)


def _world_tables(folder: Path) -> Iterator[str]:
    path = folder / "new-world.sqlite"
    World.open(path).close()
    return _columns(path)


def _columns(path: Path) -> Iterator[str]:
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [f"{table}.{column[1]}" for table in tables for column in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return iter(found)


def _json_fields(folder: Path) -> Iterator[str]:
    home = unpack_home(folder)
    for name, text in _documents(home, folder):
        for line in text.splitlines() if name in LINES else [text]:
            yield from (f"{name} {field}" for field in shape(json.loads(line)))


LINES = {"logs", "sample", "journal --export"}
"""Commands that print one JSON document per line."""


def _documents(home: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Run every command that prints JSON; each changes only the copy of the data folder."""
    agent, device, wrong = folder / "a.nut", folder / "d.nut", folder / "wrong.nut"
    agent.write_text('server.log("new agent");\n')
    device.write_text('server.log("new device");\n')
    wrong.write_text("local b = ;\n")

    def out(*words: str | Path, code: int = 0) -> str:
        result = run(home, *words)
        assert result.exit_code == code, (words, result.exit_code, result.stderr)
        return result.stdout

    for kind in ("products", "groups", "devices", "deployments"):
        yield f"ls {kind}", out("ls", kind, "--json")
    members = json.loads(out("ls", "devices", "-q", "group:Production online", "--json"))
    one = members[0]["device"]["id"]
    deployment = json.loads(out("ls", "deployments", "--json"))[0]["deployment"]["id"]
    yield "show product", out("show", "product", "Meter 100", "--json")
    yield "show group", out("show", "group", "Production", "--json")
    yield "show device", out("show", "device", one, "--json")
    yield "show deployment", out("show", "deployment", deployment, "--json")
    yield "contexts", out("contexts", "--json")
    yield "check", out("check", wrong, "--json", code=1)
    yield "diff", out("diff", agent, device, "--json", code=1)
    yield "sample", out("sample", "-q", one, "--every", "1", "--for", "1", "--json")
    yield "review", out("review", "Development", "--diff", "--json", code=3)
    words = ("--agent", agent, "--device", device, "--json")
    yield "deploy without --yes", out("deploy", "Production", *words, code=2)
    yield "deploy", out("deploy", "Production", *words, "--restart", "hard", "--yes")
    deployed = json.loads(out("show", "group", "Production", "--json"))["group"]["current_deployment_id"]
    yield "promote", out("promote", deployed, "Development", "--yes", "--json")
    yield "rollback", out("rollback", "Development", "--yes", "--json")
    yield "rollout", out("rollout", deployed, "--json")
    yield "grep", out("grep", "server", "--json")
    yield "clean --dry-run", out("clean", "Development", "--keep", "1", "--dry-run", "--json")
    yield "clean", out("clean", "Development", "--keep", "1", "--yes", "--json")
    yield "journal", out("journal", "--json")
    out("journal", "--export", folder / "journal.jsonl")
    yield "journal --export", (folder / "journal.jsonl").read_text(encoding="utf-8")
    out("world", "advance", "1m")
    yield "logs", out("logs", one, "--json")


def shape(document: object, path: str = "") -> Iterator[str]:
    """Name every field of a JSON document: `device.id`, `groups[].name`."""
    if isinstance(document, list):
        for each in document:
            yield from shape(each, f"{path}[]")
    elif isinstance(document, dict) and path.rsplit(".", 1)[-1] not in FREE:
        for name, value in document.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from shape(value, inner)


def main() -> None:
    """Print the difference; with `--add`, add the new names."""
    with tempfile.TemporaryDirectory() as folder:
        found = collect(Path(folder))
    frozen = frozen_names() if FROZEN.exists() else {}
    missing, new = differences(frozen, found)
    for title, names in (("missing", missing), ("new", new)):
        print(f"{len(names)} {title}", *names, sep="\n  ")
    if "--add" in sys.argv:
        merged = {area: sorted({*frozen.get(area, []), *found.get(area, [])}) for area in {**frozen, **found}}
        FROZEN.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
