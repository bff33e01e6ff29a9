"""Named contexts: an account on an endpoint, and the safeguards for it."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from imptui.config.errors import NoSuchContext, UnreadableFile
from imptui.config.locations import write_private
from imptui.domain.protection import pattern_trouble

DEMO = "demo"
"""The name of the built-in context: the embedded engine with the demonstration fleet."""

EMBEDDED = "embedded"
"""The endpoint of contexts that use the engine in this process."""


class NamedContext(Struct, frozen=True):
    """One account on one endpoint."""

    name: str
    endpoint: str
    username: str | None = None
    is_locked: bool = False
    """Read-only, whatever the options of the command line."""
    protected: tuple[str, ...] = ()
    theme: str | None = None
    needs_approval: bool = False
    """Deploying to production takes the approval of a second person."""

    @property
    def is_embedded(self) -> bool:
        """True if the endpoint is the engine in this process."""
        return self.endpoint == EMBEDDED


DEMO_CONTEXT = NamedContext(DEMO, EMBEDDED, "demo")


class Contexts(Struct, frozen=True):
    """All named contexts, and the name of the last used one."""

    named: dict[str, NamedContext] = field(default_factory=dict)
    last: str | None = None

    def get(self, name: str | None) -> NamedContext:
        """Return the context with this name; without a name, the last used one or else the demonstration.

        Raises:
            NoSuchContext: No context has that name.
        """
        if name is None:
            return self.named.get(self.last or DEMO, DEMO_CONTEXT)
        if name in self.named:
            return self.named[name]
        if name == DEMO:
            return DEMO_CONTEXT
        raise NoSuchContext(name, [DEMO, *self.named])

    def all(self) -> tuple[NamedContext, ...]:
        """Return every context: the demonstration first, then the others by name."""
        others = sorted((each for each in self.named.values() if each.name != DEMO), key=lambda each: each.name)
        return (self.named.get(DEMO, DEMO_CONTEXT), *others)

    def with_last_used(self, name: str) -> "Contexts":
        """Return a copy with `name` as the last used context."""
        return replace(self, last=name)

    def with_context(self, context: NamedContext) -> "Contexts":
        """Return a copy in which `context` is added or replaced, and is the last used one."""
        return Contexts({**self.named, context.name: context}, context.name)

    def without(self, name: str) -> "Contexts":
        """Return a copy without the context `name`."""
        rest = {each: context for each, context in self.named.items() if each != name}
        return Contexts(rest, None if self.last == name else self.last)


def load_contexts(path: Path) -> Contexts:
    """Load the contexts from a file; a missing file holds none.

    Raises:
        UnreadableFile: The file cannot be read or is invalid.
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
    optional = [each for each in (context.username, context.theme) if each is not None]
    flags = (context.is_locked, context.needs_approval)
    if not all(isinstance(each, str) for each in texts + optional) or not all(isinstance(each, bool) for each in flags):
        raise ValueError(f"a value of the context {context.name!r} is of the wrong kind")
    for trouble in filter(None, map(pattern_trouble, context.protected)):
        raise ValueError(f"'protected' of the context {context.name!r} cannot be used: {trouble.rstrip('.')}")
    return context


def save_contexts(path: Path, contexts: Contexts) -> None:
    """Save the contexts.

    Raises:
        OSError: The file cannot be written.
    """
    stored = {"contexts": [asdict(each) for each in contexts.named.values()], "last": contexts.last}
    write_private(path, json.dumps(stored, indent=2) + "\n")
