"""What the demo's learner put on her own map: a few stops, and names for two of her roads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege

STOPS = (
    ("personal", "Show my uncle the gearbox drawing", -46, True),
    ("personal", "First race of the season with our kart", 83, False),
    ("career", "Ask two race teams what they look for", 39, False),
)
"""(lane, title, days from today, reached)."""
ROAD_NAMES = (("academic", "Nuts and bolts"), ("career", "Towards the pit lane"))
PUT_THERE_DAYS_AGO = 60


def add_own_route(college: DemoCollege, session: Session) -> None:
    """The stops and names of the learner who signs in, with their history."""
    found = session.execute(
        select(models.Plan.id, models.Learner.person_id, models.Enrolment.starts_on)
        .join(models.Enrolment, models.Enrolment.id == models.Plan.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .where(models.Learner.person_id.is_not(None))
        .order_by(models.Plan.id)
        .limit(1)
    ).first()
    if found is None:
        return
    plan_id, person_id, starts_on = found
    put_there = max(starts_on, college.today - timedelta(days=PUT_THERE_DAYS_AGO))
    for lane, title, days, reached in STOPS:
        on = max(starts_on, college.today + timedelta(days=days))
        stop = models.OwnStop(plan_id=plan_id, lane_id=college.lanes[lane], title=title, stop_on=on)
        stop.reached_on = on if reached and on <= college.today else None
        _add(session, stop, plan_id, title, person_id, put_there)
    for lane, name in ROAD_NAMES:
        row = models.RoadName(plan_id=plan_id, lane_id=college.lanes[lane], name=name)
        _add(session, row, plan_id, name, person_id, put_there)
    session.flush()


def _add(
    session: Session,
    row: models.OwnStop | models.RoadName,
    plan_id: int,
    called: str,
    by_id: int | None,
    on: date,
) -> None:
    session.add(row)
    session.flush()
    session.add(
        models.Change(
            plan_id=plan_id,
            field=f"{row.__tablename__} {row.id}",
            new=called,
            origin=models.Origin.DEMO,
            by_id=by_id,
            at=datetime.combine(on, time(16, 5), UTC),
        )
    )
