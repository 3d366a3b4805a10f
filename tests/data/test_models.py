"""The database itself refuses what must not be: every constraint, on both databases; and which columns
are personal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from data import models
from data.models import NOT_PERSONAL, PERSONAL, Base
from tests import factories as make

TABLES = Base.metadata.tables
EARLIER, LATER = date(2020, 1, 1), date(2030, 1, 1)
NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)

REFUSED_BY_CHECKS: dict[str, dict[str, Any]] = {
    "ck_organisation_coverage_goal_percent": {"coverage_goal": 101},
    "ck_role_reach_known": {"reach": "everything"},
    "ck_role_writes_known": {"writes": "everything"},
    "ck_role_reads_confidentiality_known": {"reads_confidentiality": 5},
    "ck_closed_period_back_after_from": {"from_on": EARLIER, "back_on": EARLIER},
    "ck_person_email_lower": {"email": "Someone@college.example"},
    "ck_review_rule_unit_known": {"unit": "days"},
    "ck_review_rule_amount_positive": {"amount": 0},
    "ck_plan_review_rule_occasion_known": {"occasion": "birthday"},
    "ck_plan_review_rule_unit_known": {"unit": "days"},
    "ck_plan_review_rule_amount_positive": {"amount": 0},
    "ck_cohort_tutor_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_department_figures_covered_required": {"covered": 2, "required": 1},
    "ck_review_form_completed_has_review": {"review_id": None, "completed_at": NOON},
    "ck_review_part_part_known": {"part": "secret"},
    "ck_review_part_colour_known": {"colour": "blue"},
    "ck_review_decision_choice_known": {"choice": "maybe"},
    "ck_review_signature_party_known": {"party": "bystander"},
    "ck_judgement_colour_known": {"colour": "blue"},
    "ck_judgement_has_reason": {"reason": ""},
    "ck_coverage_span_covered_required": {"covered": 2, "required": 1},
    "ck_coverage_span_until_sunday_after_from_sunday": {"from_sunday": LATER, "until_sunday": EARLIER},
    "ck_enrolment_end_reason_known": {"ended_on": LATER, "end_reason": "vanished"},
    "ck_enrolment_end_has_reason": {"ended_on": LATER, "end_reason": None},
    "ck_enrolment_ended_on_after_starts_on": {"ended_on": EARLIER, "end_reason": "completed"},
    "ck_teaching_group_learner_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_teaching_group_teacher_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_attendance_attended_possible": {"possible": 1, "attended": 2},
    "ck_break_in_learning_back_after_from": {"from_on": EARLIER, "back_on": EARLIER},
    "ck_plan_own_rule_whole": {"own_rule_unit": "weeks"},
    "ck_plan_own_rule_unit_known": {
        "own_rule_unit": "days",
        "own_rule_amount": 1,
        "own_rule_from_on": LATER,
        "own_rule_reason": "",
    },
    "ck_plan_own_rule_amount_positive": {
        "own_rule_unit": "weeks",
        "own_rule_amount": 0,
        "own_rule_from_on": LATER,
        "own_rule_reason": "",
    },
    "ck_barrier_passed_on_after_from_on": {"from_on": LATER, "passed_on": EARLIER},
    "ck_barrier_confidentiality_known": {"confidentiality": 0},
    "ck_barrier_kind_known": {"kind": "other"},
    "ck_barrier_answer_given": {"support_id": None, "target_id": None, "why_not": ""},
    "ck_external_help_confidentiality_known": {"confidentiality": 0},
    "ck_external_help_consent_has_name": {"consent_by": "x"},
    "ck_external_help_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_external_help_withdrawn_after_consent": {"withdrawn_on": LATER},
    "ck_linked_plan_confidentiality_known": {"confidentiality": 5},
    "ck_linked_plan_kind_known": {"kind": "diary"},
    "ck_linked_plan_safeguarding_highest": {"kind": "safeguarding", "confidentiality": 3},
    "ck_support_change_about_known": {"about": "target"},
    "ck_support_change_origin_known": {"origin": "rumour"},
    "ck_phase_ends_on_after_starts_on": {"starts_on": LATER, "ends_on": EARLIER},
    "ck_support_confidentiality_known": {"confidentiality": 5},
    "ck_support_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_support_sessions_counted": {"sessions_delivered": -1},
    "ck_target_priority_known": {"priority": "urgent"},
    "ck_target_idea_of_known": {"idea_of": "nobody"},
    "ck_criterion_judgement_judged_known": {"judged": "nearly"},
    "ck_criterion_judgement_judge_kind_known": {"judge_kind": "nobody"},
    "ck_criterion_judgement_confirmed_by_somebody": {"confirmed_by_id": None},
    "ck_evidence_kind_known": {"kind": "film", "stored_name": None},
    "ck_evidence_file_is_stored": {"stored_name": None},
    "ck_evidence_size_counted": {"size": -1},
    "ck_target_link_kind_known": {"kind": "hobby"},
    "ck_negotiation_side_known": {"side": "nobody"},
    "ck_negotiation_move_known": {"move": "slept"},
    "ck_target_first_due_with_due": {"due_on": None},
    "ck_target_achieved_has_date": {"status": "achieved", "closed_on": LATER},
    "ck_target_moves_counted": {"moves": -1},
    "ck_target_status_known": {"status": "finished"},
    "ck_target_closed_has_date": {"status": "withdrawn"},
    "ck_change_origin_known": {"origin": "rumour"},
    "ck_phase_set_phase_weeks_positive": {"weeks": 0},
    "ck_template_months_positive": {"months": 0},
    "ck_template_phase_weeks_positive": {"weeks": 0},
    "ck_template_milestone_weeks_in_counted": {"weeks_in": -1},
    "ck_template_copy_kind_known": {"kind": "page"},
    "ck_preparedness_academic_known": {"academic": "maybe"},
    "ck_preparedness_personal_known": {"personal": "maybe"},
    "ck_preparedness_social_known": {"social": "maybe"},
    "ck_preparedness_practical_known": {"practical": "maybe"},
    "ck_bridge_action_aspect_known": {"aspect": "musical"},
    "ck_transition_item_kind_known": {"kind": "holiday"},
    "ck_transition_item_status_known": {"status": "lost"},
    "ck_route_draft_part_kind_known": {"kind": "detour"},
    "ck_route_draft_part_taken_by_somebody": {"taken_by_id": None},
    "ck_attainment_kind_known": {"kind": "rumour"},
    "ck_attainment_year_likely": {"year": 20},
    "ck_assessment_kind_known": {"kind": "final"},
    "ck_balance_rated_by_known": {"rated_by": "nobody"},
    "ck_skill_rating_rating_on_scale": {"rating": 5},
    "ck_progression_option_kind_known": {"kind": "somewhere"},
    "ck_progression_need_met_known": {"met": "perhaps"},
    "ck_plan_exit_kind_known": {"kind": "somewhere"},
    "ck_experience_kind_known": {"kind": "leisure"},
    "ck_experience_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_experience_hours_counted": {"hours": -1},
    "ck_plan_person_kind_known": {"kind": "neighbour"},
    "ck_plan_person_access_known": {"access": "everything"},
    "ck_plan_person_consented_or_withdrawn": {"consented_on": EARLIER, "withdrawn_on": LATER},
    "ck_agreement_party_known": {"party": "bystander"},
    "ck_slot_minutes_likely": {"minutes": 4},
    "ck_stand_in_kind_known": {"kind": "swap", "until_on": LATER},
    "ck_stand_in_until_on_after_from_on": {"from_on": LATER, "until_on": EARLIER},
    "ck_stand_in_cover_has_end": {"kind": "cover", "until_on": None},
    "ck_stand_in_somebody_else": {"person_id": 1, "tutor_id": 1},
    "ck_booking_status_known": {"status": "forgotten"},
    "ck_booking_cancelled_has_reason": {"status": "cancelled", "reason": ""},
    "ck_self_evaluation_going_known": {"going": "so-so"},
    "ck_review_line_going_known": {"going": "so-so"},
    "ck_review_line_hard_is_explained": {"going": "hard", "said": ""},
    "ck_wall_theme_known": {"theme": "pink"},
    "ck_wall_orientation_known": {"orientation": "round"},
    "ck_wall_scale_readable": {"scale": 90},
    "ck_wall_board_kind_known": {"kind": "league-table"},
    "ck_wall_board_seconds_readable": {"seconds": 4},
    "ck_prompt_audience_known": {"audience": "everyone"},
    "ck_programme_check_choice_known": {"choice": "leave", "to_what": "x", "reason": "x"},
    "ck_programme_check_change_is_explained": {"choice": "transfer", "to_what": "", "reason": "x"},
    "ck_programme_check_rule_weeks_likely": {"weeks": 0},
    "ck_learner_case_confidentiality_known": {"confidentiality": 0},
    "ck_case_person_staff_or_named": {"person_id": None, "name": ""},
    "ck_case_closing_reopened_on_after_closed_on": {"reopened_on": EARLIER, "reopened_why": "x"},
    "ck_case_closing_reopened_has_reason": {"reopened_on": LATER, "reopened_why": ""},
}
"""For each CHECK, values that no row may hold; all else of the row is in order."""


def constraints_of(kind: type[CheckConstraint] | type[UniqueConstraint]) -> dict[str, Table]:
    return {str(c.name): table for table in TABLES.values() for c in table.constraints if isinstance(c, kind)}


def uniques() -> dict[str, UniqueConstraint | Index]:
    """Everything that must not occur twice, by name."""
    found: dict[str, UniqueConstraint | Index] = {}
    for table in TABLES.values():
        found |= {str(c.name): c for c in table.constraints if isinstance(c, UniqueConstraint)}
        found |= {str(i.name): i for i in table.indexes if i.unique}
    return found


CHECKS = constraints_of(CheckConstraint)
UNIQUES = uniques()


@pytest.fixture
def rows(session: Session) -> dict[str, dict[str, Any]]:
    """A row of each table, as {table name: values}."""
    college = make.organisation(session)
    department = make.department(session, college)
    cohort = make.cohort(session, department)
    tutor = make.person(session, college, "administrator")
    head = make.person(session, college, "head-of-department", department=department)
    make.tutors(session, tutor, cohort)
    learner = make.learner(session, college, person_id=tutor.id)
    enrolment = make.enrolment(session, learner, cohort)
    plan = make.plan(session, enrolment)
    target = make.target(session, plan, milestone_id=make.milestone(session, cohort).id)
    review = make.review(session, plan, date(2026, 10, 12))
    group = models.TeachingGroup(department_id=department.id, code="G1", subject="Maths")
    session.add(group)
    session.flush()
    dated = {"from_on": date(2026, 9, 7)}
    hashed = {"person_id": tutor.id}
    session.add_all(
        [
            models.ClosedPeriod(
                organisation_id=college.id, name="Christmas", back_on=date(2027, 1, 4), **dated
            ),
            models.TeachingGroupLearner(group_id=group.id, learner_id=learner.id, **dated),
            models.TeachingGroupTeacher(group_id=group.id, person_id=tutor.id, **dated),
            models.BreakInLearning(enrolment_id=enrolment.id, back_on=date(2026, 9, 14), **dated),
            models.Phase(
                plan_id=plan.id,
                name="Induction",
                position=1,
                starts_on=date(2026, 9, 7),
                ends_on=date(2026, 10, 23),
            ),
            models.Step(target_id=target.id, position=1, text="Read the brief"),
            models.Reflection(plan_id=plan.id, written_on=date(2026, 10, 12)),
            models.ReviewLine(plan_id=plan.id, by_id=tutor.id, written_on=date(2026, 10, 12), going="well"),
            support := models.Support(plan_id=plan.id, what="Reader", **dated),
            barrier := models.Barrier(plan_id=plan.id, kind="personal", what="Travel", **dated),
            models.ExternalHelp(plan_id=plan.id, what="x", agency="x", confidentiality=1, **dated),
            models.LinkedPlan(
                plan_id=plan.id, kind="health", reference="x", whom_to_ask="x", confidentiality=1
            ),
            models.SupportChange(
                plan_id=plan.id, about="support", row_id=1, field="what", origin="person", at=NOON
            ),
            models.Attendance(enrolment_id=enrolment.id, week_on=date(2026, 9, 7), possible=10, attended=9),
            models.Change(plan_id=plan.id, target_id=target.id, field="status", origin="person", at=NOON),
            models.LoginSession(key_hash="a", started_at=NOON, last_seen_at=NOON, **hashed),
            models.OneTimeLink(token_hash="a", expires_at=NOON, **hashed),
            models.FailedSignIn(account_hash="a", address_hash="b", at=NOON),
            models.Judgement(
                plan_id=plan.id, colour="green", reason="x", judged_on=date(2026, 10, 12), recorded_at=NOON
            ),
            models.ImportRecord(organisation_id=college.id, source="csv", key="1", row_id=review.id, said={}),
            models.PlanSeen(plan_id=plan.id, change_id=1, **hashed),
            models.Draft(key="x", typed={}, kept_at=NOON, **hashed),
        ]
    )
    make.review_form(session, review, target)
    make.plan_review_rule(session, plan, review.kind_id)
    make.transition(session, plan)
    session.execute(update(models.RouteDraftPart).values(taken_on=LATER, taken_by_id=tutor.id))
    make.template(session, department, plan)
    added = {"target_id": target.id}
    session.add_all(
        [
            models.CriterionJudgement(
                criterion="x",
                judged="met",
                judge_kind="learner",
                judge_name="x",
                judged_on=LATER,
                confirmed_on=LATER,
                confirmed_by_id=tutor.id,
                **added,
            ),
            models.Evidence(kind="file", stored_name="a", added_at=NOON, **added),
            models.TargetLink(kind="unit", serves="Unit 4", **added),
            models.Negotiation(side="learner", move="proposed", at=NOON, **added),
            models.Stuck(said_at=NOON, **added),
        ]
    )
    add_starting_point(session, college, plan)
    session.flush()
    session.add_all(
        [
            models.SupportSession(support_id=support.id, held_on=date(2026, 9, 14), delivered=True),
            models.SelfEvaluation(plan_id=plan.id, written_on=date(2026, 10, 12), going="well"),
            models.BarrierAnswer(barrier_id=barrier.id, support_id=support.id, target_id=target.id),
        ]
    )
    person_of_plan = make.plan_person(session, plan)
    invitation = make.invitation(session, person_of_plan)
    session.add_all(
        [
            models.GuestLook(invitation_id=invitation.id, at=NOON),
            models.GuestComment(invitation_id=invitation.id, text="x", written_at=NOON),
            models.Agreement(plan_id=plan.id, party="tutor", by_id=tutor.id, agreed_on=date(2026, 10, 12)),
        ]
    )
    wall = make.wall(session, college, department_id=department.id)
    session.add(models.WallCohort(wall_id=wall.id, cohort_id=cohort.id))
    make.booking(session, plan, tutor)
    session.add_all(
        [
            models.CalendarFeed(person_id=tutor.id, token_hash="a", made_at=NOON),
            models.CollegeChange(
                organisation_id=college.id, about="review_kind", row_id=1, title="x", field="name", at=NOON
            ),
        ]
    )
    make.stand_in(session, tutor, head, cohort)
    add_case(session, college, plan, review.kind_id, tutor)
    make.complete(session)
    return {
        name: dict(session.execute(select(table).limit(1)).mappings().one()) for name, table in TABLES.items()
    }


def add_case(
    session: Session, college: models.Organisation, plan: models.Plan, kind_id: int, lead: models.Person
) -> None:
    """A row of each table of prompts, checks and cases."""
    ours: dict[str, Any] = {"organisation_id": college.id}
    day, of = date(2026, 10, 12), {"plan_id": plan.id}
    prompt = models.Prompt(kind_id=kind_id, position=1, asks="x", audience="both", **ours)
    outcome = models.CaseOutcome(name="x", position=1, **ours)
    case = models.Case(about="x", confidentiality=2, lead_id=lead.id, opened_on=day, **of)
    session.add_all([prompt, outcome, case])
    session.flush()
    session.add_all(
        [
            models.PromptAnswer(prompt_id=prompt.id, written_on=day, asked="x", said="x", **of),
            models.ProgrammeCheck(choice="stay", checked_on=day, recorded_at=NOON, **of),
            models.ProgrammeCheckRule(from_on=day, **ours),
            models.CasePerson(case_id=case.id, person_id=lead.id),
            models.CaseAction(case_id=case.id, what="x", by_whom="x", due_on=day),
            models.CaseNote(case_id=case.id, said="x", written_at=NOON),
            models.CaseClosing(case_id=case.id, outcome_id=outcome.id, said="x", closed_on=day),
            models.CaseChange(case_id=case.id, field="about", at=NOON),
        ]
    )


def add_starting_point(session: Session, college: models.Organisation, plan: models.Plan) -> None:
    """A row of each table of starting points."""
    of = {"plan_id": plan.id}
    balance = models.Balance(rated_by="learner", rated_on=date(2026, 9, 14), **of)
    option = models.ProgressionOption(kind="employment", title="Work", **of)
    session.add_all([balance, option])
    session.flush()
    skill_id = session.scalars(
        select(models.Skill.id).where(models.Skill.organisation_id == college.id).limit(1)
    ).one()
    lane_id = make.lane_id(session, plan, "career")
    session.add_all(
        [
            models.Attainment(kind="qualification", what="GCSE maths", **of),
            models.Assessment(
                kind="initial", instrument="BKSB", taken_on=date(2026, 9, 9), result="L1", **of
            ),
            models.OwnWords(id=plan.id),
            models.OwnStop(lane_id=lane_id, title="Open day", stop_on=date(2027, 2, 1), **of),
            models.RoadName(lane_id=lane_id, name="My engine road", **of),
            models.SkillRating(balance_id=balance.id, skill_id=skill_id, rating=2),
            models.ProgressionNeed(option_id=option.id, needs="GCSE maths", met="met"),
            models.PlanExit(id=plan.id, kind="employment", destination="Work"),
            models.Experience(kind="volunteering", what="Food bank", from_on=date(2026, 10, 1), **of),
        ]
    )


def refusal(session: Session, statement: Any) -> str:
    """What the database says to a statement that it must refuse."""
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.connection().execute(statement)
    return str(refused.value.orig)


def test_the_rows_are_in_order_before_they_are_put_out_of_it(rows: dict[str, dict[str, Any]]) -> None:
    assert set(rows) == set(TABLES)


def test_each_check_in_the_tables_is_put_to_the_test() -> None:
    assert set(REFUSED_BY_CHECKS) == set(CHECKS)


def test_each_check_refuses_what_must_not_be(session: Session, rows: dict[str, dict[str, Any]]) -> None:
    for name, values in REFUSED_BY_CHECKS.items():
        table = CHECKS[name]
        own = [column == rows[table.name][column.name] for column in table.primary_key]
        assert name in refusal(session, update(table).where(*own).values(values))


def test_nothing_unique_can_be_there_twice(session: Session, rows: dict[str, dict[str, Any]]) -> None:
    for name, unique in UNIQUES.items():
        table = unique.table
        assert table is not None
        copied = rows_held_by(session, unique)
        for other in UNIQUES.values():
            if other.table is table and other is not unique:
                copied |= evaded(other, unique)
        message = refusal(session, insert(table).values(copied))
        columns = ", ".join(f"{table.name}.{column.name}" for column in unique.columns)
        assert name in message or f"UNIQUE constraint failed: {columns}" in message


def rows_held_by(session: Session, unique: UniqueConstraint | Index) -> dict[str, Any]:
    """The values, but for its id, of a row that the constraint watches over."""
    table = unique.table
    assert table is not None
    partial = unique.dialect_options["sqlite"]["where"] if isinstance(unique, Index) else None
    watched = partial if partial is not None else list(unique.columns)[-1].is_not(None)
    values = dict(session.execute(select(table).where(watched).limit(1)).mappings().one())
    return {name: value for name, value in values.items() if name != "id"}


def evaded(other: UniqueConstraint | Index, unique: UniqueConstraint | Index) -> dict[str, Any]:
    """A value that keeps the other constraint of the table out of the way."""
    free = [column for column in other.columns if column.name not in unique.columns]
    return {column.name: None if column.nullable else "other" for column in free[-1:]}


def test_a_reference_to_nothing_is_refused(session: Session, rows: dict[str, dict[str, Any]]) -> None:
    for table in TABLES.values():
        for key in table.constraints:
            if not isinstance(key, ForeignKeyConstraint):
                continue
            column = next(iter(key.columns))
            own = [part == rows[table.name][part.name] for part in table.primary_key]
            missing = "nobody" if isinstance(column.type, String) else 999_999_999
            message = refusal(session, update(table).where(*own).values({column: missing}))
            assert "foreign key constraint" in message.lower()


def test_what_others_refer_to_cannot_be_deleted(session: Session, rows: dict[str, dict[str, Any]]) -> None:
    for table in (models.Organisation, models.Cohort, models.Learner, models.Plan, models.Lane):
        message = refusal(session, delete(table).where(table.id == rows[table.__tablename__]["id"]))
        assert "foreign key" in message.lower()


def test_an_instant_comes_back_in_utc_and_one_without_a_zone_is_refused(session: Session) -> None:
    summer = datetime.fromisoformat("2026-07-01T10:00:00+01:00")
    session.add(models.FailedSignIn(account_hash="a", address_hash="b", at=summer))
    session.flush()
    session.expire_all()
    assert session.scalars(select(models.FailedSignIn.at)).one().isoformat() == "2026-07-01T09:00:00+00:00"
    session.add(models.FailedSignIn(account_hash="a", address_hash="b", at=summer.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        session.flush()


def test_each_column_of_text_is_said_to_be_personal_or_not() -> None:
    for table in TABLES.values():
        text_columns = {column.name for column in table.columns if isinstance(column.type, (String, JSON))}
        personal, other = PERSONAL.get(table.name, set()), NOT_PERSONAL.get(table.name, set())
        assert personal | other == text_columns, table.name
        assert not personal & other, table.name


def test_each_row_that_people_edit_has_a_version() -> None:
    only_added_or_replaced = {
        "agreement",
        "barrier_answer",
        "case_change",
        "case_closing",
        "case_note",
        "change",
        "cohort_tutor",
        "college_change",
        "coverage_span",
        "department_figures",
        "draft",
        "evidence",
        "failed_sign_in",
        "guest_comment",
        "guest_look",
        "import_record",
        "judgement",
        "login_session",
        "negotiation",
        "one_time_link",
        "review_note",
        "review_signature",
        "role",
        "role_assignment",
        "skill_rating",
        "support_change",
        "target_link",
        "phase_set_phase",
        "plan_seen",
        "programme_check",
        "teaching_group_learner",
        "teaching_group_teacher",
        "template_copy",
        "template_run_line",
        "wall_board",
        "wall_cohort",
    }
    without = {table.name for table in TABLES.values() if "version" not in table.columns}
    assert without == only_added_or_replaced
