"""A lock for each group, so that the processes of one machine deploy to it one after the other."""

import asyncio
import errno
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from imptui.domain.errors import Conflict
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId

PATIENCE_S = 300.0
"""The longest wait for another process. A creation takes at most about two minutes."""

_POLL_S = 0.05


class DeployRequest(Struct, frozen=True):
    """The command that asks for a deployment."""

    identity: str
    """A digest of the command; identical commands have the same."""
    asked_at: datetime
    """The start of the command, by the clock of this machine."""


class LastDeployment(Struct, frozen=True, kw_only=True):
    """The last deployment that a process of this machine made in a group."""

    identity: str
    deployment_id: str
    finished_at: datetime
    is_restarted: bool = False
    """True if the restart that the command asked for is done."""


class Turn:
    """The turn of this process to deploy to one group."""

    def __init__(self, handle: int | None) -> None:
        self._handle = handle

    def same_as(self, request: DeployRequest | None) -> LastDeployment | None:
        """Return what an identical command made after `request` was asked, or None."""
        if request is None or self._handle is None:
            return None
        try:
            last = msgspec.json.decode(os.pread(self._handle, 65_536, 0), type=LastDeployment)
        except msgspec.DecodeError:  # the file is new, or a process died while it wrote
            return None
        return last if last.identity == request.identity and last.finished_at >= request.asked_at else None

    def finish(self, last: LastDeployment) -> None:
        """Leave word of a deployment for identical commands that wait. A full disk loses the word, not the deployment."""
        if self._handle is not None:
            with suppress(OSError):
                os.ftruncate(self._handle, 0)
                os.pwrite(self._handle, msgspec.json.encode(last), 0)


class GroupLocks:
    """The locks of one context.

    Args:
        folder: Holds one file for each group; None: no other process works in this context.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @asynccontextmanager
    async def turn(self, group: DeviceGroup) -> AsyncIterator[Turn]:
        """Wait until no other deploys to the group, here or in another process.

        Raises:
            Conflict: The other takes longer than `PATIENCE_S`; nothing was sent.
            OSError: The file of the lock cannot be used.
        """
        if self._folder is None:
            yield Turn(None)
            return
        handle = await asyncio.to_thread(_opened, self._folder, group.id)
        try:
            await _acquire(handle, group, self._folder)
            yield Turn(handle)
        finally:
            os.close(handle)  # closing releases the lock; so does the end of the process


def _opened(folder: Path, group_id: GroupId) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = sha256(group_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


async def _acquire(handle: int, group: DeviceGroup, folder: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise OSError(error.errno, error.strerror, str(folder)) from error
        else:
            return
        if time.monotonic() > until:
            raise Conflict(
                f"Cannot deploy to '{group.name}': another imptui on this machine has been deploying to it for"
                f" {PATIENCE_S / 60:.0f} minutes. Nothing was sent. End that one, or wait for it."
            )
        await asyncio.sleep(_POLL_S)
