"""Hashes secrets, which are never stored in clear.

Passwords and unbond keys, which people choose, go through scrypt with a salt; tokens, which are long and random, need
only a digest. One-time passwords need their secret itself.
"""

import base64
import hashlib
import hmac
import secrets

COST_LOG2 = 14
"""scrypt's work factor for real accounts: 16 MB and some 40 ms. Tests and demonstrations take less."""


def hash_secret(secret: str, cost_log2: int = COST_LOG2) -> str:
    """Hash a password or unbond key with a new salt."""
    salt = secrets.token_bytes(16)
    return f"scrypt${cost_log2}${_text(salt)}${_text(_scrypt(secret, salt, cost_log2))}"


def fits(secret: str, kept: str | None, cost_log2: int = COST_LOG2) -> bool:
    """Return True if `secret` is what `kept` was made of.

    The work is that of `cost_log2` whether nothing is kept or a hash of that cost or less, so that the time tells
    neither if there is an account nor how its password was hashed.

    Args:
        secret: What was given.
        kept: The stored hash; None if there is none.
        cost_log2: The work factor of new hashes.
    """
    _, cost, salt, digest = (kept or f"scrypt${cost_log2}{_NOBODY}").split("$")
    found = _scrypt(secret, base64.b64decode(salt), int(cost))
    for missing_log2 in range(int(cost), cost_log2):  # c + c + 2c + 4c ... is as much work as one hash of the full cost
        _scrypt(secret, bytes(16), missing_log2)
    return hmac.compare_digest(found, base64.b64decode(digest)) and kept is not None


def digest(token: str) -> bytes:
    """Return the digest of a long random token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _scrypt(secret: str, salt: bytes, cost_log2: int) -> bytes:
    return hashlib.scrypt(
        secret.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=1 << cost_log2,
        r=8,
        p=1,
        maxmem=256 << cost_log2 << 4,
        dklen=32,
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


_NOBODY = f"${_text(bytes(16))}${_text(bytes(32))}"
