"""A factory per table: each makes one row with sensible values, and what it needs around it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college, models
from data.department_figures import rebuild
from data.review_schedule import reschedule
from data.scope import Viewer, load_viewer
from data.sign_in import hash_of

TODAY = date(2027, 1, 11)
_number = count(1)
Row = TypeVar("Row", bound=models.Base)


def organisation(session: Session, name: str | None = None) -> models.Organisation:
    return college.add_organisation(session, name or f"College {next(_number)}")


def department(session: Session, of: models.Organisation, **values: Any) -> models.Department:
    return _add(
        session, models.Department, organisation_id=of.id, name=f"Department {next(_number)}", **values
    )


def cohort(session: Session, of: models.Department, **values: Any) -> models.Cohort:
    number = next(_number)
    defaults = {"code": f"C{number}", "title": f"Programme {number}", "starts_on": date(2026, 9, 7)}
    return _add(session, models.Cohort, department_id=of.id, **(defaults | values))


def person(
    session: Session,
    of: models.Organisation,
    *roles: str,
    department: models.Department | None = None,
    **values: Any,
) -> models.Person:
    """Someone who signs in, with roles; a head's department is given too."""
    number = next(_number)
    defaults = {"email": f"person{number}@college.example", "name": f"Person {number}"}
    made = _add(session, models.Person, organisation_id=of.id, **(defaults | values))
    for role in roles:
        _add(
            session,
            models.RoleAssignment,
            person_id=made.id,
            role_name=role,
            department_id=department.id if department else None,
        )
    return made


def tutors(
    session: Session, tutor: models.Person, cohort: models.Cohort, **values: Any
) -> models.CohortTutor:
    defaults = {"from_on": date(2026, 8, 1)}
    return _add(session, models.CohortTutor, cohort_id=cohort.id, person_id=tutor.id, **(defaults | values))


def stand_in(
    session: Session,
    tutor: models.Person,
    person: models.Person,
    cohort: models.Cohort,
    enrolment: models.Enrolment | None = None,
    **values: Any,
) -> models.StandIn:
    """A handover from today on, unless said otherwise."""
    defaults = {
        "kind": "handover",
        "named_id": tutor.id,
        "from_on": TODAY,
        "enrolment_id": enrolment.id if enrolment else None,
    }
    who = {"tutor_id": tutor.id, "person_id": person.id, "cohort_id": cohort.id}
    return _add(session, models.StandIn, **(who | defaults | values))


def learner(session: Session, of: models.Organisation, **values: Any) -> models.Learner:
    number = next(_number)
    defaults = {
        "reference": f"L{number:05}",
        "given_name": f"Given{number}",
        "family_name": f"Family{number}",
    }
    return _add(session, models.Learner, organisation_id=of.id, **(defaults | values))


def enrolment(
    session: Session, learner: models.Learner, cohort: models.Cohort, **values: Any
) -> models.Enrolment:
    defaults = {"starts_on": cohort.starts_on, "planned_end_on": date(2027, 7, 9)}
    return _add(session, models.Enrolment, learner_id=learner.id, cohort_id=cohort.id, **(defaults | values))


def plan(session: Session, of: models.Enrolment, **values: Any) -> models.Plan:
    return _add(session, models.Plan, id=of.id, **values)


def target(session: Session, of: models.Plan, *, lane: str = "academic", **values: Any) -> models.Target:
    """An open target due on a day; closed ones get the dates that they need."""
    due_on = values.pop("due_on", date(2027, 1, 29))
    status = values.get("status", "to-come")
    defaults: dict[str, Any] = {
        "title": f"Target {next(_number)}",
        "due_on": due_on,
        "first_due_on": due_on,
        "created_on": date(2026, 9, 7),
        "lane_id": lane_id(session, of, lane),
    }
    if status in ("achieved", "not-achieved", "withdrawn"):
        defaults["closed_on"] = values.get("achieved_on") or due_on or TODAY
    if status == "achieved":
        defaults["achieved_on"] = defaults["closed_on"]
    return _add(session, models.Target, plan_id=of.id, **(defaults | values))


def milestone(
    session: Session, of: models.Cohort, *, lane: str = "academic", **values: Any
) -> models.Milestone:
    number = next(_number)
    organisation_id = session.get_one(models.Department, of.department_id).organisation_id
    defaults: dict[str, Any] = {
        "phase_name": "Foundation",
        "position": number,
        "short_title": f"M{number}",
        "title": f"Milestone {number}",
        "due_on": date(2027, 1, 29),
        "lane_id": college.lane_ids(session, organisation_id)[lane],
    }
    return _add(session, models.Milestone, cohort_id=of.id, **(defaults | values))


