"""The tokens of a context, in a file that only its owner can read.

The file holds plain text by name. In memory, `client.secret` masks it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from imptui.config.errors import UnreadableFile
from imptui.config.locations import write_private


def load_secrets(path: Path) -> dict[str, str]:
    """Load the tokens from a file, by name; a missing file holds none.

    Raises:
        UnreadableFile: The file cannot be read or is invalid. The message shows nothing of its content.
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


def save_secrets(path: Path, texts: Mapping[str, str]) -> None:
    """Save tokens by name, with mode 0600.

    Raises:
        OSError: The file cannot be written.
    """
    write_private(path, json.dumps(dict(texts)) + "\n")


def delete_secrets(path: Path) -> None:
    """Delete the file, if it exists.

    Raises:
        OSError: The file cannot be deleted.
    """
    path.unlink(missing_ok=True)
