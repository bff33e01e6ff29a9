"""Parses a request body to plain Python values or refuses it, whatever bytes a caller sends.

Refused besides what is not JSON: repeated keys (two readers could understand two things), NUL characters, lone
surrogates, numbers that do not fit 64 bits, and more than `DEPTH_LIMIT` levels.
"""

import json
from typing import Any

import msgspec

from imptui.domain.errors import Invalid, Rule

DEPTH_LIMIT = 32
"""No document of the API has more than six levels."""

_JSON_TYPES = ("application/json", "application/vnd.api+json", "text/json")


def accept_content_type(header: str | None) -> None:
    """Refuse bodies with another content type than JSON; a body without one counts as JSON.

    Raises:
        Invalid: With `Rule.CONTENT_TYPE`.

    Source: contract 1.2.
    """
    kind = (header or "").partition(";")[0].strip().lower()
    if kind and kind not in _JSON_TYPES and not kind.endswith("+json"):
        raise Invalid(f"Bodies are JSON (application/vnd.api+json), not {kind[:80]!r}.", Rule.CONTENT_TYPE)


def parse_body(raw: bytes) -> Any:
    """Parse a body. No body, blanks and `null` all are None. Source: contract 1.3.

    Raises:
        Invalid: It is not one well-formed document; the reason never quotes the body, which may hold a password.
    """
    stripped = raw.strip(b" \t\r\n")
    if stripped in (b"", b"null"):
        return None
    try:
        msgspec.json.decode(stripped)  # stricter than the json module about numbers and surrogates, and quick
        parsed = json.loads(stripped.decode(), object_pairs_hook=_object, parse_int=_integer)
    except Invalid:
        raise
    except RecursionError:
        raise _malformed("is nested too deeply") from None
    except (ValueError, msgspec.MsgspecError):
        raise _malformed("is not well-formed JSON in UTF-8") from None
    _check(parsed, DEPTH_LIMIT)
    return parsed


def _malformed(what: str) -> Invalid:
    return Invalid(f"The body {what}.", Rule.MALFORMED)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed("repeats a key within an object")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= (value := int(digits)) < 2**63:
        raise _malformed("has a number that is too large")
    return value


def _check(value: Any, levels_left: int) -> None:
    """Refuse values that SQLite, terminals or the stack cannot handle."""
    if isinstance(value, str):
        if "\0" in value:
            raise _malformed("has a NUL character in a string")
    elif isinstance(value, dict | list):
        if not levels_left:
            raise _malformed("is nested too deeply")
        for item in value.items() if isinstance(value, dict) else value:
            if isinstance(value, dict):
                _check(item[0], levels_left - 1)
                _check(item[1], levels_left - 1)
            else:
                _check(item, levels_left - 1)
