"""Tokens of a context, kept in a file that only its owner can read.

What is kept here are plain texts by name; who holds them in memory masks them (`client.secret`).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from imptui.config.errors import UnreadableFile
from imptui.config.locations import write_private


def read_secrets(path: Path) -> dict[str, str]:
    """The texts kept in a file, by name; none when there is no file.

    Raises:
        UnreadableFile: The file cannot be read or makes no sense. The message tells nothing of its content.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UnreadableFile(path, error.strerror or "it cannot be read") from None
    except ValueError:
        raise UnreadableFile(path, "it does not hold tokens; log in again with: imptui login") from None
    if not isinstance(found, dict):
        raise UnreadableFile(path, "it does not hold tokens; log in again with: imptui login")
    return {name: text for name, text in found.items() if isinstance(text, str)}


def write_secrets(path: Path, texts: Mapping[str, str]) -> None:
    """Keep texts by name, mode 0600.

    Raises:
        OSError: The file cannot be written.
    """
    write_private(path, json.dumps(dict(texts)) + "\n")


def forget_secrets(path: Path) -> None:
    """Remove the file; nothing happens when there is none.

    Raises:
        OSError: It cannot be removed.
    """
    path.unlink(missing_ok=True)
