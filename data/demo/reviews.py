"""What is written down of reviews: the tutor's note and the learner's reflection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from data.demo.college import DemoCollege, instant
from data.demo.curriculum import CommonWords
from data.demo.enrolled import Enrolled
from data.demo.lives import Life

REFLECTED = 0.42
TALKED_ABOUT = 0.7


@dataclass(frozen=True)
class Spoken:
    """What a review can be about: the learner, and what was done and what comes next by then."""

    given_name: str
    targets: list[tuple[date, date, str]]
    """(due on, finished on, short title), in the order of due dates."""

    def about(self, on: date) -> tuple[str, str, bool]:
        """(what was finished last, what comes next, whether that is late)."""
        done, following, late = "the induction", None, False
        for due_on, finished_on, short in self.targets:
            if finished_on <= on:
                done = short
            elif following is None:
                following, late = short, due_on < on
        return done, following or "the portfolio", late


def review_note(words: CommonWords, spoken: Spoken, on: date, last_on: date | None, random: Random) -> str:
    done, following, late = spoken.about(on)
    if late:
        opening = words.opening_behind
    elif last_on is not None and spoken.about(last_on)[0] == done:
        opening = words.opening_same
    else:
        opening = words.opening_well
    sentences = [random.choice(opening)]
    if random.random() < TALKED_ABOUT:
        sentences.append(random.choice(words.talked_about))
    sentences.append(random.choice(words.agreed_next))
    return " ".join(sentences).format(name=spoken.given_name, done=done, next=following)


def add_reviews(enrolled: Enrolled, held: list[date], spoken: Spoken) -> None:
    college, random = enrolled.college, enrolled.random
    batch = enrolled.cohort.layout.character.batch
    for number, day in enumerate(held):
        last_on = held[number - 1] if number else None
        note = college.words.batch_note if batch else review_note(college.words, spoken, day, last_on, random)
        review_id = add_review(enrolled, number, day, note)
        if not batch and random.random() < REFLECTED:
            add_reflection(enrolled, review_id, day, *_reflection(enrolled))


def add_review(enrolled: Enrolled, number: int, day: date, note: str) -> int:
    """The learner's review number `number`, counted from 0; the answer is its id."""
    college, cohort = enrolled.college, enrolled.cohort
    return college.rows.add(
        "review",
        plan_id=enrolled.plan_id,
        kind_id=college.kinds[_kind(number, day, enrolled.life, cohort.phase_bounds)],
        held_on=day,
        note=note,
        recorded_by_id=enrolled.tutor_id,
        recorded_at=_recorded_at(college, day, enrolled.random, cohort.layout.character.batch),
    )


def _kind(number: int, day: date, life: Life, phase_ends: list[date]) -> str:
    if number == 0:
        return "initial"
    if life.ended_on is not None and day >= life.ended_on - timedelta(days=7):
        return "exit"
    if any(timedelta(0) <= day - end < timedelta(days=10) for end in phase_ends):
        return "transition"
    return "progress"


def _recorded_at(college: DemoCollege, day: date, random: Random, batch: bool) -> datetime:
    """Mostly the same day; a batch is saved at once, in the last minutes of the week."""
    if batch:
        friday = min(day + timedelta(days=max(0, 4 - day.weekday())), college.yesterday)
        return instant(Random(f"{friday}"), friday, 7).replace(second=random.randrange(60))
    late = random.choice((0, 0, 0, 0, 1, 3))
    return instant(
        random, college.open_days.on_or_before(min(day + timedelta(days=late), college.yesterday)), 6
    )


def _reflection(enrolled: Enrolled) -> tuple[str, str, str, str]:
    """The four prompts; learners don't answer each every time."""
    random, common = enrolled.random, enrolled.college.words.reflections
    own = enrolled.cohort.layout.programme.reflections
    wording = random.choice(own if random.random() < 0.5 else common)
    less_well = random.choice(common).went_less_well
    skipped = random.random()
    return (
        wording.learned,
        wording.went_well,
        "" if skipped < 0.12 else less_well,
        "" if skipped > 0.8 else wording.use_again,
    )


def add_reflection(
    enrolled: Enrolled,
    review_id: int,
    on: date,
    learned: str,
    went_well: str,
    went_less_well: str,
    use_again: str,
) -> None:
    enrolled.college.rows.add(
        "reflection",
        plan_id=enrolled.plan_id,
        review_id=review_id,
        written_on=on,
        learned=learned,
        went_well=went_well,
        went_less_well=went_less_well,
        use_again=use_again,
    )
