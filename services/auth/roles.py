"""The roles of an account and what a password and a name must be."""

import enum
import re

from services.auth.errors import AuthError

MIN_PASSWORD = 10
MAX_PASSWORD = 256
NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class Role(enum.StrEnum):
    """What an account may see and do; riders need no account."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ADMIN = "admin"


def parse_name(name: str) -> str:
    """Return a checked account name in lower case; raises ``AuthError``."""
    name = name.strip().lower()
    if not NAME_PATTERN.fullmatch(name):
        raise AuthError("a name has 2 to 64 of the letters a-z, digits, dot, dash and underscore")
    return name


def parse_password(password: str, name: str) -> str:
    """Return a checked new password; raises ``AuthError``."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AuthError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if name in password.lower() or len(set(password)) < 5:
        raise AuthError("this password is too easy to guess: not the name in it, at least five different characters")
    return password


def parse_roles(roles: object) -> tuple[Role, ...]:
    """Return checked roles, each once, in the order of `Role`; raises ``AuthError``."""
    names = {str(role) for role in roles} if isinstance(roles, list | tuple | set | frozenset) else set()
    strange = sorted(names - {role.value for role in Role})
    if strange or not names:
        raise AuthError(f"roles are one or more of: {', '.join(Role)}")
    return tuple(role for role in Role if role.value in names)
