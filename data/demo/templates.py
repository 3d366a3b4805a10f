"""The template that one cohort's plans were made from, and the route that learner@ drafted."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.demo.college import DemoCollege
from data.models import (
    Barrier,
    BridgeAction,
    Cohort,
    CopyKind,
    Enrolment,
    Learner,
    Milestone,
    Phase,
    Plan,
    Preparedness,
    RouteDraftPart,
    Target,
    Template,
    TemplateCopy,
    TemplateMilestone,
    TemplatePhase,
    TemplateRun,
    TemplateRunLine,
    TransitionItem,
)

WORDS = Path(__file__).parent / "words" / "beside" / "templates.toml"
WEEKS = {"Induction": 6, "Transition": 6}


def add_templates(college: DemoCollege, session: Session) -> None:
    """A template for the programme of learner@, whose cohort's plans were made from it and which was changed
    since; and what learner@ drafted, was judged and plans to do next."""
    enrolment = session.scalars(
        select(Enrolment)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Learner.person_id.is_not(None))
        .order_by(Enrolment.id)
    ).first()
    if enrolment is None:
        return
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    cohort = session.get_one(Cohort, enrolment.cohort_id)
    template, milestones = _template(session, cohort)
    _made_plans(session, cohort, template, milestones)
    _change_since(session, milestones, words)
    _draft(college, session, enrolment, words["draft"])
    _transitions(college, session, enrolment, words)
    session.flush()


def _template(session: Session, cohort: Cohort) -> tuple[Template, dict[int, TemplateMilestone]]:
    """The template, and its milestones by those of the cohort."""
    template = Template(
        department_id=cohort.department_id,
        name=cohort.title,
        progression="A higher level here, an apprenticeship, or work with day release",
        months=10,
    )
    session.add(template)
    session.flush()
    first = session.scalars(
        select(Phase.plan_id)
        .join(Enrolment, Enrolment.id == Phase.plan_id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Phase.plan_id)
    ).first()
    names = session.scalars(select(Phase.name).where(Phase.plan_id == first).order_by(Phase.position)).all()
    session.add_all(
        TemplatePhase(
            template_id=template.id, position=at, name=name, weeks=WEEKS.get(name), asks_preparedness=at > 1
        )
        for at, name in enumerate(names, 1)
    )
    columns = session.scalars(
        select(Milestone).where(Milestone.cohort_id == cohort.id).order_by(Milestone.position)
    ).all()
    criteria: dict[int | None, str] = {
        milestone_id: text
        for milestone_id, text in session.execute(
            select(Target.milestone_id, Target.criteria)
            .where(Target.milestone_id.in_([column.id for column in columns]))
            .order_by(Target.id)
        )
    }
    made = {
        column.id: TemplateMilestone(
            template_id=template.id,
            lane_id=column.lane_id,
            position=at,
            short_title=column.short_title,
            title=column.title,
            criteria=criteria.get(column.id, ""),
            weeks_in=(column.due_on - cohort.starts_on).days // 7 if column.due_on else None,
        )
        for at, column in enumerate(columns, 1)
    }
    session.add_all(made.values())
    session.flush()
    return template, made


def _made_plans(
    session: Session, cohort: Cohort, template: Template, milestones: dict[int, TemplateMilestone]
) -> None:
    """The run by which the cohort's plans were made, with what the template said of each row then."""
    plan_ids = session.scalars(
        select(Plan.id)
        .join(Enrolment, Enrolment.id == Plan.id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Plan.id)
    ).all()
    parts = {
        part.name: part.id
        for part in session.scalars(
            select(TemplatePhase)
            .where(TemplatePhase.template_id == template.id)
            .order_by(TemplatePhase.position)
        )
    }
    copies = [
        *(_copy(template, CopyKind.PLAN, plan_id, plan_id, None, {}) for plan_id in plan_ids),
        *(
            _copy(template, CopyKind.PHASE, phase.plan_id, phase.id, parts[phase.name], {"name": phase.name})
            for phase in session.scalars(select(Phase).where(Phase.plan_id.in_(plan_ids)).order_by(Phase.id))
        ),
        *(
            _copy(template, CopyKind.MILESTONE, None, column_id, part.id, {"title": part.title})
            for column_id, part in milestones.items()
        ),
    ]
    for target in session.scalars(
        select(Target).where(Target.milestone_id.in_(milestones)).order_by(Target.id)
    ):
        part = milestones[target.milestone_id or 0]
        says = {"title": part.title, "criteria": part.criteria}
        same = {name: text for name, text in says.items() if getattr(target, name) == text}
        copies.append(_copy(template, CopyKind.TARGET, target.plan_id, target.id, part.id, same))
    session.add_all(copies)
    session.flush()
    made = [copy for copy in copies if copy.kind in (CopyKind.PHASE, CopyKind.TARGET)]
    run = TemplateRun(
        template_id=template.id,
        by_id=None,
        at=datetime.combine(cohort.starts_on, time(9, 12), UTC),
        plans=len(plan_ids),
        changed=len(made),
        skipped=0,
    )
    session.add(run)
    session.flush()
    session.add_all(TemplateRunLine(run_id=run.id, copy_id=copy.id, field="created") for copy in made)


