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


def fits(secret: str, kept: str | None) -> bool:
    """Return True if `secret` is what `kept` was made of; takes the same time when nothing is kept."""
    _, cost, salt, digest = (kept or _NOBODY).split("$")
    found = _scrypt(secret, base64.b64decode(salt), int(cost))
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


_NOBODY = f"scrypt${COST_LOG2}${_text(bytes(16))}${_text(bytes(32))}"
