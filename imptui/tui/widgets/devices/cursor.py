"""The cursor of the device list, which accepts moves before rows are loaded."""


class ListCursor:
    """A position in a list whose rows may not be loaded yet.

    Attributes:
        at: The index under the cursor.
        wish: The target of keys that came before the first row; negative: counted from the end. None: no key came.
    """

    def __init__(self) -> None:
        self.at = 0
        self.wish: int | None = None

    def target(self, by: int) -> int:
        """Return the target of a step from here, or from the target of earlier keys."""
        start = self.at if self.wish is None else self.wish
        return max(0, start + by) if start >= 0 else min(-1, start + by)

    def granted(self, count: int) -> int | None:
        """Return the target of early keys in a list of `count` rows, once; None: no key was early, or there is no row."""
        wish = self.wish
        if wish is None or not count:
            return None
        self.wish = None
        return wish if wish >= 0 else count + wish

    def clamp(self, count: int) -> None:
        """Stay inside a list of `count` rows."""
        self.at = max(0, min(self.at, count - 1))