def review(
    session: Session, of: models.Plan, held_on: date, *, kind: str = "progress", **values: Any
) -> models.Review:
    """A review held; call `reschedule` on the cohort (or use `complete`) for what follows from it."""
    kind_id = review_kind_id(session, of, kind)
    defaults = {"recorded_at": datetime(held_on.year, held_on.month, held_on.day, 12, tzinfo=UTC)}
    return _add(
        session, models.Review, plan_id=of.id, kind_id=kind_id, held_on=held_on, **(defaults | values)
    )


def planned_learner(session: Session, cohort: models.Cohort, **values: Any) -> models.Plan:
    """A learner with an enrolment in the cohort and a plan; `values` go to the enrolment."""
    organisation_id = session.get_one(models.Department, cohort.department_id).organisation_id
    someone = learner(session, session.get_one(models.Organisation, organisation_id))
    return plan(session, enrolment(session, someone, cohort, **values))


def wall(
    session: Session, of: models.Organisation, *kinds: models.BoardKind, token: str = "", **values: Any
) -> models.Wall:
    """A wall of the organisation, or of the department that is named, with every board or those named."""
    number = next(_number)
    defaults: dict[str, Any] = {
        "name": f"Wall {number}",
        "shows_from": time(7),
        "shows_until": time(18),
        "expires_on": date(2027, 7, 31),
        "token_hash": hash_of(token or f"token {number}"),
        "made_at": datetime(2026, 9, 1, 12, tzinfo=UTC),
    }
    made = _add(session, models.Wall, organisation_id=of.id, **(defaults | values))
    for position, kind in enumerate(kinds or models.BoardKind, 1):
        _add(session, models.WallBoard, wall_id=made.id, position=position, kind=kind, seconds=20)
    return made


def plan_person(session: Session, of: models.Plan, **values: Any) -> models.PlanPerson:
    """A parent of the plan's learner who may comment, with the learner's consent."""
    defaults = {
        "kind": models.PersonKind.PARENT,
        "name": f"Parent {next(_number)}",
        "access": models.Access.COMMENT,
        "consented_on": None if values.get("withdrawn_on") else date(2026, 9, 14),
    }
    return _add(session, models.PlanPerson, plan_id=of.id, **(defaults | values))


def invitation(
    session: Session, of: models.PlanPerson, *, token: str = "", **values: Any
) -> models.Invitation:
    """A link that works on `TODAY`."""
    defaults = {
        "token_hash": hash_of(token or f"invitation {next(_number)}"),
        "made_at": datetime(2026, 9, 14, 12, tzinfo=UTC),
        "expires_on": date(2027, 7, 31),
    }
    return _add(session, models.Invitation, plan_person_id=of.id, **(defaults | values))


def template(session: Session, of: models.Department, *plans: models.Plan, **values: Any) -> models.Template:
    """A template of one phase and one milestone; of each plan named, its destination comes from it."""
    number = next(_number)
    made = _add(session, models.Template, department_id=of.id, **({"name": f"Template {number}"} | values))
    lane = college.lane_ids(session, of.organisation_id)["academic"]
    _add(session, models.TemplatePhase, template_id=made.id, position=1, name="Foundation")
    _add(
        session,
        models.TemplateMilestone,
        template_id=made.id,
        lane_id=lane,
        position=1,
        short_title=f"T{number}",
        title=f"Outcome {number}",
        weeks_in=10,
    )
    for plan in plans:
        copy = _add(
            session,
            models.TemplateCopy,
            template_id=made.id,
            plan_id=plan.id,
            kind="plan",
            row_id=plan.id,
            said={"destination": plan.destination},
        )
        at = datetime(2026, 9, 14, 12, tzinfo=UTC)
        run = _add(session, models.TemplateRun, template_id=made.id, at=at, plans=1, changed=1, skipped=0)
        _add(session, models.TemplateRunLine, run_id=run.id, copy_id=copy.id, field="destination")
    return made


def phase(session: Session, of: models.Plan, **values: Any) -> models.Phase:
    defaults = {
        "name": "Foundation",
        "position": next(_number),
        "starts_on": date(2026, 9, 7),
        "ends_on": date(2027, 1, 22),
    }
    return _add(session, models.Phase, plan_id=of.id, **(defaults | values))


