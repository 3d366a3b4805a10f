"""Batches of reviews: what each of the three rules names, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from data import batches, models
from data.batches import MANY, SAME_TEXT, BatchKind
from data.models import Enrolment
from data.review_schedule import review_clocks
from data.scope import Viewer
from tests import factories as make

HELD = date(2026, 10, 12)
DUE = date(2026, 10, 19)
SAVED = datetime(2026, 10, 16, 16, 30, tzinfo=UTC)


class Recording:
    """A cohort whose tutor records reviews."""

    def __init__(self, session: Session) -> None:
        self.session = session
        ours = make.organisation(session)
        self.department = make.department(session, ours)
        self.cohort = make.cohort(session, self.department)
        self.tutor = make.person(session, ours, "tutor")
        make.tutors(session, self.tutor, self.cohort)
        head = make.person(session, ours, "head-of-department", department=self.department)
        self.head = make.viewer(session, head)

    def record(
        self,
        count: int,
        *,
        apart: timedelta = timedelta(days=1),
        held_on: date = HELD,
        by: models.Person | None = None,
        imported: bool = False,
        note: str = "",
    ) -> None:
        for number in range(count):
            make.review(
                self.session,
                make.planned_learner(self.session, self.cohort),
                held_on,
                note=note,
                recorded_by_id=None if imported else (by or self.tutor).id,
                recorded_at=SAVED + number * apart,
            )

    def found(self, viewer: Viewer | None = None) -> list[tuple[BatchKind, int]]:
        make.complete(self.session)
        of_cohort = Enrolment.cohort_id == self.cohort.id
        clocks = review_clocks(self.session, [self.cohort.id])[self.cohort.id]
        some = batches.read(self.session, viewer or self.head, of_cohort, clocks, date(2026, 8, 1))
        return [(batch.kind, len(batch.reviews)) for batch in some]


@pytest.fixture
def recording(session: Session) -> Recording:
    return Recording(session)


def test_reviews_saved_by_one_person_within_a_minute_are_a_batch(recording: Recording) -> None:
    recording.record(MANY, apart=timedelta(seconds=15))
    assert recording.found() == [(BatchKind.MINUTE, MANY)]


def test_fewer_or_slower_or_several_peoples_or_imported_reviews_are_none(recording: Recording) -> None:
    colleague = make.person(
        recording.session, recording.session.get_one(models.Organisation, recording.head.organisation_id)
    )
    recording.record(MANY - 1, apart=timedelta(seconds=1))
    recording.record(1, by=colleague)
    recording.record(MANY, apart=timedelta(minutes=1, seconds=1), by=colleague, held_on=date(2026, 10, 5))
    recording.record(MANY, apart=timedelta(0), imported=True)
    assert recording.found() == []


def test_an_import_that_names_who_held_the_reviews_is_nobodys_batch(recording: Recording) -> None:
    recording.record(MANY, apart=timedelta(0))
    assert recording.found() == []
    recording.record(MANY + 1, apart=timedelta(seconds=1))  # the first at the same instant
    assert recording.found() == [(BatchKind.MINUTE, MANY)]


def test_the_same_note_for_several_learners_is_a_batch_however_it_is_spaced(recording: Recording) -> None:
    recording.record(SAME_TEXT - 1, note="Progress discussed, targets reviewed and updated.")
    assert recording.found() == []
    recording.record(1, note="  progress discussed,\ntargets reviewed and  updated. ")
    assert recording.found() == [(BatchKind.TEXT, SAME_TEXT)]


def test_short_notes_are_alike_by_chance(recording: Recording) -> None:
    recording.record(SAME_TEXT, note="On track.")
    assert recording.found() == []


def test_reviews_all_held_on_their_last_day_are_a_batch_and_one_earlier_makes_them_none(
    recording: Recording,
) -> None:
    recording.record(MANY, held_on=DUE)
    assert recording.found() == [(BatchKind.LAST_DAY, MANY)]
    early = make.planned_learner(recording.session, recording.cohort, starts_on=date(2026, 9, 14))
    make.review(recording.session, early, DUE, recorded_by_id=recording.tutor.id, recorded_at=SAVED)
    assert recording.found() == []


def test_a_batch_holds_only_reviews_that_its_reader_may_see(recording: Recording, session: Session) -> None:
    recording.record(MANY, apart=timedelta(seconds=1))
    ours = session.get_one(models.Organisation, recording.head.organisation_id)
    other = make.person(session, ours, "head-of-department", department=make.department(session, ours))
    assert recording.found(make.viewer(session, other)) == []
