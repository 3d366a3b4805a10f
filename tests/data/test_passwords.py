"""Passwords: stored as argon2id, refused where they are easy to guess, whatever alphabet they use."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from data import passwords
from data.errors import Refused

CONTEXT = ("Imogen Okonkwo", "imogen.okonkwo", "Northfield College")


def test_a_password_is_stored_as_argon2id_at_least_as_dear_as_owasp_asks() -> None:
    parameters = extract_parameters(passwords.hash_password("four unrelated words here"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_the_same_password_is_stored_differently_each_time() -> None:
    assert passwords.hash_password("correct horse") != passwords.hash_password("correct horse")


@pytest.mark.parametrize(
    "password", ["пароль из слов", "密码密码由词组成", "🚲 bell 🌧️ kettle", "x" * 60 + " y" * 60]
)
def test_long_passwords_and_those_of_any_alphabet_work(password: str) -> None:
    passwords.require_good_password(password, CONTEXT)
    stored = passwords.hash_password(password)
    assert passwords.verify_password(password, stored) == (True, None)
    assert passwords.verify_password(password + "x", stored) == (False, None)


def test_a_password_fits_however_the_keyboard_composes_its_letters() -> None:
    stored = passwords.hash_password("caf\u00e9 au lait")
    assert passwords.verify_password("cafe\u0301 au lait", stored) == (True, None)


@pytest.mark.parametrize(
    "password",
    ["", "short", "12345678", "Password", "trustno1", "BASEBALL", "aaaaaaaaaa", "abababababab"],
)
def test_short_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        passwords.require_good_password(password, CONTEXT)


def test_each_of_the_three_thousand_commonest_passwords_is_refused() -> None:
    common = [
        line for line in passwords.COMMON.read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert len(common) == 3000
    for password in common:
        with pytest.raises(Refused):
            passwords.require_good_password(password.capitalize(), ())


@pytest.mark.parametrize(
    "password", ["Imogen2027!", "okonkwo-1999", "NorthfieldCollege", "routebook123", "Routebook Password 7"]
)
def test_names_and_other_words_of_the_context_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        passwords.require_good_password(password, CONTEXT)


def test_a_password_that_only_contains_such_a_word_is_fine() -> None:
    passwords.require_good_password("imogen paints kettles", CONTEXT)
    passwords.require_good_password("7319 0846 2257", CONTEXT)


def test_an_endless_password_is_refused_and_costs_no_more_than_another() -> None:
    with pytest.raises(Refused):
        passwords.require_good_password("long " * 1000, CONTEXT)
    assert passwords.verify_password("x" * 100_000, passwords.hash_password("y" * 20)) == (False, None)


def test_a_hash_of_weaker_parameters_is_renewed_when_its_password_is_used() -> None:
    weaker = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1),)).hash(
        "correct horse"
    )
    fits, renewed = passwords.verify_password("correct horse", weaker)
    assert fits
    assert renewed is not None
    assert passwords.verify_password("correct horse", renewed) == (True, None)
    assert passwords.verify_password("wrong horse", weaker) == (False, None)


def test_nobody_fits_an_account_without_a_password() -> None:
    assert passwords.verify_password("nobody has this password", None) == (False, None)
