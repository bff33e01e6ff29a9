"""The guard of a context: what may be changed from here, whatever the account may change.

`Session.change` asks it about every change, with the names of what the change touches. `GuardedTransport` asks it again at the
last step before the network, where only the verb and the path are known. The first gives the better sentence; no call can
bypass the second.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from imptui.domain.errors import Forbidden, Rule
from imptui.domain.protection import matching


def _no_names(kind: str, ref: str) -> Sequence[str]:  # noqa: ARG001 - the shape of a lookup
    return ()


class KnownFleet(Protocol):
    """Answers from the cache of a context what need not be read again before a change, and shows progress."""

    async def group_of_deployment(self, ref: str) -> str | None:
        """Return the group of a deployment, which never changes; None: it is unknown."""

    async def members_of(self, group_id: str) -> Sequence[Sequence[str]] | None:
        """Return the names of each member of a group; None: the cache is incomplete or too old."""

    def report(self, read: int, total: int | None) -> None:
        """Show that so many things were read of so many."""


class Guard(Struct, frozen=True):
    """Says whether a context is read-only, and what is protected in it.

    Attributes:
        read_only_because: The reason why nothing may be changed, as the end of a sentence: "the context 'plant' is locked",
            "imptui was started with --readonly", "IMPTUI_READONLY is set". None: changes are allowed.
        protected: Shell patterns (`Line *`, `name:*live*`, `type:production`), compared without regard to case with the
            identifier, every known name and the type of what a change touches.
        names_of: Looks up the names that count for a thing, as the cache knows them: for a device its own name, its
            group's and its product's. Takes the kind (`product`, `group`, `device`, `deployment`, `webhook`, ...) and
            the identifier that the call was made with.
        needs_approval: True if programs go to a production group only after somebody else approved exactly these bytes
            (`imptui.domain.review_mark.lack_of_approval`); the call that deploys reads the marks of the moment from the service.
        known: Lets `Session.change` read the names of all that a change reaches, members of groups included, before it is
            sent. None: only the names of `names_of` and of the caller count.
    """

    read_only_because: str | None = None
    protected: tuple[str, ...] = ()
    names_of: Callable[[str, str], Sequence[str]] = _no_names
    needs_approval: bool = False
    known: KnownFleet | None = None

    @property
    def is_read_only(self) -> bool:
        """True if nothing may be changed."""
        return self.read_only_because is not None

    def forbids_changes(self, attempt: str) -> Forbidden | None:
        """Return the refusal of any change in a read-only context, or None.

        Args:
            attempt: The change, as in "delete product 5d0c…".
        """
        if self.read_only_because is None:
            return None
        return Forbidden(f"Cannot {attempt}: {self.read_only_because}. Nothing was sent.", Rule.READ_ONLY)

    def forbids(self, attempt: str, touches: Iterable[tuple[str, str]], names: Iterable[str] = ()) -> Forbidden | None:
        """Return the refusal of one change, or None.

        Args:
            attempt: As for `forbids_changes`.
            touches: Kind and identifier of everything that the change affects.
            names: Names that the caller knows besides those of `names_of`.
        """
        refusal = self.forbids_changes(attempt)
        if refusal is not None or not self.protected:
            return refusal
        known = [*names]
        for kind, ref in touches:
            known += [ref, *self.names_of(kind, ref)]
        return self.forbids_names(attempt, known)

    def forbids_names(self, attempt: str, names: Sequence[str]) -> Forbidden | None:
        """Return the refusal of a change that reaches things of these names, or None."""
        for pattern in self.protected:
            name = matching(pattern, names)
            if name is not None:
                what = f"everything of {name}" if name.startswith("type:") else f"'{name}'"
                return Forbidden(
                    f"Cannot {attempt}: {what} is protected by the pattern '{pattern}'. Nothing was sent.",
                    Rule.PROTECTED,
                    subject=name,
                )
        return None
