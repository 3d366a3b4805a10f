"""A target's story up to yesterday: agreed, begun, moved, closed, each with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from data import rules
from data.demo.college import DemoCollege, instant, working_day
from data.demo.lives import NEVER, Life
from data.rules import TargetStatus

NOT_ACHIEVED = 0.012
WITHDRAWN = 0.03
NOTED = 0.22
MOST_MOVES = 3
WEEKEND = timedelta(days=2)
"""Work that would be finished in a longer closure comes in over the next two weeks."""
LONGEST_WORK = timedelta(days=400)


@dataclass(frozen=True)
class Agreed:
    """What was agreed at the start."""

    plan_id: int
    lane: str
    title: str
    criteria: str
    due_on: date
    created_on: date
    by_id: int
    steps: tuple[str, ...] = ()
    phase_id: int | None = None
    milestone_id: int | None = None
    resources: str = ""
    where_and_how: str = ""
    stretch: bool = False
    proposed: bool = False
    history: bool = True


class Event(NamedTuple):
    on: date
    field: str
    old: str | None
    new: str
    reason: str = ""


@dataclass
class Story:
    """What happened to a target; `finished_on` is when its work will be, or was, done."""

    status: TargetStatus
    due_on: date
    begun_on: date
    finished_on: date
    moves: int = 0
    closed_on: date | None = None
    note: str = ""
    events: list[Event] = field(default_factory=list)
    first_due_on: date = field(init=False)

    def __post_init__(self) -> None:
        self.first_due_on = self.due_on

    def close(self, status: TargetStatus, on: date, note: str, reason: str = "") -> None:
        self.events.append(Event(on, "status", self.status, status, reason))
        self.status, self.closed_on, self.note = status, on, note


def live_through(college: DemoCollege, life: Life, agreed: Agreed, random: Random, moving: float) -> Story:
    """What became of a target that was agreed, drawn at random from how the learner fares."""
    story = _set_out(college, life, agreed, random)
    if agreed.proposed:
        story.status = TargetStatus.PROPOSED
        return story
    if story.begun_on <= life.seen_until:
        story.events.append(Event(story.begun_on, "status", TargetStatus.TO_COME, TargetStatus.IN_PROGRESS))
        story.status = TargetStatus.IN_PROGRESS
    _move(college, life, story, random, moving)
    _finish(college, life, agreed, story, random)
    return story


def _set_out(college: DemoCollege, life: Life, agreed: Agreed, random: Random) -> Story:
    at_work_too = agreed.lane != "academic"
    due_on = agreed.due_on
    for away in life.breaks:
        if agreed.created_on < away.from_on:
            due_on = rules.moved_by_break(due_on, away)
    if due_on < life.starts_on:
        begun_on = agreed.created_on
        wanted = begun_on + timedelta(days=random.randint(7, 60))
    else:
        begun_on = max(agreed.created_on, due_on - timedelta(days=random.randint(16, 42)))
        wanted = due_on + timedelta(days=round(random.gauss(life.pace, life.spread)))
        wanted = max(wanted, begun_on + timedelta(days=2))
    begun_on = working_day(college, begun_on, also_when_closed=at_work_too)
    finished_on = working_day(college, wanted, also_when_closed=at_work_too)
    if finished_on - wanted > WEEKEND:
        finished_on = college.open_days.on_or_after(finished_on + timedelta(days=random.randint(0, 11)))
    story = Story(TargetStatus.TO_COME, due_on, life.back(begun_on) or NEVER, NEVER)
    story.finished_on = max(life.back(finished_on) or NEVER, story.begun_on)
    if life.end_reason == "completed" and life.ended_on is not None:
        story.finished_on = min(story.finished_on, life.ended_on)
        story.begun_on = min(story.begun_on, story.finished_on)
    last = life.breaks[-1] if life.breaks else None
    if due_on != agreed.due_on and last is not None and last.back_on is not None:
        reason = rules.reason_of_break(last.from_on, last.back_on)
        story.events.append(Event(last.back_on, "due_on", f"{agreed.due_on}", f"{due_on}", reason))
    return story


def _move(college: DemoCollege, life: Life, story: Story, random: Random, moving: float) -> None:
    """Due dates that won't be met are moved, mostly before they pass."""
    while (
        story.moves < MOST_MOVES
        and story.finished_on > story.due_on + timedelta(days=3)
        and random.random() < moving
    ):
        moved_on = college.open_days.on_or_before(story.due_on + timedelta(days=random.randint(-8, 6)))
        earliest = max([life.starts_on, *(event.on for event in story.events)])
        if not earliest <= moved_on <= life.seen_until or moved_on >= story.finished_on:
            return
        if life.away(moved_on):
            return
        new_due = college.open_days.on_or_after(
            story.due_on + timedelta(days=random.choice((7, 14, 14, 21, 28)))
        )
        reason = random.choice(college.words.move_reasons)
        story.events.append(Event(moved_on, "due_on", f"{story.due_on}", f"{new_due}", reason))
        story.due_on = new_due
        story.moves += 1


