"""Passwords: argon2id, and the same time spent whether the name exists or not."""

import functools
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106's second recommended setting: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
# Each check takes 64 MiB: two at once are enough, the others wait.
_AT_ONCE = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, its parameters and salt within."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Check a password in the same time for a known and an unknown name.

    Parameters
    ----------
    password_hash : str or None
        The account's hash; ``None`` where there is no such account.
    password : str
        What was typed.

    Returns
    -------
    bool
        Whether it fits; never for ``None``.
    """
    try:
        with _AT_ONCE:
            _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@functools.cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