def _copy(
    template: Template,
    kind: CopyKind,
    plan_id: int | None,
    row_id: int,
    part_id: int | None,
    said: dict[str, Any],
) -> TemplateCopy:
    return TemplateCopy(
        template_id=template.id, plan_id=plan_id, kind=kind, row_id=row_id, part_id=part_id, said=said
    )


def _change_since(session: Session, milestones: dict[int, TemplateMilestone], words: dict[str, Any]) -> None:
    """The last milestone but one says more now; in some plans its criteria are the tutor's own."""
    if len(milestones) < 2:
        return
    column_id, part = list(milestones.items())[-2]
    for text, target in zip(
        words["edited"]["criteria"],
        session.scalars(select(Target).where(Target.milestone_id == column_id).order_by(Target.id)).all()[3:],
        strict=False,
    ):
        target.criteria = text
    part.criteria = words["changed"]["criteria"]
    part.title = words["changed"]["title"].format(title=part.title)
    part.version += 1


def _draft(college: DemoCollege, session: Session, enrolment: Enrolment, words: dict[str, Any]) -> None:
    plan_id, lanes = enrolment.id, college.lanes
    drafted_by = session.get_one(Learner, enrolment.learner_id).person_id
    drafted_on = enrolment.starts_on + timedelta(days=3)
    taken = {"taken_on": enrolment.starts_on + timedelta(days=9), "taken_by_id": enrolment.tutor_id}

    def part(kind: str, said: str, **more: Any) -> None:
        session.add(
            RouteDraftPart(
                plan_id=plan_id, kind=kind, said=said, drafted_on=drafted_on, drafted_by_id=drafted_by, **more
            )
        )

    part("start", words["start"], **taken)
    part("destination", words["destination"], **taken)
    for lane, said in words["roads"].items():
        part("road", said, lane_id=lanes[lane])
    for stop in words["stops"]:
        target_id = _id(session, Target, plan_id, Target.title, stop.get("target"))
        answer = {"reply": stop["reply"], "replied_by_id": enrolment.tutor_id} if "reply" in stop else {}
        part(
            "stop",
            stop["said"],
            lane_id=lanes[stop["lane"]],
            by_when=_ahead(college, enrolment, stop["ahead"], since=drafted_on),
            target_id=target_id,
            **(taken if target_id else {}),
            **answer,
        )
    for breakdown in words["breakdowns"]:
        barrier_id = _id(session, Barrier, plan_id, Barrier.what, breakdown.get("barrier"))
        part(
            "breakdown",
            breakdown["said"],
            what_helps=breakdown["helps"],
            barrier_id=barrier_id,
            **(taken if barrier_id else {}),
        )


def _id(session: Session, table: Any, plan_id: int, column: Any, text: str | None) -> int | None:
    if text is None:
        return None
    found: int | None = session.scalars(
        select(table.id).where(table.plan_id == plan_id, column == text).order_by(table.id)
    ).first()
    return found


def _ahead(college: DemoCollege, enrolment: Enrolment, share: float, *, since: date) -> date:
    end = enrolment.planned_end_on or college.today
    return college.open_days.on_or_after(since + (end - since) * share)


def _transitions(college: DemoCollege, session: Session, enrolment: Enrolment, words: dict[str, Any]) -> None:
    """Judgements at the ends of the first two phases, and the transition plan."""
    phases = session.scalars(
        select(Phase).where(Phase.plan_id == enrolment.id).order_by(Phase.position)
    ).all()
    for phase, key in zip(phases, ("induction", "foundation"), strict=False):
        if phase.starts_on < college.today:
            _judge(college, session, enrolment, phase, words[key])
    for item in words["items"]:
        share = item.pop("ahead", None)
        due_on = _ahead(college, enrolment, share, since=college.today) if share else None
        session.add(TransitionItem(plan_id=enrolment.id, due_on=due_on, **item))


def _judge(
    college: DemoCollege, session: Session, enrolment: Enrolment, phase: Phase, words: dict[str, Any]
) -> None:
    judged_on = min(college.open_days.on_or_before(phase.ends_on - timedelta(days=7)), college.yesterday)
    bridges = words.pop("bridges")
    session.add(
        Preparedness(
            plan_id=enrolment.id, phase_id=phase.id, judged_on=judged_on, by_id=enrolment.tutor_id, **words
        )
    )
    for bridge in bridges:
        done, due = bridge.pop("done", False), bridge.pop("due", None)
        session.add(
            BridgeAction(
                plan_id=enrolment.id,
                phase_id=phase.id,
                due_on=college.open_days.on_or_after(college.today + timedelta(days=due))
                if due
                else phase.ends_on,
                done_on=phase.ends_on - timedelta(days=3) if done else None,
                **bridge,
            )
        )
