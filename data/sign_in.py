"""Signing in: attempts that are counted, and sessions that end.

Every function takes the moment as `now`. Keys are random and only hashed in the database, so that reading
the database lets nobody in. A failed attempt is kept as two keyed hashes, for as long as it counts.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import ColumnElement, Select, bindparam, delete, insert, select, true, update
from sqlalchemy.orm import Session

from data.models import FailedSignIn, LoginSession, Person
from data.statements import built_once

WINDOW = timedelta(minutes=5)
FAILURES_PER_ACCOUNT = 10
FAILURES_PER_ADDRESS = 10
FAILURES_IN_ALL = 1000
SEEN_EVERY = timedelta(minutes=1)


@dataclass(eq=False)
class TooManyAttempts(Exception):
    """Too many failed attempts in the last minutes; `seconds` until the next one may be made."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to sign in, from where, as hashes."""

    account: str
    address: str

    @classmethod
    def of(cls, email: str, address: str, secret_key: str) -> Attempt:
        """The hashes can't be turned back without the secret key. An IPv6 address counts as its /64, which
        one person commands whole."""

        def keyed(text: str) -> str:
            return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()

        return cls(keyed("account " + email.strip().lower()), keyed("address " + _network(address)))


def require_few_failures(session: Session, attempt: Attempt, now: datetime) -> None:
    """Raise TooManyAttempts where an attempt must wait, for its account, its address or everyone."""
    for condition, allowed in (
        (FailedSignIn.account_hash == attempt.account, FAILURES_PER_ACCOUNT),
        (FailedSignIn.address_hash == attempt.address, FAILURES_PER_ADDRESS),
        (true(), FAILURES_IN_ALL),
    ):
        _require_fewer(session, condition, allowed, now)


def _require_fewer(session: Session, condition: ColumnElement[bool], allowed: int, now: datetime) -> None:
    """Raise TooManyAttempts until the oldest of the last `allowed` failures leaves the window."""
    oldest = session.scalar(
        select(FailedSignIn.at)
        .where(condition, FailedSignIn.at > now - WINDOW)
        .order_by(FailedSignIn.at.desc())
        .offset(allowed - 1)
        .limit(1)
    )
    if oldest is not None:
        raise TooManyAttempts(max(1, int((oldest + WINDOW - now).total_seconds())))


def record_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    """Count a failed attempt, and forget those that count no longer."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - WINDOW))
    session.add(FailedSignIn(account_hash=attempt.account, address_hash=attempt.address, at=now))
    session.flush()


def start_session(session: Session, person_id: int, now: datetime) -> str:
    """A new session after a right password; returns its key, which is known to the browser alone."""
    key = secrets.token_urlsafe(32)
    session.execute(
        insert(LoginSession).values(
            key_hash=hash_of(key), person_id=person_id, started_at=now, last_seen_at=now
        )
    )
    return key


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Whose session it is; `due` where it's time to write that it was seen."""

    person_id: int
    due: bool


def find_session(
    session: Session, key: str, now: datetime, *, idle: timedelta, longest: timedelta
) -> LiveSession | None:
    """The live session of a key: not ended, not idle or old for too long, its person not disabled."""
    asked = {"key_hash": hash_of(key), "idle_since": now - idle, "begun_after": now - longest}
    row = session.execute(_live_session(), asked).one_or_none()
    return LiveSession(row.person_id, row.last_seen_at <= now - SEEN_EVERY) if row else None


@built_once
def _live_session() -> Select[int, datetime]:
    return (
        select(LoginSession.person_id, LoginSession.last_seen_at)
        .join(Person, Person.id == LoginSession.person_id)
        .where(
            LoginSession.key_hash == bindparam("key_hash"),
            LoginSession.ended_at.is_(None),
            LoginSession.last_seen_at > bindparam("idle_since"),
            LoginSession.started_at > bindparam("begun_after"),
            Person.disabled.is_(False),
        )
    )


def seen(session: Session, key: str, now: datetime) -> None:
    """Write that a session is in use."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.key_hash == hash_of(key), LoginSession.ended_at.is_(None))
        .values(last_seen_at=now)
    )


def end_session(session: Session, key: str, now: datetime) -> None:
    _end(session, LoginSession.key_hash == hash_of(key), now)


def end_sessions_of(session: Session, person_id: int, now: datetime) -> None:
    """Sign a person out everywhere."""
    _end(session, LoginSession.person_id == person_id, now)


def _end(session: Session, condition: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(LoginSession).where(condition, LoginSession.ended_at.is_(None)).values(ended_at=now)
    )


def hash_of(key: str) -> str:
    """What the database keeps of a random key: one hash is enough where nothing can be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(parsed.packed[:8].hex())
    return address
