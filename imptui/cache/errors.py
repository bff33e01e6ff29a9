"""What can go wrong with the cache.

CacheError
├── CacheUnreadable   the file cannot be used: newer than this program, locked away, no room
└── Stopped           a search was ended because nobody wants its answer any more
"""

from pathlib import Path


class CacheError(Exception):
    """Something about the cache, not about the service."""


class CacheUnreadable(CacheError):
    """The cache file cannot be used.

    Attributes:
        path: Which file.
        why: What is the matter with it.
        what_to_do: What a person can do about it.
    """

    def __init__(self, path: Path, why: str, what_to_do: str) -> None:
        super().__init__(f"The cache {path} cannot be used: {why}. {what_to_do}")
        self.path = path
        self.why = why
        self.what_to_do = what_to_do


class Stopped(CacheError):
    """A search was ended by `Stop.now` or `Cache.interrupt`."""
