"""Two colleges, in which every personal text is a word that occurs nowhere else.

So a look at the bytes of any answer tells whose data is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from sqlalchemy import JSON, Table, select, update
from sqlalchemy.orm import Session

from data import college, models
from tests import factories as make
from tests.callbacks.samples import Place

OURS = ("here", "same cohort", "other cohort", "other department")
EVERYWHERE = (*OURS, "other college")
ALSO_CANARIES = {
    "department": {"name"},
    "cohort": {"code", "title"},
    "milestone": {"short_title", "title"},
    "teaching_group": {"code", "subject"},
    "wall": {"name", "notice"},
    "template": {"name", "starting_point", "destination", "progression", "source"},
    "template_milestone": {"title", "criteria", "resources"},
}
"""Not personal, but of a place all the same."""

SEES = {
    "administrator": set(OURS),
    "learning-support-lead": set(OURS),
    "quality-lead": set(OURS),
    "head-of-department": {"here", "same cohort", "other cohort"},
    "tutor": {"here", "same cohort"},
    "teacher": {"here"},
    "learner": {"here"},
}
"""The naive reading of who sees what, against which the app is held."""
READS_SUPPORT_TO = {name: level for name, _, _, _, level in college.ROLES}
WRITES = {name: writes for name, _, _, writes, _ in college.ROLES}


PLANTED = re.compile(r"zq\d+qz")
"""What each planted word looks like."""


@dataclass(frozen=True)
class Canary:
    """A word of one column of one row: of which places it is, and how confidential."""

    column: str
    places: frozenset[str]
    level: int = 1

    def may_be_seen_by(self, role: str | None) -> bool:
        return role is not None and bool(self.places & SEES[role]) and self.level <= READS_SUPPORT_TO[role]


@dataclass
class World:
    places: dict[str, Place]
    people: dict[str, str] = field(default_factory=dict)
    """{role: e-mail address}"""
    canaries: dict[str, Canary] = field(default_factory=dict)

    def seen(self, text: str) -> set[str]:
        """The canaries in a text."""
        lowered = text.lower()
        words = self.canaries.keys() & set(PLANTED.findall(lowered))
        return words | {email for email in self.people.values() if email in lowered}


class Builder:
    """Builds the world row by row, remembering of which place each row is."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.owners: dict[tuple[str, Any], set[str]] = {}
        self.levels: dict[tuple[str, Any], int] = {}
        self.ids = count(700_001)
        self.tutor: models.Person | None = None
        self.lead: models.Person | None = None

    def number(self) -> int:
        """Ids that no other number in an answer looks like."""
        return next(self.ids)

    def of(self, row: Any, *places: str) -> Any:
        key = (row.__tablename__, row.id)
        self.owners.setdefault(key, set()).update(places)
        return row

    def place(self, name: str, cohort: models.Cohort, own: models.Person | None = None) -> Place:
        session, today = self.session, make.TODAY
        department = session.get_one(models.Department, cohort.department_id)
        organisation_id = department.organisation_id
        organisation = session.get_one(models.Organisation, organisation_id)
        learner = self.of(
            make.learner(session, organisation, id=self.number(), person_id=own.id if own else None), name
        )
        enrolment = make.enrolment(session, learner, cohort, id=self.number())
        plan = self.of(
            make.plan(
                session,
                enrolment,
                own_rule_unit="weeks",
                own_rule_amount=6,
                own_rule_from_on=today,
                own_rule_reason="x",
            ),
            name,
        )
        milestone = self.of(make.milestone(session, cohort, id=self.number()), name)
        target = self.of(
            make.target(session, plan, id=self.number(), milestone_id=milestone.id, due_on=date(2027, 1, 4)),
            name,
        )
        second = self.of(
            make.target(session, plan, id=self.number(), due_on=date(2027, 1, 14), stretch=True), name
        )
        step = self.add(models.Step, name, target_id=target.id, position=1, text="x")
        of_targets = self._of_targets(name, target, second)
        review = self.of(make.review(session, plan, date(2026, 11, 2), id=self.number()), name)
        hung: dict[str, Any] = {"department_id": cohort.department_id, "notice": "x"}
        wall = self.of(make.wall(session, organisation, id=self.number(), **hung), name)
        self.add(models.Reflection, name, plan_id=plan.id, review_id=review.id, written_on=today)
        for table in (models.SelfEvaluation, models.ReviewLine):
            self.add(table, name, plan_id=plan.id, written_on=today, going="well")
        self.add(
            models.Judgement,
            name,
            plan_id=plan.id,
            colour="red",
            reason="x",
            judged_on=date(2026, 11, 2),
            recorded_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        )
        beside_the_road = [self.support(name, plan.id, level) for level in (4, 3, 2, 1)][-1]
        for about in ({"target_id": target.id}, {"review_id": review.id}):
            at = datetime(2027, 1, 5, 12, tzinfo=UTC)
            self.add(
                models.Change,
                name,
                plan_id=plan.id,
                field="note",
                old="x",
                new="x",
                origin="person",
                at=at,
                **about,
            )
        return Place(
            department=cohort.department_id,
            cohort=cohort.id,
            learner=learner.id,
            wall=wall.id,
            plan=plan.id,
            target=target.id,
            step=step.id,
            milestone=milestone.id,
            review=review.id,
            lane=make.lane_id(session, plan, "personal"),
            kind=review.kind_id,
            **beside_the_road,
            **self.people(name, plan, own),
            **of_targets,
            **self._add_transition(name, plan),
            **self._add_template(name, department, plan),
            **self._add_group(name, department, learner),
            **self._add_start(name, cohort, learner, plan),
            **self._add_reviews(name, plan, review),
            **self._add_schedule(name, organisation, plan),
            **self._add_cases(name, organisation, plan, review.kind_id),
            **self._add_stand_ins(name, organisation, cohort),
        )

    def _add_stand_ins(self, name: str, of: models.Organisation, cohort: models.Cohort) -> dict[str, Any]:
        """Two covers ahead of the cohort's tutor by somebody, who may cover once more."""
        somebody = make.person(self.session, of, "tutor", id=self.number(), name="Unnamed")
        tutor = self.tutor if name in SEES["tutor"] else None
        if tutor is None:
            tutor = make.person(self.session, of, id=self.number(), name="Unnamed")
        month = 5 + EVERYWHERE.index(name)
        days = date(2027, month, 3), date(2027, month, 4)
        first, second = (
            make.stand_in(
                self.session,
                tutor,
                somebody,
                cohort,
                id=self.number(),
                kind="cover",
                from_on=on,
                until_on=on,
            ).id
            for on in days
        )
        return {
            "stand_in": first,
            "stand_in_until": days[0].isoformat(),
            "stand_in_back": second,
            "stand_in_by": somebody.id,
            "stand_in_for": tutor.id,
        }

    def _add_cases(
        self, name: str, of: models.Organisation, plan: models.Plan, kind_id: int
    ) -> dict[str, Any]:
        """An answer to a prompt, a check of the programme, a case of each level and a closed one."""
        lead = self.lead if name in OURS else None
        if lead is None:
            lead = make.person(self.session, of, id=self.number(), name="Unnamed")
        at = datetime(2027, 1, 5, 12, tzinfo=UTC)
        prompt = self.session.scalars(
            select(models.Prompt).where(models.Prompt.kind_id == kind_id, models.Prompt.audience == "both")
        ).first()
        outcome = self.session.scalars(
            select(models.CaseOutcome).where(models.CaseOutcome.organisation_id == of.id)
        ).first()
        assert prompt is not None
        assert outcome is not None
        asked = {"prompt_id": prompt.id, "written_on": make.TODAY, "asked": prompt.asks, "said": "x"}
        self.add(models.PromptAnswer, name, plan_id=plan.id, **asked)
        rule = select(models.ProgrammeCheckRule).where(models.ProgrammeCheckRule.organisation_id == of.id)
        if self.session.scalar(rule) is None:
            begins = date(2026, 8, 1)
            self.session.add(models.ProgrammeCheckRule(organisation_id=of.id, from_on=begins))
        checked = {"checked_on": date(2026, 10, 5), "recorded_at": at, "to_what": "x", "reason": "x"}
        self.add(models.ProgrammeCheck, name, plan_id=plan.id, choice="transfer", **checked)
        values = {
            "about": "prompt",
            "row_id": prompt.id,
            "title": "x",
            "field": "asks",
            "old": "x",
            "new": "x",
        }
        whose = OURS if name in OURS else (name,)
        self.of(self.add(models.CollegeChange, name, organisation_id=of.id, at=at, **values), *whose)
        ids = [self._add_case(name, plan, lead, level, outcome.id) for level in (4, 3, 2, 1)][-1]
        closed = self._add_case(name, plan, lead, 1, outcome.id, closed=True)
        return {
            "prompt": prompt.id,
            "outcome": outcome.id,
            "case_lead": lead.id,
            "case_closed": closed["case"],
            **ids,
        }

    def _add_case(
        self,
        name: str,
        plan: models.Plan,
        lead: models.Person,
        level: int,
        outcome_id: int,
        *,
        closed: bool = False,
    ) -> dict[str, Any]:
        """A case of a level with somebody from outside, an action, a note, a closing, and its history."""
        day, at = date(2026, 12, 1), datetime(2027, 1, 5, 12, tzinfo=UTC)
        dated = {"confidentiality": level, "opened_on": day, "lead_id": lead.id}
        case = self.add(models.Case, name, plan_id=plan.id, about="x", **dated)
        of: dict[str, Any] = {"case_id": case.id}
        again: dict[str, Any] = {} if closed else {"reopened_on": make.TODAY, "reopened_why": "x"}
        person = self.add(models.CasePerson, name, name="x", part="x", **of)
        action = self.add(models.CaseAction, name, what="x", by_whom="x", due_on=day, **of)
        rows = (
            case,
            person,
            action,
            self.add(models.CaseNote, name, said="x", written_at=at, **of),
            self.add(models.CaseChange, name, field="about", old="x", new="x", at=at, **of),
            self.add(models.CaseClosing, name, outcome_id=outcome_id, said="x", closed_on=day, **of, **again),
        )
        for row in rows:
            self.levels[(row.__tablename__, row.id)] = level
        return {"case": case.id, "case_person": person.id, "case_action": action.id}

    def _add_schedule(self, name: str, of: models.Organisation, plan: models.Plan) -> dict[str, Any]:
        """Two bookings with somebody of the college, and a change of what the college goes by."""
        tutor = self.tutor if name in SEES["tutor"] else None
        if tutor is None:
            tutor = make.person(self.session, of, id=self.number(), name="Unnamed")
        at_hour: dict[str, Any] = {"starts": time(8 + sorted(EVERYWHERE).index(name))}
        past, ahead, free, spare = (
            make.slot(self.session, tutor, id=self.number(), on_day=day, **(at_hour | at))
            for day, at in (
                (date(2027, 1, 6), {}),
                (date(2027, 1, 12), {}),
                (make.TODAY, {}),
                (make.TODAY, {"starts": time(20, at_hour["starts"].hour)}),
            )
        )
        booking, moved = (
            self.of(make.booking(self.session, plan, tutor, slot.id, id=self.number(), reason="x"), name)
            for slot in (past, ahead)
        )
        values = {"about": "review_kind", "row_id": 1, "title": "x", "field": "name", "old": "x", "new": "x"}
        at = datetime(2027, 1, 5, 12, tzinfo=UTC)
        whose = OURS if name in OURS else (name,)
        self.of(self.add(models.CollegeChange, name, organisation_id=of.id, at=at, **values), *whose)
        closed = self.add(
            models.ClosedPeriod,
            name,
            organisation_id=of.id,
            name="x",
            from_on=date(2028, 12, 18),
            back_on=date(2029, 1, 2),
        )
        return {
            "college": of.id,
            "closed": closed.id,
            "tutor": tutor.id,
            "booking": booking.id,
            "booking_ahead": moved.id,
            "slot": past.id,
            "free_slot": free.id,
            "spare_slot": spare.id,
        }

    def _add_start(
        self, name: str, cohort: models.Cohort, learner: models.Learner, plan: models.Plan
    ) -> dict[str, Any]:
        """Where the plan starts and leads, an earlier plan of the learner among it."""
        of = {"plan_id": plan.id}
        day = date(2026, 10, 5)
        organisation_id = learner.organisation_id
        skill = self.add(
            models.Skill, name, organisation_id=organisation_id, cohort_id=cohort.id, position=0, name="x"
        )
        balance = self.add(models.Balance, name, rated_by="learner", rated_on=day, **of)
        self.add(models.SkillRating, name, balance_id=balance.id, skill_id=skill.id, rating=2)
        option = self.add(models.ProgressionOption, name, kind="employment", title="x", **of)
        need = self.add(models.ProgressionNeed, name, option_id=option.id, needs="x", met="not-yet")
        for table in (models.OwnWords, models.PlanExit):
            values = {"kind": "employment", "destination": "x"} if table is models.PlanExit else {}
            self.session.add(row := table(id=plan.id, **values))
            self.session.flush()
            self.of(row, name)
        department = self.session.get_one(models.Department, cohort.department_id)
        earlier = make.cohort(self.session, department, id=self.number(), starts_on=date(2025, 9, 8))
        ended = {"planned_end_on": None, "ended_on": date(2026, 7, 3), "end_reason": "completed"}
        before = make.plan(
            self.session, make.enrolment(self.session, learner, earlier, id=self.number(), **ended)
        )
        attainment = self.add(models.Attainment, name, kind="qualification", what="x", **of)
        assessment = self.add(
            models.Assessment, name, kind="initial", instrument="x", taken_on=day, result="x", need=True, **of
        )
        lane_id = make.lane_id(self.session, plan, "career")
        own_stop = self.add(models.OwnStop, name, lane_id=lane_id, title="x", stop_on=day, **of)
        self.add(models.RoadName, name, lane_id=lane_id, name="x", **of)
        experience = self.add(models.Experience, name, kind="volunteering", what="x", from_on=day, **of)
        return {
            "skill": skill.id,
            "option": option.id,
            "progression_need": need.id,
            "attainment": attainment.id,
            "assessment": assessment.id,
            "experience": experience.id,
            "own_stop": own_stop.id,
            "earlier_plan": before.id,
        }

    def _add_reviews(self, name: str, plan: models.Plan, review: models.Review) -> dict[str, Any]:
        """A completed review, one that is held with a target to decide about, and one to throw away."""
        at = datetime(2027, 1, 11, 9, tzinfo=UTC)
        of = {"plan_id": plan.id, "kind_id": review.kind_id, "started_at": at}
        done = self.add(models.ReviewForm, name, completed_at=at, review_id=review.id, **of)
        held, lost = (self.add(models.ReviewForm, name, **of) for _ in range(2))
        target = self.of(make.target(self.session, plan, id=self.number()), name)
        part = {"form_id": done.id, "written_at": at}
        self.add(models.ReviewPart, name, part="agreed", **part)
        self.add(models.ReviewDecision, name, target_id=target.id, choice="achieved", **part)
        held_part = {"form_id": held.id, "written_at": at}
        new = self.add(models.ReviewDecision, name, choice="new", due_on=date(2027, 3, 1), **held_part)
        self.add(models.ReviewPart, name, part="learner", **held_part)
        action = self.add(models.ReviewAction, name, form_id=held.id, what="x", by_whom="x")
        after = {"review_id": review.id}
        self.add(models.ReviewSignature, name, party="tutor", name="x", signed_at=at, **after)
        self.add(models.ReviewNote, name, said="x", written_at=at, **after)
        kinds = {key: make.review_kind_id(self.session, plan, key) for key in ("support", "exit")}
        rule = self.of(make.plan_review_rule(self.session, plan, kinds["support"], id=self.number()), name)
        return {
            "exit_kind": kinds["exit"],
            "own_kind_rule": rule.id,
            "review_done": done.id,
            "review_held": held.id,
            "review_lost": lost.id,
            "review_target": target.id,
            "review_new": new.id,
            "review_action": action.id,
        }

    def _add_transition(self, name: str, plan: models.Plan) -> dict[str, Any]:
        """A phase, what is written about its end, the transition plan, and a drafted stop."""
        phase = self.of(make.phase(self.session, plan, id=self.number()), name)
        self.add(models.Preparedness, name, plan_id=plan.id, phase_id=phase.id)
        bridge = self.add(
            models.BridgeAction, name, plan_id=plan.id, phase_id=phase.id, aspect="academic", what="x"
        )
        item = self.add(models.TransitionItem, name, plan_id=plan.id, kind="cv", what="x")
        drafted = {
            key: self.of(make.draft_part(self.session, plan, id=self.number(), kind=kind), name).id
            for key, kind in (
                ("draft_part", "stop"),
                ("draft_own", "stop"),
                ("draft_start", "start"),
                ("draft_breakdown", "breakdown"),
            )
        }
        return {"phase": phase.id, "bridge": bridge.id, "transition_item": item.id, **drafted}

    def _add_group(self, name: str, of: models.Department, learner: models.Learner) -> dict[str, Any]:
        """A teaching group of the department with the learner in it."""
        code = str(self.number())
        group = self.add(models.TeachingGroup, name, department_id=of.id, code=code, subject="x")
        since = {"group_id": group.id, "from_on": date(2026, 9, 1)}
        self.session.add(models.TeachingGroupLearner(learner_id=learner.id, **since))
        return {"group": group.id}

    def _add_template(self, name: str, of: models.Department, plan: models.Plan) -> dict[str, Any]:
        """A template of the department, carried into the plan once."""
        template = self.of(make.template(self.session, of, plan, id=self.number()), name)
        ids: dict[str, Any] = {"template": template.id}
        tables: dict[str, Any] = {
            "template_phase": models.TemplatePhase,
            "template_milestone": models.TemplateMilestone,
            "template_run": models.TemplateRun,
        }
        for key, table in tables.items():
            row = self.session.scalars(select(table).where(table.template_id == template.id)).one()
            ids[key] = self.of(row, name).id
        sets = select(models.PhaseSet.id).where(models.PhaseSet.organisation_id == of.organisation_id)
        ids["phase_set"] = self.session.scalars(sets.order_by(models.PhaseSet.position)).first() or 0
        return ids

    def _of_targets(self, name: str, target: models.Target, second: models.Target) -> dict[str, Any]:
        """All else that belongs to a target; somebody stuck on a second one, with a step; two proposals."""
        at = datetime(2027, 1, 5, 12, tzinfo=UTC)
        of: dict[str, Any] = {"target_id": target.id}
        plan = self.session.get_one(models.Plan, target.plan_id)
        self.add(
            models.CriterionJudgement,
            name,
            criterion="x",
            judged="met",
            judge_kind="peer",
            judge_name="x",
            judged_on=make.TODAY,
            **of,
        )
        link = self.add(models.TargetLink, name, kind="unit", serves="x", **of)
        self.add(models.Evidence, name, kind="link", address="x", added_at=at, **of)
        stored = f"{self.number()}.pdf"
        evidence = self.add(models.Evidence, name, kind="file", stored_name=stored, added_at=at, **of)
        step = self.add(models.Step, name, target_id=second.id, position=1, text="x")
        stuck = self.add(models.Stuck, name, target_id=second.id, said="x", answer="x", said_at=at)
        ids = {"link": link, "evidence": evidence, "second": second, "second_step": step, "stuck": stuck}
        for proposal in ("proposed", "offered"):
            made = make.target(self.session, plan, id=self.number(), status="proposed")
            ids[proposal] = self.of(made, name)
            of = {"target_id": ids[proposal].id, "side": "learner", "move": "proposed"}
            self.add(models.Negotiation, name, said="x", at=at, **of)
        return {key: row.id for key, row in ids.items()}

    def people(self, place: str, plan: models.Plan, own: models.Person | None) -> dict[str, Any]:
        """A parent, an employer and a helper of the plan, a link, a comment and the tutor's agreement."""
        ids = {}
        for name, kind in (("parent", "parent"), ("employer", "employer"), ("helper", "support-staff")):
            access = "nothing" if name == "helper" else "comment"
            person = self.add(
                models.PlanPerson,
                place,
                plan_id=plan.id,
                kind=kind,
                name="x",
                access=access,
                consented_on=date(2026, 9, 14),
                consent_by_id=own.id if own else None,
            )
            ids[name] = person.id
        at = datetime(2026, 10, 5, 12, tzinfo=UTC)
        link = self.add(
            models.Invitation,
            place,
            plan_person_id=ids["employer"],
            token_hash=f"of nobody {plan.id}",
            made_at=at,
            expires_on=date(2027, 7, 31),
        )
        self.add(models.GuestLook, place, invitation_id=link.id, at=at)
        self.add(models.GuestComment, place, invitation_id=link.id, text="x", written_at=at)
        return ids

    def support(self, place: str, plan_id: int, level: int) -> dict[str, Any]:
        """A support, a barrier and the like of a level, with their history; their ids."""
        dates = {"plan_id": plan_id, "from_on": date(2026, 10, 1), "confidentiality": level}
        support = self.add(models.Support, place, what="x", **dates)
        barrier = self.add(models.Barrier, place, kind="personal", what="x", **dates)
        consent = {"consent_on": date(2026, 10, 1), "consent_by": "x"}
        helping = self.add(models.ExternalHelp, place, what="x", agency="x", **consent, **dates)
        linked = self.add(
            models.LinkedPlan,
            place,
            plan_id=plan_id,
            kind="health",
            reference="x",
            whom_to_ask="x",
            confidentiality=level,
        )
        held = self.add(
            models.SupportSession, place, support_id=support.id, held_on=date(2026, 10, 5), delivered=True
        )
        support.sessions_delivered = 1
        answer = self.add(
            models.BarrierAnswer, place, barrier_id=barrier.id, support_id=support.id, why_not="x"
        )
        rows = {"support": support, "barrier": barrier, "external-help": helping, "linked-plan": linked}
        changes = [
            self.add(
                models.SupportChange,
                place,
                plan_id=plan_id,
                about=about,
                row_id=row.id,
                field="what",
                old="x",
                new="x",
                origin="person",
                at=datetime(2027, 1, 5, 12, tzinfo=UTC),
            )
            for about, row in rows.items()
        ]
        for row in (*rows.values(), held, answer, *changes):
            self.levels[(row.__tablename__, row.id)] = level
        return {
            "support": support.id,
            "support_session": held.id,
            "barrier": barrier.id,
            "help": helping.id,
            "linked_plan": linked.id,
        }

    def add(self, table: type[models.Base], place: str, **values: Any) -> Any:
        row = table(id=self.number(), **values)
        self.session.add(row)
        self.session.flush()
        return self.of(row, place)


