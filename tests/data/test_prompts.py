"""A college's own prompts: who is asked what, who words them, and what learners answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from data import college_prompts, models, my_reviews, prompts, review_forms, review_pack, tutors_part
from data.errors import ChangedElsewhere, NotFound, Refused
from data.models import Audience
from data.plan_head import plan_head
from data.review_sheet import read as read_sheet
from tests import factories as make
from tests.counting import statements
from tests.data.around_a_plan import Around, around_a_plan


@pytest.fixture
def around(session: Session) -> Around:
    return around_a_plan(session)


def kind(around: Around, key: str = "progress") -> int:
    return make.review_kind_id(around.session, around.plan, key)


def asked(around: Around, role: str, key: str = "progress") -> dict[Audience, list[str]]:
    """{for whom: what the role is shown of a kind's script}"""
    found = prompts.script(
        around.session, around.viewer(role), around.learner_id, around.plan.id, kind(around, key)
    )
    return {audience: [one.asks for one in found.for_whom(audience)] for audience in Audience}


def admin(around: Around, **fields: object) -> dict[str, object]:
    return {"college": around.organisation.id} | fields


def the_prompt(around: Around, audience: Audience = Audience.BOTH) -> prompts.PromptLine:
    where = (models.Prompt.kind_id == kind(around), models.Prompt.audience == audience)
    return prompts.of_college(around.session, around.viewer("administrator"), *where)[0]


def answer(around: Around, role: str, prompt_id: int, said: str, version: int = 0) -> int | None:
    sent = {"plan": around.plan.id, f"answer-{prompt_id}": said, "version": version}
    return around.save(prompts.save_answers, role, **sent).version


# --- who is asked what -----------------------------------------------------------------------------------


def test_a_new_college_has_prompts_for_each_kind_and_headings_for_the_sheet(around: Around) -> None:
    found = college_prompts.read(around.session, around.viewer("administrator"))
    assert all(any(asked(around, "tutor", one.key).values()) for one in found.kinds)
    sheet = college_prompts.read(around.session, around.viewer("administrator"), college_prompts.CASE_STUDY)
    assert sheet.kind is None
    assert {one.audience for one in sheet.prompts} == set(Audience)


def test_what_is_for_the_tutor_reaches_those_who_hold_reviews_and_never_the_learner(around: Around) -> None:
    assert asked(around, "tutor")[Audience.TUTOR]
    for role in ("learner", "teacher", "quality-lead"):
        assert asked(around, role)[Audience.TUTOR] == []
        assert asked(around, role)[Audience.LEARNER] == asked(around, "tutor")[Audience.LEARNER] != []


def test_each_review_is_prepared_by_its_own_script_the_initial_one_first_then_what_is_due(
    around: Around,
) -> None:
    session, head = around.session, plan_head(around.session, around.viewer("tutor"), around.plan.id)

    def prepared() -> set[int | None]:
        return {one.prompt.kind_id for one in prompts.to_prepare(session, around.viewer("learner"), head)}

    assert prepared() == {kind(around, "initial")}
    make.review(session, around.plan, date(2026, 11, 2))
    make.complete(session)
    assert prepared() == {kind(around, "progress")}
    values = {"unit": "weeks", "amount": 2, "occasion": "phases", "from_on": date(2026, 8, 1)}
    around.add(models.ReviewRuleVersion(kind_id=kind(around, "transition"), **values))
    make.phase(session, around.plan, ends_on=date(2026, 12, 4))
    assert prepared() == {kind(around, "transition")}
    around.save(review_forms.start, "tutor", plan=around.plan.id, kind=kind(around, "exit"))
    assert prepared() == {kind(around, "exit")}


def test_the_sheet_of_a_review_never_holds_what_is_for_the_tutor_only(around: Around) -> None:
    session = around.session
    make.review(session, around.plan, date(2026, 11, 2))
    make.complete(session)
    form_id = around.save(review_forms.start, "tutor", plan=around.plan.id, kind=kind(around)).id
    assert form_id is not None
    for role in ("tutor", "learner"):
        shown = {one.prompt.audience for one in read_sheet(session, around.viewer(role), form_id).prompts}
        assert shown == {Audience.LEARNER, Audience.BOTH}
    part = tutors_part.read(session, around.viewer("tutor"), form_id)
    assert [one.asks for one in part.prompts] == asked(around, "tutor")[Audience.TUTOR]
    for role in ("learner", "teacher", "quality-lead", "learning-support-lead"):
        with pytest.raises(NotFound):
            tutors_part.read(session, around.viewer(role), form_id)


# --- answers ---------------------------------------------------------------------------------------------


def test_an_answer_stands_in_the_pack_and_counts_as_prepared(around: Around) -> None:
    session = around.session
    make.review(session, around.plan, date(2026, 12, 7))
    make.complete(session)
    prompt = the_prompt(around)
    answer(around, "learner", prompt.id, "The workshop, because it builds on it.")
    pack = review_pack.read(session, around.viewer("tutor"), around.plan.id)
    assert [(one.asked, one.text) for one in pack.said] == [
        (prompt.asks, "The workshop, because it builds on it.")
    ]
    upcoming = my_reviews.read(session, around.viewer("tutor"))
    (one,) = [one for some in upcoming.next_weeks.values() for one in some]
    assert one.prepared.by_learner


def test_an_answer_keeps_the_words_it_was_given_to_and_ends_with_the_review(around: Around) -> None:
    session, prompt = around.session, the_prompt(around)
    answer(around, "learner", prompt.id, "Before")
    around.save(
        college_prompts.change_prompt,
        "administrator",
        **admin(around, prompt=prompt.id, version=prompt.version, asks="Asked anew", audience="both"),
    )
    row = session.query(models.PromptAnswer).one()
    assert (row.asked, row.said) == (prompt.asks, "Before")
    make.review(session, around.plan, make.TODAY)
    make.complete(session)
    row_of_today = answer(around, "learner", prompt.id, "On the same day, after it", 1)
    tomorrow = make.viewer(session, around.people["learner"], make.TODAY + timedelta(days=1))
    head = plan_head(session, tomorrow, around.plan.id)
    assert all(one.version == 0 for one in prompts.to_prepare(session, tomorrow, head))
    assert row_of_today == 2


def test_two_tabs_that_answer_are_told_of_each_other(around: Around) -> None:
    prompt = the_prompt(around)
    assert answer(around, "learner", prompt.id, "In one tab") == 1
    with pytest.raises(ChangedElsewhere) as changed:
        answer(around, "learner", prompt.id, "In the other")
    assert changed.value.theirs == {f"answer-{prompt.id}": "In one tab"}
    assert answer(around, "learner", prompt.id, "Chosen", changed.value.version) == 2


def test_nobody_answers_for_a_learner_who_signs_in_nor_what_the_tutor_is_asked(around: Around) -> None:
    with pytest.raises(Refused):
        answer(around, "tutor", the_prompt(around).id, "For her")
    with pytest.raises(NotFound):
        answer(around, "learner", the_prompt(around, Audience.TUTOR).id, "Not mine")


# --- an administrator words them ---------------------------------------------------------------------------


def test_prompts_are_added_moved_and_retired_and_each_change_is_kept(around: Around) -> None:
    before = asked(around, "tutor")[Audience.TUTOR]
    made = around.save(
        college_prompts.add_prompt,
        "administrator",
        **admin(around, kind=kind(around), asks="Last of all", audience="tutor"),
    )
    around.save(
        college_prompts.move_prompt,
        "administrator",
        **admin(around, prompt=made.id, version=1, to="earlier"),
    )
    assert asked(around, "tutor")[Audience.TUTOR] == [*before[:-1], "Last of all", before[-1]]
    around.save(
        college_prompts.change_prompt,
        "administrator",
        **admin(around, prompt=made.id, version=2, asks="Last of all", audience="tutor", retired="on"),
    )
    assert asked(around, "tutor")[Audience.TUTOR] == before
    page = college_prompts.read(around.session, around.viewer("administrator"), str(kind(around)))
    assert [one.asks for one in page.retired] == ["Last of all"]
    assert [line.field for line in page.changes] == ["retired_on", "position", "added"]


def test_only_an_administrator_words_prompts_and_none_without_words(around: Around) -> None:
    fields = admin(around, kind=kind(around), audience="both")
    for role in ("tutor", "head-of-department", "learner"):
        with pytest.raises(NotFound):
            around.save(college_prompts.add_prompt, role, asks="x", **fields)
        with pytest.raises(NotFound):
            college_prompts.read(around.session, around.viewer(role))
    with pytest.raises(Refused, match="what is asked"):
        around.save(college_prompts.add_prompt, "administrator", asks=" ", **fields)


def test_an_outcome_has_a_name_of_its_own_and_a_retired_one_isnt_offered(around: Around) -> None:
    first, second, *_ = college_prompts.outcomes(around.session, around.viewer("administrator"))
    with pytest.raises(Refused, match="this name already"):
        around.save(
            college_prompts.change_outcome,
            "administrator",
            **admin(around, outcome=first.id, version=1, name=second.name),
        )
    around.save(
        college_prompts.change_outcome,
        "administrator",
        **admin(around, outcome=first.id, version=1, name=first.name, retired="on"),
    )
    found = college_prompts.outcomes(around.session, around.viewer("administrator"))
    assert found[0].retired_on == make.TODAY


def test_a_script_costs_the_same_queries_however_many_prompts(around: Around) -> None:
    def cost() -> int:
        around.session.commit()
        viewer = around.viewer("tutor")
        with statements(around.session) as ran:
            prompts.script(around.session, viewer, around.learner_id)
        return len(ran)

    before = cost()
    for number in range(3):
        around.save(
            college_prompts.add_prompt,
            "administrator",
            **admin(around, kind=kind(around, "initial"), asks=f"{number}", audience="both"),
        )
    assert cost() == before <= 6
