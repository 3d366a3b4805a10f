"""The page of a plan's support: what helps, what is in the way, who helps from outside, and who reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from components import words
from components.drawing import drawing, render
from components.plan_frame import plan_frame
from data.confidential import ChangeLine, Level
from data.models import BarrierKind, Confidential, LinkedPlanKind, Reach
from data.support import SupportLine, SupportPage

SUPPORT = "support"
"""The drawing."""
LEVEL_NAMES = {1: "Open", 2: "Limited", 3: "Private", 4: "Strictly private"}
BARRIER_KINDS = {
    BarrierKind.PERSONAL: "Personal",
    BarrierKind.SOCIAL: "Social",
    BarrierKind.INSTITUTIONAL: "Institutional",
}
BARRIER_KINDS_EXPLAINED = {
    BarrierKind.PERSONAL: "Personal: health, confidence, money, time",
    BarrierKind.SOCIAL: "Social: home, friends, caring, travel",
    BarrierKind.INSTITUTIONAL: "Institutional: how the college does things",
}
LINKED_PLAN_KINDS = {
    LinkedPlanKind.EHCP: "Education, health and care plan (EHCP)",
    LinkedPlanKind.IEP: "Individualised education programme (IEP)",
    LinkedPlanKind.SECTION_504: "504 plan",
    LinkedPlanKind.HEALTH: "Health care plan",
    LinkedPlanKind.WELLNESS: "Wellness plan",
    LinkedPlanKind.SAFEGUARDING: "Safeguarding record",
    LinkedPlanKind.OTHER: "Another plan",
}
OUTCOMES = (("delivered", "It took place"), ("missed", "It was missed"))
CORRECTIONS = (*OUTCOMES, ("mistake", "Recorded by mistake: take it away"))
FIRST_LEVEL_OF_LEARNER, FIRST_LEVEL_OF_STAFF = 3, 2
MOST_DOTS = 24
SHORT = 120
"""Characters of a text that the history shows."""
_FIELDS = {
    "what": "what it is",
    "by_whom": "who gives it",
    "how_often": "how often",
    "sessions_planned": "sessions planned",
    "from_on": "since when",
    "until_on": "until when",
    "how_passed": "how it was passed",
    "kind": "the kind",
    "agency": "who gives it",
    "contact_name": "whom to contact",
    "contact": "how to reach them",
    "consent_on": "consent given",
    "consent_by": "consent given by",
    "withdrawn_on": "consent withdrawn",
    "reference": "where it is kept",
    "whom_to_ask": "whom to ask",
    "ended_on": "ended",
}


def support_page(page: SupportPage) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(page.head, "support", [drawing(SUPPORT, markup(page), view="support")])


def markup(page: SupportPage) -> str:
    """The drawing; a learner's own speaks to the learner."""
    own = page.head.own
    yours = [level for level in page.levels if level.yours]
    preferred = FIRST_LEVEL_OF_LEARNER if own else FIRST_LEVEL_OF_STAFF
    return render(
        "support.html",
        page=page,
        head=page.head,
        own=own,
        writes=page.head.may_write_support,
        names=page.head.may_write_notes or page.head.may_write_support,
        today=page.today,
        lanes=[(lane.id, lane.label) for lane in page.lanes],
        lane_labels={lane.id: lane.label for lane in page.lanes},
        supports=sorted(page.supports, key=lambda one: (_ended(one, page.today), one.from_on)),
        barriers=sorted(page.barriers, key=lambda one: (one.passed_on is not None, one.from_on)),
        undecided=sum(not one.answered and one.passed_on is None for one in page.barriers),
        levels=[(level, LEVEL_NAMES[level.number], readers(level, own)) for level in page.levels],
        level_options=[
            (level.number, f"{level.number} {LEVEL_NAMES[level.number]}: {readers(level, own)}")
            for level in yours
        ],
        level_names=LEVEL_NAMES,
        first_level=min(preferred, max((level.number for level in yours), default=1)),
        barrier_kinds=BARRIER_KINDS,
        barrier_kind_options=BARRIER_KINDS_EXPLAINED.items(),
        linked_kinds=LINKED_PLAN_KINDS,
        linked_kind_options=_linked_kind_options(yours),
        outcomes=OUTCOMES,
        corrections=CORRECTIONS,
        support_state=support_state,
        dots=dots,
        barriers_of={
            support.id: [one.what for one in page.barriers if one.support_id == support.id]
            for support in page.supports
        },
        history=lambda sort, row_id: page.history.get((Confidential(sort), row_id), ()),
        change=lambda line: change_in_words(line, page),
    )


