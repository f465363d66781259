"""Passwords and tokens. The only importer of argon2."""

from __future__ import annotations

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Every token starts so; scanners for leaked secrets can find it.
TOKEN_PREFIX = "gd_"  # noqa: S105 - no secret
#: Password checks at once: each takes 19 MiB, and sign-ins must not exhaust memory.
_AT_ONCE = threading.BoundedSemaphore(2)


class Argon2Secrets:
    """Implements `engine.handlers.context.Secrets`; parameters of OWASP's 19 MiB profile."""

    def __init__(self, *, memory_kib: int = 19456, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._decoy = self._hasher.hash(secrets.token_hex())

    def hash_password(self, password: str) -> str:
        """Slow salted hash."""
        with _AT_ONCE:
            return self._hasher.hash(password)

    def verify_password(self, password: str, hashed: str | None) -> bool:
        """Whether a password is right; takes as long when there is nobody to compare with."""
        with _AT_ONCE:
            try:
                self._hasher.verify(hashed or self._decoy, password)
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def new_token(self) -> tuple[str, str]:
        """A token of 256 random bits and its digest."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        return token, digest_token(token)


def digest_token(token: str) -> str:
    """What is stored of a token; it is random enough to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
