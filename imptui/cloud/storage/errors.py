"""Errors of a world's file.

Exception
└── WorldUnreadable    the file is no world, is damaged, or was made by a newer version
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