def readers(level: Level, own: bool) -> str:
    """Who reads a level: "you, your tutor and the learning-support lead"."""
    if level.everyone:
        return "everyone who may open this plan"
    order = list(Reach)
    in_order = sorted(level.readers, key=lambda one: -order.index(Reach(one[1])))
    *most, last = [_reader(label, reach, own) for label, reach in in_order] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def _reader(label: str, reach: str, own: bool) -> str:
    if own and reach == Reach.OWN_PLAN:
        return "you"
    near = reach in (Reach.CASELOAD, Reach.TEACHING_GROUPS)
    return f"your {label}" if own and near else f"the {label}"


def support_state(support: SupportLine, today: date) -> tuple[str, str]:
    """(state as a style, in words) of a support on a day."""
    if support.from_on > today:
        return "to-come", f"Starts {words.short_day(support.from_on)}"
    if _ended(support, today):
        return "withdrawn", f"Ended {words.short_day(support.until_on)}"
    return "in-progress", "Running"


def _ended(support: SupportLine, today: date) -> bool:
    return support.until_on is not None and support.until_on < today


def dots(support: SupportLine) -> list[str]:
    """One mark a session: those held and missed in their order, then those planned and not held yet."""
    recorded = ["held" if one.delivered else "missed" for one in reversed(support.sessions)]
    earlier = ["held"] * (support.sessions_delivered - recorded.count("held"))
    ahead = ["ahead"] * max(0, support.sessions_planned - support.sessions_delivered)
    marks = earlier + recorded + ahead
    return marks if len(marks) <= MOST_DOTS and support.sessions_planned else []


def _linked_kind_options(yours: list[Level]) -> list[tuple[str, str]]:
    """A safeguarding record is for whom the highest level is."""
    highest = any(level.number == max(LEVEL_NAMES) for level in yours)
    return [
        (kind, label)
        for kind, label in LINKED_PLAN_KINDS.items()
        if highest or kind != LinkedPlanKind.SAFEGUARDING
    ]


# --- the history in words -------------------------------------------------------------------------------


def change_in_words(line: ChangeLine, page: SupportPage) -> str:
    """put it on the plan; changed how often from “weekly” to “twice a week”."""
    old, new = _value(line.field, line.old, page), _value(line.field, line.new, page)
    if line.field == "created":
        return "put it on the plan"
    if line.field == "passed_on":
        return f"said that it was passed on {new}" if line.new else "said that it is there again"
    if line.field == "session":
        if line.old is None:
            return f"recorded {new}"
        return f"put right {old}: {new}" if line.new else f"took away {old}"
    if line.field == "answer":
        return f"said what it leads to: {new}" if line.new else "took away what it leads to"
    if line.field == "confidentiality":
        return f"changed who reads it from {old} to {new}"
    field = "the lane" if line.field == "lane_id" else _FIELDS.get(line.field, line.field)
    if line.old is None:
        return f"added {field}: {new}"
    return f"changed {field} from {old} to {new}" if line.new else f"took away {field}: {old}"


def _value(field: str, value: str | None, page: SupportPage) -> str:
    if value is None:
        return ""
    if field.endswith("_on"):
        return words.day(date.fromisoformat(value))
    if field in ("session", "answer"):
        return value
    if field == "confidentiality":
        return f"{value} {LEVEL_NAMES[int(value)]}"
    if field == "lane_id":
        return next((lane.label for lane in page.lanes if str(lane.id) == value), "another lane")
    if field == "kind":
        kinds: dict[Any, str] = {**BARRIER_KINDS, **LINKED_PLAN_KINDS}
        return kinds.get(value, value)
    return f"“{value}”" if len(value) <= SHORT else f"“{value[:SHORT].rstrip()} …”"
