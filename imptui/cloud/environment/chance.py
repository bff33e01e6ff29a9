"""The random source of a world: the same seed gives the same ids in the same order.

Ids are a keyed hash of (seed, how many were drawn before), so there is nothing to store but a number. Secrets
(tokens, login keys) must not follow from a seed that somebody may know: they come from the operating system,
unless a test asks for predictable ones.
"""

import base64
import hashlib
import secrets
import uuid

_LOGIN_KEY_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Chance:
    """A source of ids and secrets.

    Attributes:
        seed: What it was seeded with.
        drawn: How many values were drawn; a world keeps it, so that ids never come twice.
    """

    def __init__(self, seed: str, *, drawn: int = 0, has_predictable_secrets: bool = False) -> None:
        self.seed = seed
        self.drawn = drawn
        self._key = hashlib.sha256(seed.encode()).digest()
        self._has_predictable_secrets = has_predictable_secrets

    @classmethod
    def unseeded(cls) -> "Chance":
        """Return a source with a random seed."""
        return cls(secrets.token_hex(16))

    def uuid(self) -> str:
        """An id for an account, product, group, deployment or webhook. Source: contract 4.3."""
        return str(uuid.UUID(bytes=self.octets(16), version=4))

    def agent_id(self) -> str:
        """12 characters from letters, digits, `_` and `-`. Source: contract 4.3."""
        return base64.urlsafe_b64encode(self.octets(9)).decode()

    def mac_address(self) -> str:
        """An address of the maker of imps, `0c:2a:69:…`. Source: contract 4.3."""
        return ":".join(("0c", "2a", "69", *(f"{byte:02x}" for byte in self.octets(3))))

    def number(self, below: int) -> int:
        """A whole number from 0 up to, not with, `below`."""
        return int.from_bytes(self.octets(8)) % below

    def octets(self, count: int) -> bytes:
        """Up to 64 bytes."""
        self.drawn += 1
        return hashlib.blake2b(self.drawn.to_bytes(8), digest_size=count, key=self._key).digest()

    def access_token(self) -> str:
        """A secret of 64 URL-safe characters. Source: contract 4.3: opaque, longer than 40."""
        return base64.urlsafe_b64encode(self._secret(48)).decode()

    def refresh_token(self) -> str:
        """A secret of 64 hexadecimal digits. Source: contract 4.3."""
        return self._secret(32).hex()

    def login_key(self) -> str:
        """A secret of 16 characters `0-9a-z`. Source: contract 4.3."""
        return "".join(_LOGIN_KEY_ALPHABET[int.from_bytes(self._secret(8)) % 36] for _ in range(16))

    def stream_id(self) -> str:
        """The secret of a log stream, 24 URL-safe characters. Source: contract 14.1."""
        return base64.urlsafe_b64encode(self._secret(18)).decode()

    def otp_secret(self) -> str:
        """A shared secret for one-time passwords, base 32, 160 bits. Source: RFC 4226, 4."""
        return base64.b32encode(self._secret(20)).decode()

    def _secret(self, count: int) -> bytes:
        return self.octets(count) if self._has_predictable_secrets else secrets.token_bytes(count)


def device_id_for(mac_address: str) -> str:
    """The id of a newer imp: `5000` and the digits of its MAC address. Source: contract 4.3."""
    return "5000" + mac_address.replace(":", "")