def transition(session: Session, of: models.Plan) -> models.Phase:
    """A phase at whose end somebody moves on, with all that is written down for it; and a drafted stop."""
    made = phase(session, of)
    _add(session, models.Preparedness, plan_id=of.id, phase_id=made.id)
    _add(session, models.BridgeAction, plan_id=of.id, phase_id=made.id, aspect="academic", what="Read")
    _add(session, models.TransitionItem, plan_id=of.id, kind="cv", what="Write my CV")
    draft_part(session, of)
    return made


def draft_part(session: Session, of: models.Plan, **values: Any) -> models.RouteDraftPart:
    defaults = {"kind": "stop", "said": "Pass my theory test", "drafted_on": TODAY}
    return _add(session, models.RouteDraftPart, plan_id=of.id, **(defaults | values))


def review_form(
    session: Session, review: models.Review, target: models.Target, **values: Any
) -> models.ReviewForm:
    """The form of a completed review, with a part, a decision, an action, a signature and a note."""
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    completed = {"completed_at": at, "review_id": review.id, "started_at": at}
    of = {"plan_id": review.plan_id, "kind_id": review.kind_id}
    form = _add(session, models.ReviewForm, **(of | completed | values))
    part = {"form_id": form.id, "written_at": at}
    _add(session, models.ReviewPart, part="agreed", said="Two evenings a week", **part)
    _add(session, models.ReviewDecision, target_id=target.id, choice="keep", title=target.title, **part)
    _add(session, models.ReviewAction, form_id=form.id, what="Book the workshop", by_whom="Tutor")
    held = {"review_id": review.id}
    _add(session, models.ReviewSignature, party="tutor", name="Tutor", signed_at=at, **held)
    _add(session, models.ReviewNote, said="The workshop moved", written_at=at, **held)
    return form


def plan_review_rule(session: Session, of: models.Plan, kind_id: int, **values: Any) -> models.PlanReviewRule:
    """A plan's own rule for a kind of review: every four weeks."""
    defaults: dict[str, Any] = {"occasion": "interval", "unit": "weeks", "amount": 4}
    said = {"from_on": date(2026, 9, 7), "reason": "Reviewed with the hospital", "evidence": "Letter of June"}
    return _add(session, models.PlanReviewRule, plan_id=of.id, kind_id=kind_id, **(defaults | said | values))


def slot(session: Session, tutor: models.Person, **values: Any) -> models.Slot:
    """Quarter of an hour tomorrow at nine, offered by a tutor."""
    defaults: dict[str, Any] = {"on_day": date(2027, 1, 12), "starts": time(9), "minutes": 15}
    return _add(session, models.Slot, tutor_id=tutor.id, **(defaults | values))


def booking(
    session: Session, of: models.Plan, tutor: models.Person, slot_id: int | None = None, **values: Any
) -> models.Booking:
    """The plan booked into a slot, or into a new one of the tutor's."""
    defaults = {"booked_at": datetime(2027, 1, 8, 12, tzinfo=UTC)}
    taken = slot_id or slot(session, tutor).id
    return _add(session, models.Booking, slot_id=taken, plan_id=of.id, **(defaults | values))


def complete(session: Session) -> None:
    """Bring what follows from the facts into step, and commit."""
    by_organisation: dict[int, list[int]] = {}
    for cohort_id, organisation_id in session.execute(
        select(models.Cohort.id, models.Department.organisation_id).join(
            models.Department, models.Department.id == models.Cohort.department_id
        )
    ):
        by_organisation.setdefault(organisation_id, []).append(cohort_id)
    for cohort_ids in by_organisation.values():
        reschedule(session, cohort_ids)
    rebuild(session, session.scalars(select(models.Department.id)).all())
    session.commit()


def viewer(session: Session, someone: models.Person, today: date = TODAY) -> Viewer:
    session.flush()
    found = load_viewer(session, someone.id, datetime.now(UTC), today)
    assert found is not None
    return found


def lane_id(session: Session, plan: models.Plan, key: str) -> int:
    return college.lane_ids(session, _organisation_id(session, plan))[key]


def review_kind_id(session: Session, plan: models.Plan, key: str) -> int:
    ours = models.ReviewKind.organisation_id == _organisation_id(session, plan)
    return session.scalars(select(models.ReviewKind.id).where(ours, models.ReviewKind.key == key)).one()


def _organisation_id(session: Session, plan: models.Plan) -> int:
    return session.scalars(
        select(models.Department.organisation_id)
        .join(models.Cohort, models.Cohort.department_id == models.Department.id)
        .join(models.Enrolment, models.Enrolment.cohort_id == models.Cohort.id)
        .where(models.Enrolment.id == plan.id)
    ).one()


def _add(session: Session, table: type[Row], **values: Any) -> Row:
    row = table(**values)
    session.add(row)
    session.flush()
    return row