def build(session: Session, password_hash: str) -> World:
    """Our college and another, with everyone's canaries; committed."""
    builder = Builder(session)
    ours, theirs = make.organisation(session), make.organisation(session)
    department = {
        "here": make.department(session, ours, id=builder.number()),
        "there": make.department(session, ours, id=builder.number()),
        "other college": make.department(session, theirs, id=builder.number()),
    }
    builder.of(department["here"], "here", "same cohort", "other cohort")
    builder.of(department["there"], "other department")
    builder.of(department["other college"], "other college")
    cohorts = {
        "here": make.cohort(session, department["here"], id=builder.number()),
        "other cohort": make.cohort(session, department["here"], id=builder.number()),
        "other department": make.cohort(session, department["there"], id=builder.number()),
        "other college": make.cohort(session, department["other college"], id=builder.number()),
    }
    cohorts["same cohort"] = cohorts["here"]
    people = {
        role: make.person(
            session,
            ours,
            role,
            id=builder.number(),
            department=department["here"] if role == "head-of-department" else None,
            email=f"{role}@college.example",
            password_hash=password_hash,
        )
        for role in SEES
    }
    builder.tutor, builder.lead = people["tutor"], people["administrator"]
    places = {}
    for name in EVERYWHERE:
        builder.of(cohorts[name], name)
        places[name] = builder.place(name, cohorts[name], people["learner"] if name == "here" else None)
    make.tutors(session, people["tutor"], cohorts["here"])
    _teach(builder, people["teacher"], places["here"])
    for person in people.values():
        builder.of(person, *(("here",) if person is people["learner"] else OURS))
    typing = make.person(session, theirs, "tutor", email="typing@other.example")
    builder.add(
        models.Draft,
        "nobody's",
        person_id=typing.id,
        key="x",
        typed={},
        kept_at=datetime(2027, 1, 11, 8, tzinfo=UTC),
    )
    builder.add(
        models.ImportRecord, "nobody's", organisation_id=ours.id, source="x", key="x", row_id=1, said={}
    )
    make.complete(session)
    world = World(places, {role: person.email for role, person in people.items()})
    _plant(session, builder, world)
    for name, place in places.items():
        family_name = session.get_one(models.Learner, place.learner, populate_existing=True).family_name
        criteria = session.get_one(models.Target, place.target, populate_existing=True).criteria
        world.places[name] = Place(**{**vars(place), "family_name": family_name, "criterion": criteria})
    session.commit()
    return world


