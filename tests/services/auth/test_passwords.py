import pytest

from services.auth.errors import AuthError
from services.auth.passwords import hash_password, is_right
from services.auth.roles import parse_name, parse_password, parse_roles


def test_a_password_is_kept_as_argon2id_and_fits_only_itself() -> None:
    kept = hash_password("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert is_right(kept, "correct horse battery")
    assert not is_right(kept, "correct horse batterz")


def test_nobody_has_any_password() -> None:
    assert not is_right(None, "nobody has this password")


def test_a_broken_hash_fits_nothing() -> None:
    assert not is_right("plain", "plain")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "xx-minh-xx99", "x" * 257])
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(AuthError):
        parse_password(password, "minh")


@pytest.mark.parametrize("name", ["", "a", "Ñandú", "a b", "../x", "x" * 65])
def test_a_strange_name_is_refused(name: str) -> None:
    with pytest.raises(AuthError):
        parse_name(name)


def test_roles_are_checked_and_ordered() -> None:
    assert parse_roles(["admin", "operator", "admin"]) == ("operator", "admin")
    for wrong in ([], ["rider"], "admin", None):
        with pytest.raises(AuthError):
            parse_roles(wrong)
