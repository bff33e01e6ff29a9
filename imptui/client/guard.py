"""The guard of a context: what may be changed from here, whatever the account may change.

`Session.change` asks it about every change, with the names of what the change touches. `GuardedTransport` asks it again at the
last step before the network, where only the verb and the path are known. The first gives the better sentence; no call can
bypass the second.
"""

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from imptui.domain.errors import Forbidden, Rule


def _no_names(kind: str, ref: str) -> Sequence[str]:  # noqa: ARG001 - the shape of a lookup
    return ()


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
    """

    read_only_because: str | None = None
    protected: tuple[str, ...] = ()
    names_of: Callable[[str, str], Sequence[str]] = _no_names
    needs_approval: bool = False

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
        for pattern in self.protected:
            wanted = pattern.casefold().removeprefix("name:")
            for name in known:
                if fnmatchcase(name.casefold(), wanted):
                    what = f"everything of {name}" if name.startswith("type:") else f"'{name}'"
                    return Forbidden(
                        f"Cannot {attempt}: {what} is protected by the pattern '{pattern}'. Nothing was sent.",
                        Rule.PROTECTED,
                        subject=name,
                    )
        return None
