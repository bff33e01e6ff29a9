"""Errors of a world's file.

Exception
└── WorldUnreadable    the file is no world, is damaged, is locked, or was made by a newer version
    ├── WorldLost      the file was deleted or replaced while it was open
    └── WorldFull      the disk has no room for a change
"""


class WorldUnreadable(Exception):
    """The file of a world cannot be used; the message names it and says what to do.

    Attributes:
        path: The file.
        reason: Why not, and what to do about it, without the path.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"The world {path} cannot be used: {reason}")
        self.path = path
        self.reason = reason


class WorldLost(WorldUnreadable):
    """The file was deleted or replaced while it was open: a change would vanish."""


class WorldFull(WorldUnreadable):
    """The disk has no room for a change, which was undone. Reading goes on."""