def _teach(builder: Builder, teacher: models.Person, place: Place) -> None:
    since = {"group_id": place.group, "from_on": date(2026, 9, 1)}
    builder.session.add(models.TeachingGroupTeacher(person_id=teacher.id, **since))
    builder.session.flush()


def _plant(session: Session, builder: Builder, world: World) -> None:
    """Put a word of its own into every personal column of every row that has an owner."""
    numbers = count(10_001)
    for table, columns in _columns():
        for row in session.execute(select(table)).mappings().all():
            key = (table.name, row["id"])
            if key not in builder.owners:
                continue
            for column in sorted(columns):
                if table.name == "person" and column in ("email", "password_hash"):
                    continue
                word = f"zq{next(numbers)}qz"
                places = frozenset(builder.owners[key])
                world.canaries[word] = Canary(f"{table.name}.{column}", places, builder.levels.get(key, 1))
                value = {"x": word} if isinstance(table.c[column].type, JSON) else word
                session.execute(update(table).where(table.c.id == row["id"]).values({column: value}))
    for role, email in world.people.items():
        world.canaries[email] = Canary(f"person.email of {role}", frozenset())


def _columns() -> Iterator[tuple[Table, set[str]]]:
    for table in models.Base.metadata.sorted_tables:
        columns = models.PERSONAL.get(table.name, set()) | ALSO_CANARIES.get(table.name, set())
        if columns:
            yield table, columns


def beside(place: Place, value: Any) -> Place:
    """A place where every id is the same odd value."""
    return Place(**{**dict.fromkeys(vars(place), value), "family_name": "zq00000qz", "version": 1})


ODD_IDS: dict[str, Any] = {
    "missing": 799_999,
    "zero": 0,
    "negative": -1,
    "too large": 2**63,
    "a word": "zebra",
    "a list": [1],
    "nothing": None,
    "a fraction": 1.5,
    "yes": True,
}
