"""Random tokens; the store keeps only their hashes."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a short one-time code that can be typed from a console (60 bits)."""
    letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def token_hash(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return the CSRF value that belongs to a session's token and to no other."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_same(left: str, right: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
