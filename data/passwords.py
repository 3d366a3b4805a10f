"""Passwords: argon2id hashes, and which passwords are too easy to guess.

Source of the rules: OWASP ASVS 5, 6.2 (at least eight characters, the 3,000 commonest and words of the
context refused, no other demands) and NIST SP 800-63B (Unicode normalised before hashing).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from data.errors import Refused

SHORTEST = 8
LONGEST = 256
COMMON = Path(__file__).parent / "common_passwords.txt"

hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
"""OWASP's recommendation. More memory would be held once for each thread while everyone signs in at nine."""


def hash_password(password: str) -> str:
    """An argon2id hash to store; the password isn't judged here."""
    return hasher.hash(_normalised(password))


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """(whether it fits, a new hash to store where the parameters have risen since).

    An account without a password, or no account at all, costs the same work and never fits.
    """
    if len(password) > LONGEST:
        password = ""
    fits, renewed = hasher.verify_and_update(_normalised(password), stored or _nobodys_hash())
    return (fits, renewed) if stored else (False, None)


def require_good_password(password: str, context: Iterable[str]) -> None:
    """Raise Refused, with what to do, for a password that is too short, too long or easy to guess.

    `context` holds what others know: the person's name and e-mail address, the college's name.
    """
    if len(password) < SHORTEST:
        raise Refused(f"Please choose at least {SHORTEST} characters; a few words are good.", "password")
    if len(password) > LONGEST:
        raise Refused(f"Please choose at most {LONGEST} characters.", "password")
    if _is_common(password) or _is_made_of(password, context):
        raise Refused(
            "That password is easy to guess. Please choose another, such as three or four unrelated words.",
            "password",
        )


def _is_common(password: str) -> bool:
    plain = _normalised(password).casefold()
    return plain in _common() or len(set(plain)) < 3


def _is_made_of(password: str, context: Iterable[str]) -> bool:
    """Whether nothing but known words is left, digits and signs aside."""
    known = {word for text in (*context, "routebook password") for word in _words(text) if len(word) > 2}
    rest = letters = "".join(_words(password))
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    return bool(letters) and not rest


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _normalised(text).casefold())


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(line for line in COMMON.read_text("utf-8").splitlines() if not line.startswith("#"))


@cache
def _nobodys_hash() -> str:
    return hasher.hash("nobody has this password")
