"""Read programs from local files."""

import asyncio
import os
import stat
from pathlib import Path

from imptui.domain.deployment import CODE_LIMIT_BYTES, Programs


class UnusableFile(Exception):
    """A file is not a usable program; the message names the file and the reason."""


def read_program(written: str) -> str:
    """Return the text of a file without any change.

    Args:
        written: A path as a user types it; `~` is the home folder.

    Raises:
        UnusableFile: The file cannot be read, is no regular file, is larger than 4 MB, or is not UTF-8.
    """
    path = Path(written).expanduser()
    try:
        if path.exists() and not path.is_file():  # Reading a pipe would block.
            raise UnusableFile(f"{path} is no ordinary file.")
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UnusableFile(f"{path} is no ordinary file.")
            if found.st_size > CODE_LIMIT_BYTES:
                raise UnusableFile(f"{path} has {found.st_size:,} bytes; a program takes at most {CODE_LIMIT_BYTES:,}.")
            raw = file.read(CODE_LIMIT_BYTES + 1)
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnusableFile(f"{path} is not UTF-8: byte {error.start:,}, in line {line:,}.") from error


async def read_pair(agent: str, device: str, instead: Programs | None) -> Programs:
    """Return both programs from files, read in a thread.

    Args:
        agent: Path of the agent code; empty: the program in `instead`.
        device: Path of the device code; empty: the program in `instead`.
        instead: Programs for empty paths; None: empty programs.

    Raises:
        UnusableFile: Both paths are empty, or a file cannot be used.
    """
    if not agent.strip() and not device.strip():
        raise UnusableFile("Name at least one file.")
    texts = []
    for program, path in (("agent", agent.strip()), ("device", device.strip())):
        if path:
            texts.append(await asyncio.to_thread(read_program, path))
        else:
            texts.append(instead.of(program) if instead is not None else "")
    return Programs(*texts)
