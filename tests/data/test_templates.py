"""Templates: independent copies, whose text is still the template's, offers of a change, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import models, template_plans, template_runs, template_undo, templates
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.saved import Saved
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


@dataclass
class College:
    """A template of two outcomes and a wording, and two learners of its department with empty plans."""

    session: Session
    head: Viewer
    department: models.Department
    cohort: models.Cohort
    template: models.Template
    plans: list[models.Plan]

    def outlooks(self, cohort: models.Cohort | None = None) -> tuple[template_plans.Outlook, ...]:
        self.session.flush()
        return template_plans.outlooks(
            self.session, self.head, self.template.id, cohort.id if cohort else None
        )

    def carry(self, *plans: models.Plan, cohort: bool = True) -> Saved:
        sent: dict[str, list[Any]] = {"plan": [str(plan.id) for plan in plans]}
        if cohort:
            sent["cohort"] = [str(self.cohort.id)]
        return template_runs.carry_out(self.session, self.head, self.typed(**sent))

    def undo(self) -> Saved:
        run = self.session.scalars(select(models.TemplateRun).order_by(models.TemplateRun.id.desc())).first()
        assert run is not None
        return template_undo.undo(self.session, self.head, Typed({"run": [str(run.id)]}))

    def typed(self, **sent: Any) -> Typed:
        self.session.refresh(self.template)
        fields = {"template": self.template.id, "version": self.template.version} | sent
        return Typed(
            {name: value if isinstance(value, list) else [str(value)] for name, value in fields.items()}
        )

    def part(self, short_title: str) -> models.TemplateMilestone:
        return self.session.scalars(
            select(models.TemplateMilestone).where(models.TemplateMilestone.short_title == short_title)
        ).one()

    def rewrite(self, short_title: str, **values: str) -> None:
        """Change a milestone of the template as its form does."""
        part = self.part(short_title)
        sent = {name: getattr(part, name) for name in ("title", "criteria", "resources", "lane_id")} | values
        typed = self.typed(milestone=part.id, version=part.version, short_title=short_title, **sent)
        templates.save_milestone(self.session, self.head, typed)

    def target(self, plan: models.Plan, short_title: str) -> models.Target:
        return self.session.scalars(
            select(models.Target)
            .join(models.Milestone, models.Milestone.id == models.Target.milestone_id)
            .where(models.Target.plan_id == plan.id, models.Milestone.short_title == short_title)
        ).one()


@pytest.fixture
def college(session: Session) -> College:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    head = make.person(session, organisation, "head-of-department", department=department)
    plans = [make.planned_learner(session, cohort) for _ in range(2)]
    template = models.Template(
        department_id=department.id, name="Motor vehicle", destination="Work in a garage"
    )
    session.add(template)
    session.flush()
    lane = make.lane_id(session, plans[0], "academic")
    for position, name in enumerate(("Start", "Finish"), 1):
        session.add(models.TemplatePhase(template_id=template.id, position=position, name=name))
    for position, (short, title, weeks) in enumerate((("U1", "Work safely", 4), ("U2", "Brakes", 12)), 1):
        session.add(
            models.TemplateMilestone(
                template_id=template.id,
                lane_id=lane,
                position=position,
                short_title=short,
                title=title,
                criteria="Seen by an assessor",
                weeks_in=weeks,
            )
        )
    make.complete(session)
    return College(session, make.viewer(session, head), department, cohort, template, plans)


def test_the_dry_run_says_what_a_plan_would_get_and_writes_nothing(college: College) -> None:
    before = college.session.scalar(select(func.count()).select_from(models.Target))
    first, _ = college.outlooks(college.cohort)
    assert not first.made
    assert [add.what for add in first.adds] == ["Start, Finish", "Work safely", "Brakes"]
    assert [(text.field, text.new) for text in first.texts] == [("destination", "Work in a garage")]
    assert college.session.scalar(select(func.count()).select_from(models.Target)) == before


def test_a_plan_made_from_a_template_has_its_phases_targets_and_wording(college: College) -> None:
    plan = college.plans[0]
    saved = college.carry(plan)
    assert saved.sentence == "5 changed in 1 plan, 0 left as they are."
    college.session.refresh(plan)
    assert plan.destination == "Work in a garage"
    target = college.target(plan, "U1")
    assert (target.title, target.criteria, target.due_on) == (
        "Work safely",
        "Seen by an assessor",
        date(2026, 10, 5),
    )
    phases = college.session.scalars(select(models.Phase).order_by(models.Phase.position)).all()
    assert [phase.name for phase in phases] == ["Start", "Finish"]
    assert target.phase_id == phases[0].id
    # the next plan of the cohort shares its columns
    college.carry(college.plans[1])
    columns = college.session.scalars(
        select(models.Milestone.short_title).where(models.Milestone.cohort_id == college.cohort.id)
    ).all()
    assert sorted(columns) == ["U1", "U2"]


def test_a_later_change_is_offered_where_the_text_is_still_the_templates(college: College) -> None:
    college.carry(*college.plans)
    own = college.target(college.plans[1], "U1")
    own.title = "Keep my hands whole"
    college.rewrite("U1", title="Work safely in a garage")
    assert college.target(college.plans[0], "U1").title == "Work safely"
    first, second = college.outlooks()
    assert [(text.old, text.new) for text in first.texts] == [("Work safely", "Work safely in a garage")]
    assert second.texts == ()
    assert [(kept.here, kept.why) for kept in second.kept] == [("Keep my hands whole", "changed in the plan")]


def test_each_plan_is_chosen_for_itself_and_the_run_says_how_many_changed_and_why_not(
    college: College,
) -> None:
    college.carry(*college.plans)
    college.target(college.plans[1], "U1").title = "Keep my hands whole"
    college.rewrite("U1", title="Work safely in a garage")
    college.rewrite("U2", criteria="Two assessors saw it")
    saved = college.carry(college.plans[1], cohort=False)
    # one text of the plan, and the title of the cohort's column
    assert saved.sentence == "2 changed in 1 plan, 1 left as they are: 1 changed in the plan."
    assert college.target(college.plans[1], "U2").criteria == "Two assessors saw it"
    assert college.target(college.plans[0], "U2").criteria == "Seen by an assessor"
    (waiting,) = [one for one in college.outlooks() if one.changes]
    assert waiting.plan_id == college.plans[0].id
    change = college.session.scalars(
        select(models.Change).where(models.Change.field == "criteria").order_by(models.Change.id.desc())
    ).first()
    assert change is not None
    assert (change.old, change.new) == ("Seen by an assessor", "Two assessors saw it")
    assert change.reason == "From the template “Motor vehicle”"
    assert change.by_id == college.head.person_id


def test_a_text_typed_back_to_the_templates_is_the_templates_again(college: College) -> None:
    college.carry(*college.plans)
    target = college.target(college.plans[0], "U1")
    target.title = "Something else"
    assert college.outlooks()[0].kept == ()
    target.title = "Work safely"
    college.rewrite("U1", title="Work safely in a garage")
    assert len(college.outlooks()[0].texts) == 1


def test_the_words_of_a_closed_target_stay(college: College) -> None:
    college.carry(college.plans[0])
    target = college.target(college.plans[0], "U1")
    target.status, target.achieved_on, target.closed_on = "achieved", make.TODAY, make.TODAY
    college.rewrite("U1", title="Work safely in a garage")
    (outlook,) = college.outlooks()
    assert [kept.why for kept in outlook.kept] == ["closed already"]


def test_a_plan_with_words_and_phases_of_its_own_keeps_them(college: College) -> None:
    plan = college.plans[0]
    plan.destination = "Race cars"
    make.phase(college.session, plan, name="All of it", position=1)
    college.carry(plan)
    college.session.refresh(plan)
    assert plan.destination == "Race cars"
    assert college.session.scalars(select(models.Phase.name)).all() == ["All of it"]


def test_a_target_that_the_cohort_has_under_the_same_name_is_known_and_not_made_twice(
    college: College,
) -> None:
    plan = college.plans[0]
    column = make.milestone(college.session, college.cohort, short_title="U1", title="Work safely")
    make.target(college.session, plan, milestone_id=column.id, title="Work safely")
    college.carry(plan)
    assert college.target(plan, "U1").title == "Work safely"
    college.rewrite("U1", title="Work safely in a garage")
    assert [text.new for text in college.outlooks()[0].texts] == ["Work safely in a garage"]


def test_a_learner_who_joined_late_gets_dates_from_the_own_start(college: College) -> None:
    late = make.planned_learner(college.session, college.cohort, starts_on=date(2026, 11, 2))
    make.complete(college.session)
    college.carry(late)
    assert college.target(late, "U1").due_on == date(2026, 11, 30)
    assert college.target(late, "U2").due_on == date(2026, 11, 30)


def test_a_retired_milestone_goes_into_no_new_plan_and_stays_where_it_is(college: College) -> None:
    college.carry(college.plans[0])
    college.rewrite("U2", retired="on")
    college.carry(college.plans[1])
    assert college.target(college.plans[0], "U2").status == "to-come"
    titles = college.session.scalars(
        select(models.Target.title).where(models.Target.plan_id == college.plans[1].id)
    )
    assert titles.all() == ["Work safely"]


def test_making_plans_can_be_undone_and_says_what_it_left(college: College) -> None:
    first, second = college.plans
    college.carry(first, second)
    worked_on = college.target(second, "U1")
    worked_on.status, worked_on.version = "in-progress", worked_on.version + 1
    saved = college.undo()
    assert saved.sentence == "9 undone, 1 left as they are: 1 worked on since."
    assert college.target(first, "U1").status == "withdrawn"
    assert worked_on.status == "in-progress"
    college.session.refresh(first)
    assert first.destination == ""
    assert college.session.scalar(select(func.count()).select_from(models.Phase)) == 0


def test_a_change_carried_in_can_be_undone_where_nobody_edited_since(college: College) -> None:
    college.carry(*college.plans)
    college.rewrite("U1", title="Work safely in a garage")
    college.carry(*college.plans, cohort=False)
    college.target(college.plans[1], "U1").title = "Keep my hands whole"
    saved = college.undo()
    assert saved.sentence == "2 undone, 1 left as they are: 1 changed in the plan."
    assert college.target(college.plans[0], "U1").title == "Work safely"
    assert college.target(college.plans[1], "U1").title == "Keep my hands whole"
    with pytest.raises(Refused, match="undone already"):
        college.undo()
    offered = [one for one in college.outlooks() if one.texts]
    assert [one.plan_id for one in offered] == [college.plans[0].id]


def test_figures_stay_in_step_with_the_targets_that_a_template_makes(college: College) -> None:
    from data.department_figures import rebuild

    def figures() -> list[Any]:
        rows = college.session.execute(select(models.DepartmentFigures.__table__))
        return sorted(tuple(row) for row in rows)

    college.carry(*college.plans)
    college.session.flush()
    kept = figures()
    rebuild(college.session, [college.department.id])
    assert figures() == kept


def test_a_template_that_changed_since_it_was_shown_is_neither_carried_in_nor_overwritten(
    college: College,
) -> None:
    typed = college.typed(plan=[str(college.plans[0].id)], cohort=college.cohort.id)
    college.rewrite("U1", title="Something else")
    with pytest.raises(Refused, match="changed since you looked"):
        template_runs.carry_out(college.session, college.head, typed)
    old = Typed({**typed.sent, "name": ["Motor vehicle"], "phases": ["Start"]})
    with pytest.raises(ChangedElsewhere):
        templates.save(college.session, college.head, old)


def test_plans_of_another_department_are_out_of_reach(college: College) -> None:
    elsewhere = make.cohort(
        college.session, make.department(college.session, make.organisation(college.session))
    )
    other = make.planned_learner(college.session, elsewhere)
    make.complete(college.session)
    with pytest.raises(NotFound):
        college.carry(other)


def test_a_tutor_keeps_no_templates(college: College) -> None:
    organisation = college.session.get_one(models.Organisation, college.department.organisation_id)
    tutor = make.viewer(college.session, make.person(college.session, organisation, "tutor"))
    assert templates.listed(college.session, tutor) == []
    with pytest.raises(NotFound):
        templates.read(college.session, tutor, college.template.id)


def test_the_outlook_of_a_cohort_takes_as_many_queries_for_two_plans_as_for_nine(college: College) -> None:
    def queries() -> int:
        college.session.flush()
        with statements(college.session) as ran:
            college.outlooks(college.cohort)
        return len(ran)

    few = queries()
    for _ in range(7):
        make.planned_learner(college.session, college.cohort)
    assert queries() == few
