"""A review is prepared: by the learner on a phone, by a teacher in a line, and read by the tutor on paper."""

from __future__ import annotations

from tests.browser.conftest import OpenPage
from tests.browser.looking import go

PHONE = {"width": 390, "height": 844}
OVER_THE_EDGE = """() => [...document.querySelectorAll('.pack-sheet')]
    .filter(sheet => sheet.getBoundingClientRect().height > 1123 || sheet.scrollHeight > 1124)
    .map(sheet => sheet.dataset.learner)"""
"""The sheets that are higher than A4, at 96 pixels an inch."""


def test_a_learner_prepares_on_a_phone_and_the_tutor_has_it_on_one_side_of_a4(page_as: OpenPage) -> None:
    phone = page_as("learner", "/learner/1/pack", viewport=PHONE)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    form = phone.locator("[data-writes=self-evaluation]")
    form.locator("[name=going]").select_option("hard")
    form.locator("[name=talk_about]").fill("How to get to the reading sessions")
    form.get_by_role("button", name="Save").click()
    phone.locator(".pack .quote", has_text="How to get to the reading sessions").wait_for()
    reflection = phone.locator("[data-writes=reflection]")
    reflection.locator("[name=learned]").fill("To ask before it is too late")
    reflection.get_by_role("button", name="Save").click()
    phone.locator(".pack .quote", has_text="To ask before it is too late").wait_for()

    tutor = page_as("tutor", "/reviews")
    row = tutor.locator(".upcoming", has_text="Okafor")
    assert "prepared" in row.inner_text()
    row.get_by_role("link").first.click()
    tutor.locator(".pack .quote", has_text="How to get to the reading sessions").wait_for()
    assert tutor.locator(".pack .questions li").count() == 3
    go(tutor, "/cohort/1/packs/print")
    tutor.emulate_media(media="print")
    assert tutor.locator(".pack-sheet").count() > 10
    assert tutor.evaluate(OVER_THE_EDGE) == []
    own = tutor.locator(".pack-sheet[data-learner='1']")
    assert "To ask before it is too late" in own.inner_text()
    assert own.locator("tr[data-state] .box").count() >= 40


def test_a_teacher_adds_a_line_with_one_tap_and_prints_a_class_sheet(page_as: OpenPage) -> None:
    teacher = page_as("teacher", "/reviews", viewport=PHONE)
    first = teacher.locator(".review-lines li").filter(has_text="Add a line").first
    name = first.locator("a.who").inner_text()
    first.locator("summary").click()
    first.locator("[name=going]").select_option("well")
    first.locator("[name=said]").fill("Explains ratios to the whole table")
    first.get_by_role("button", name="Save").click()
    mine = teacher.locator(".review-lines li").filter(has_text=name)
    mine.locator(".own-line", has_text="Explains ratios to the whole table").wait_for()
    mine.locator("a.who").click()
    teacher.locator(".pack-voice", has_text="Explains ratios to the whole table").wait_for()
    go(teacher, "/reviews")
    teacher.locator(".sheets a").first.click()
    teacher.locator(".class-sheet tbody tr").first.wait_for()
    assert teacher.locator("[data-view=class-sheet]").count() == 1
