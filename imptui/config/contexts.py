"""Named contexts: which account on which endpoint, and how carefully."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from imptui.config.errors import NoSuchContext, UnreadableFile
from imptui.config.locations import write_private

DEMO = "demo"
"""The name of the context that is always there: the embedded engine with the demonstration fleet."""

EMBEDDED = "embedded"
"""What stands for an endpoint where the engine runs in this process."""


class NamedContext(Struct, frozen=True):
    """One account on one endpoint."""

    name: str
    endpoint: str
    username: str | None = None
    is_locked: bool = False
    """Read-only whatever the command line says."""
    protected: tuple[str, ...] = ()
    theme: str | None = None
    needs_approval: bool = False
    """Production deployments take the approval of somebody else than their author and than oneself."""

    @property
    def is_embedded(self) -> bool:
        """Whether the engine in this process answers."""
        return self.endpoint == EMBEDDED


DEMO_CONTEXT = NamedContext(DEMO, EMBEDDED, "demo")


class Contexts(Struct, frozen=True):
    """All named contexts, and the one used last."""

    named: dict[str, NamedContext] = field(default_factory=dict)
    last: str | None = None

    def get(self, name: str | None) -> NamedContext:
        """The context called `name`; the last used one, else the demonstration, when no name is given.

        Raises:
            NoSuchContext: There is none of that name.
        """
        if name is None:
            return self.named.get(self.last or DEMO, DEMO_CONTEXT)
        if name in self.named:
            return self.named[name]
        if name == DEMO:
            return DEMO_CONTEXT
        raise NoSuchContext(name, [DEMO, *self.named])

    def all(self) -> tuple[NamedContext, ...]:
        """Every context, the demonstration first, the others by name."""
        others = sorted((each for each in self.named.values() if each.name != DEMO), key=lambda each: each.name)
        return (self.named.get(DEMO, DEMO_CONTEXT), *others)

    def using(self, name: str) -> "Contexts":
        """The same, with `name` as the last used."""
        return replace(self, last=name)

    def having(self, context: NamedContext) -> "Contexts":
        """The same, with `context` added or replaced, and last used."""
        return Contexts({**self.named, context.name: context}, context.name)

    def without(self, name: str) -> "Contexts":
        """The same without the context `name`."""
        rest = {each: context for each, context in self.named.items() if each != name}
        return Contexts(rest, None if self.last == name else self.last)


def read_contexts(path: Path) -> Contexts:
    """The contexts in a file; none when there is no file.

    Raises:
        UnreadableFile: The file cannot be read or makes no sense.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        named = [_context(each) for each in found["contexts"]]
        last = found.get("last")
        return Contexts({each.name: each for each in named}, last if isinstance(last, str) else None)
    except FileNotFoundError:
        return Contexts()
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFile(path, f"it does not hold contexts ({error}); mend it or move it away") from error


def _context(found: dict[str, Any]) -> NamedContext:
    context = NamedContext(**{**found, "protected": tuple(found.get("protected", ()))})
    texts = [context.name, context.endpoint, *context.protected]
    perhaps = [each for each in (context.username, context.theme) if each is not None]
    switches = (context.is_locked, context.needs_approval)
    if not all(isinstance(each, str) for each in texts + perhaps) or not all(isinstance(each, bool) for each in switches):
        raise ValueError(f"a value of the context {context.name!r} is of the wrong kind")
    return context


def write_contexts(path: Path, contexts: Contexts) -> None:
    """Keep the contexts.

    Raises:
        OSError: The file cannot be written.
    """
    kept = {"contexts": [asdict(each) for each in contexts.named.values()], "last": contexts.last}
    write_private(path, json.dumps(kept, indent=2) + "\n")
