"""What the API says about accounts."""

from typing import Annotated

from pydantic import Field

from services.api.responses import Asked, Listed, Model
from services.auth.roles import MAX_PASSWORD, MIN_PASSWORD, Role


class UserOut(Model):
    """Who is logged in."""

    name: str
    roles: list[str]


class MeOut(Model):
    """The person who asks; ``csrf`` goes into ``X-CSRF-Token`` of every unsafe request."""

    user: UserOut | None
    csrf: str
    setup_needed: bool


class AccountOut(Model):
    """One account."""

    name: str
    roles: list[str]
    created_ms: int


class AccountsOut(Model):
    """All accounts."""

    users: list[AccountOut]


class LoginIn(Asked):
    """Name and password."""

    name: str = Field(max_length=64)
    password: str = Field(max_length=MAX_PASSWORD)


NewName = Annotated[str, Field(pattern=r"^\s*[A-Za-z0-9][A-Za-z0-9._\-]{1,63}\s*$", max_length=80)]
NewPassword = Annotated[str, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)]


class SetupIn(Asked):
    """The first admin, with the code from the console."""

    name: NewName
    password: NewPassword
    code: str = Field(max_length=64)


class AccountIn(Asked):
    """A new account."""

    name: NewName
    password: NewPassword
    roles: Annotated[list[Annotated[Role, Listed]], Field(min_length=1)]


class AuditOut(Model):
    """One act of one person."""

    seq: int
    time_ms: int
    actor: str
    action: str
    subject: str
    detail: str
    hash: str


class AuditsOut(Model):
    """The newest acts first; ``intact`` tells whether the whole chain of hashes holds."""

    entries: list[AuditOut]
    intact: bool
