"""What can go wrong with accounts."""


class AuthError(Exception):
    """Something about an account that a person can mend; the text says what."""


class LoginRefusedError(AuthError):
    """Name and password do not fit; the text never says which of the two."""

    def __init__(self) -> None:
        super().__init__("name or password is wrong")


class TooManyAttemptsError(AuthError):
    """Too many failed log-ins; ``wait_s`` says how long to wait."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many failed log-ins: wait {wait_s} s")
        self.wait_s = wait_s


class SetupRefusedError(AuthError):
    """The first account cannot be made with this code, or was made already."""