def _finish(college: DemoCollege, life: Life, agreed: Agreed, story: Story, random: Random) -> None:
    words = college.words
    latest = max([agreed.created_on, *(event.on for event in story.events)])
    story.finished_on = max(story.finished_on, latest)
    drawn = random.random()
    if story.finished_on <= life.seen_until:
        if drawn < NOT_ACHIEVED:
            story.close(TargetStatus.NOT_ACHIEVED, story.finished_on, random.choice(words.not_achieved_notes))
        elif drawn < NOT_ACHIEVED + WITHDRAWN and agreed.milestone_id is None:
            reason = random.choice(words.withdrawn_reasons)
            story.close(TargetStatus.WITHDRAWN, story.finished_on, "", reason)
        else:
            note = random.choice(words.notes_achieved) if drawn > 1 - NOTED else ""
            story.close(TargetStatus.ACHIEVED, story.finished_on, note)
    elif story.status == TargetStatus.IN_PROGRESS and drawn > 1 - NOTED:
        story.note = random.choice(words.notes_working)
        story.events.append(Event(latest, "note", "", story.note))


def add_target(
    college: DemoCollege, agreed: Agreed, story: Story, random: Random, steps_done: int | None = None
) -> int:
    """The rows of a target: itself, its steps, its history; the answer is its id. The steps done follow from
    the story, or are as many as `steps_done`."""
    rows = college.rows
    achieved = story.status == TargetStatus.ACHIEVED
    target_id = rows.add(
        "target",
        plan_id=agreed.plan_id,
        lane_id=college.lanes[agreed.lane],
        phase_id=agreed.phase_id,
        milestone_id=agreed.milestone_id,
        title=agreed.title,
        criteria=as_list(agreed.criteria),
        resources=agreed.resources,
        where_and_how=agreed.where_and_how,
        stretch=agreed.stretch,
        status=story.status.value,
        due_on=story.due_on,
        first_due_on=story.first_due_on,
        moves=story.moves,
        achieved_on=story.closed_on if achieved else None,
        closed_on=story.closed_on,
        note=story.note,
        created_on=agreed.created_on,
        version=1 + len(story.events),
    )
    _add_steps(college, target_id, agreed, story, steps_done)
    _add_history(college, target_id, agreed, story, random)
    return target_id


def as_list(criteria: str) -> str:
    """Criteria with semicolons between, as they are stored: one a line."""
    return "\n".join(one[:1].upper() + one[1:] for one in criteria.rstrip(".").split("; "))


def _add_steps(
    college: DemoCollege, target_id: int, agreed: Agreed, story: Story, steps_done: int | None
) -> None:
    """Steps are done one after the other between the day work begins and the day it is finished; the last
    one is done when the target is achieved."""
    count = len(agreed.steps)
    until = story.closed_on or college.yesterday
    ends_on = until if steps_done is not None else min(story.finished_on, story.begun_on + LONGEST_WORK)
    achieved = story.status == TargetStatus.ACHIEVED
    begun = story.status not in (TargetStatus.TO_COME, TargetStatus.PROPOSED)
    for position, text in enumerate(agreed.steps):
        done_on = story.begun_on + (ends_on - story.begun_on) * ((position + 1) / count)
        done = achieved or (begun and done_on <= until and position + 1 < count)
        if steps_done is not None:
            done = position < steps_done
        college.rows.add(
            "step",
            target_id=target_id,
            position=position,
            text=text,
            done_on=done_on if done else None,
        )


def _add_history(college: DemoCollege, target_id: int, agreed: Agreed, story: Story, random: Random) -> None:
    events = sorted(story.events, key=lambda event: event.on)
    if agreed.history:
        events.insert(0, Event(agreed.created_on, "created", None, agreed.title))
    for order, event in enumerate(events):
        college.rows.add(
            "change",
            plan_id=agreed.plan_id,
            target_id=target_id,
            field=event.field,
            old=event.old,
            new=event.new,
            reason=event.reason,
            origin="demo",
            by_id=agreed.by_id,
            at=instant(random, event.on, order),
        )
