"""Sessions that end, and attempts that are counted, on a clock that the tests set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data import sign_in
from data.database import reading, writing
from data.models import FailedSignIn, LoginSession, Person
from data.sign_in import Attempt, TooManyAttempts
from tests import factories as make

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def person(session: Session) -> Person:
    return make.person(session, make.organisation(session), "tutor")


def attempt(email: str = "someone@college.example", address: str = "192.0.2.1") -> Attempt:
    return Attempt.of(email, address, "secret key")


def start(session: Session, person: Person) -> str:
    return sign_in.start_session(session, person.id, NOW)


def find(session: Session, key: str, now: datetime) -> sign_in.LiveSession | None:
    return sign_in.find_session(session, key, now, idle=30 * MINUTE, longest=12 * HOUR)


# --- sessions ------------------------------------------------------------------------------------------


def test_a_session_is_found_by_its_key_which_the_database_does_not_hold(
    session: Session, person: Person
) -> None:
    key = start(session, person)
    assert find(session, key, NOW) == sign_in.LiveSession(person.id, due=False)
    stored = session.scalars(select(LoginSession.key_hash)).one()
    assert key not in stored
    assert find(session, stored, NOW) is None


def test_keys_are_random_and_long_enough(session: Session, person: Person) -> None:
    keys = {start(session, person) for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) * 6 >= 128 for key in keys)


def test_a_session_ends_after_thirty_idle_minutes(session: Session, person: Person) -> None:
    key = start(session, person)
    assert find(session, key, NOW + 30 * MINUTE - SECOND) is not None
    assert find(session, key, NOW + 30 * MINUTE) is None


def test_use_keeps_a_session_alive_but_not_past_twelve_hours(session: Session, person: Person) -> None:
    key = start(session, person)
    for minutes in range(20, 12 * 60, 20):
        assert find(session, key, NOW + minutes * MINUTE) is not None
        sign_in.seen(session, key, NOW + minutes * MINUTE)
    assert find(session, key, NOW + 12 * HOUR - SECOND) is not None
    assert find(session, key, NOW + 12 * HOUR) is None


def test_that_a_session_was_seen_is_written_once_a_minute(session: Session, person: Person) -> None:
    key = start(session, person)
    due = [bool((live := find(session, key, NOW + seconds * SECOND)) and live.due) for seconds in (0, 59, 60)]
    assert due == [False, False, True]


def test_an_ended_session_stays_dead_and_others_live(session: Session, person: Person) -> None:
    ended, other = start(session, person), start(session, person)
    sign_in.end_session(session, ended, NOW)
    sign_in.seen(session, ended, NOW)
    assert find(session, ended, NOW) is None
    assert find(session, other, NOW) is not None
    sign_in.end_sessions_of(session, person.id, NOW)
    assert find(session, other, NOW) is None


# --- attempts ------------------------------------------------------------------------------------------


def fail(session: Session, count: int, *, now: datetime = NOW, vary: str = "") -> None:
    for number in range(count):
        email = f"account{number}@college.example" if vary == "account" else "someone@college.example"
        address = f"198.51.{number // 250}.{number % 250}" if vary == "address" else "192.0.2.1"
        sign_in.record_failure(session, attempt(email, address), now)


def refused(session: Session, who: Attempt, now: datetime) -> int | None:
    """Seconds to wait, or None where the attempt may be made."""
    try:
        sign_in.require_few_failures(session, who, now)
    except TooManyAttempts as error:
        return error.seconds
    return None


def test_ten_failures_of_an_account_make_it_wait_wherever_they_come_from(session: Session) -> None:
    fail(session, 10, vary="address")
    assert refused(session, attempt(address="203.0.113.9"), NOW + 2 * MINUTE) == 180
    assert refused(session, attempt("other@college.example", "203.0.113.9"), NOW + 2 * MINUTE) is None


def test_ten_failures_from_an_address_make_it_wait_for_every_account(session: Session) -> None:
    fail(session, 10, vary="account")
    assert refused(session, attempt("another@college.example"), NOW) == 300
    assert refused(session, attempt("another@college.example", "203.0.113.9"), NOW) is None


def test_nine_failures_do_not(session: Session) -> None:
    fail(session, 9)
    assert refused(session, attempt(), NOW) is None


def test_nobody_is_locked_out_for_longer_than_the_window(session: Session) -> None:
    fail(session, 10)
    assert refused(session, attempt(), NOW + 5 * MINUTE - SECOND) == 1
    assert refused(session, attempt(), NOW + 5 * MINUTE) is None


def test_refused_attempts_do_not_prolong_the_wait(session: Session) -> None:
    fail(session, 10)
    for minute in range(5):
        assert refused(session, attempt(), NOW + minute * MINUTE) == 300 - minute * 60
    assert refused(session, attempt(), NOW + 5 * MINUTE) is None


def test_a_thousand_failures_in_all_make_everyone_wait(session: Session) -> None:
    session.add_all(
        FailedSignIn(account_hash=f"a{number}", address_hash=f"b{number}", at=NOW) for number in range(1000)
    )
    session.flush()
    assert refused(session, attempt(), NOW) == 300


def test_failures_are_kept_as_keyed_hashes_and_no_longer_than_they_count(session: Session) -> None:
    fail(session, 3)
    row = session.scalars(select(FailedSignIn)).first()
    assert row is not None
    assert "someone" not in row.account_hash + row.address_hash
    assert Attempt.of("someone@college.example", "192.0.2.1", "another key").account != row.account_hash
    fail(session, 1, now=NOW + 6 * MINUTE)
    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1


def test_an_account_is_counted_whatever_case_its_address_is_typed_in() -> None:
    assert attempt(" Someone@College.Example").account == attempt().account


def test_addresses_of_one_ipv6_network_count_together() -> None:
    one, two, other = (
        attempt(address=address).address
        for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1")
    )
    assert one == two != other


def test_failures_are_counted_across_connections(engine: Engine) -> None:
    for _ in range(10):
        with writing(engine) as session:
            sign_in.record_failure(session, attempt(), NOW)
    with reading(engine) as session:
        assert refused(session, attempt(), NOW) == 300
