"""One request for each callback and address of the app, about a given place in a college.

A new callback needs a line in SAMPLES, a new kind of form one in WRITTEN, a new kind of id in an address a
line in NAMED_IDS: the tests of scope and of logs fail without, and when a sample reaches nothing even for
who may see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """What a request can be about: the ids of one learner's plan and of what is around it."""

    department: Any
    cohort: Any
    learner: Any
    plan: Any
    target: Any
    step: Any
    milestone: Any
    review: Any
    lane: Any
    kind: Any
    evidence: Any = 0
    stuck: Any = 0
    proposed: Any = 0
    offered: Any = 0
    second: Any = 0
    second_step: Any = 0
    link: Any = 0
    criterion: str = "no such criterion"
    support: Any = 0
    support_session: Any = 0
    barrier: Any = 0
    help: Any = 0
    linked_plan: Any = 0
    wall: Any = 0
    family_name: str = "zq00000qz"
    parent: Any = 0
    employer: Any = 0
    helper: Any = 0
    contract: Any = 0
    version: int = 1
    plan_version: int = 1
    phase_version: int = 1
    preparedness_version: int = 1
    transition_item_version: int = 1
    draft_part_version: int = 1
    draft_own_version: int = 1
    draft_start_version: int = 1
    draft_breakdown_version: int = 1
    template_version: int = 1
    template_milestone_version: int = 1
    phase_set_version: int = 1
    skill: Any = None
    option: Any = None
    progression_need: Any = None
    attainment: Any = None
    assessment: Any = None
    experience: Any = None
    own_stop: Any = None
    earlier_plan: Any = None
    exit_kind: Any = None
    own_kind_rule: Any = None
    phase: Any = None
    bridge: Any = None
    transition_item: Any = None
    draft_part: Any = None
    draft_own: Any = None
    draft_start: Any = None
    draft_breakdown: Any = None
    template: Any = None
    template_phase: Any = None
    template_milestone: Any = None
    template_run: Any = None
    phase_set: Any = None
    review_done: Any = 0
    review_held: Any = 0
    review_lost: Any = 0
    review_target: Any = 0
    review_new: Any = 0
    review_action: Any = 0
    group: Any = None
    college: Any = None
    closed: Any = None
    tutor: Any = None
    booking: Any = None
    booking_ahead: Any = None
    free_slot: Any = None
    spare_slot: Any = None
    slot: Any = None
    prompt: Any = None
    prompt_version: int = 1
    answers: int = 1
    outcome: Any = None
    checks: int = 1
    case: Any = None
    case_version: int = 1
    case_lead: Any = None
    case_person: Any = None
    case_action: Any = None
    case_closed: Any = None
    case_closed_version: int = 1
    stand_in: Any = None
    stand_in_until: Any = None
    stand_in_back: Any = None
    stand_in_by: Any = None
    stand_in_for: Any = None

    def selection(self) -> dict[str, str]:
        """What the address may select on any page."""
        names = ("department", "cohort", "learner", "plan", "target", "milestone", "review")
        return {name: str(getattr(self, name)) for name in names} | {"list": "overdue"}


NAMED_IDS: dict[str, Callable[[Place], Any]] = {
    "department_id": lambda place: place.department,
    "cohort_id": lambda place: place.cohort,
    "learner_id": lambda place: place.learner,
    "plan_id": lambda place: place.plan,
    "target_id": lambda place: place.target,
    "review_id": lambda place: place.review,
    "form_id": lambda place: place.review_done,
    "template_id": lambda place: place.template,
    "group_id": lambda place: place.group,
    "evidence_id": lambda place: place.evidence,
    "token": lambda place: f"token-{place.learner}",
    "wall_id": lambda place: place.wall,
    "filename": lambda place: "theme.css",
    "package_name": lambda place: "dash",
    "fingerprinted_path": lambda place: "nothing.js",
    "path": lambda place: "nowhere",
}


def saved(place: Place) -> dict[str, Any]:
    """What a page hears of a save."""
    return {
        "kind": "target",
        "target": place.target,
        "plan": place.plan,
        "learner": place.learner,
        "cohort": place.cohort,
        "milestone": place.milestone,
        "version": place.version,
    }


def _support(place: Place) -> dict[str, Any]:
    return {
        "what": "Supported by the sample",
        "by_whom": "The sample",
        "how_often": "weekly",
        "sessions_planned": "6",
        "from_on": "2026-10-01",
        "lane_id": place.lane,
        "confidentiality": "1",
    }


def _barrier(place: Place) -> dict[str, Any]:
    return {
        "what": "Barred by the sample",
        "kind": "social",
        "from_on": "2026-10-01",
        "lane_id": place.lane,
        "confidentiality": "1",
    }


def _help() -> dict[str, Any]:
    return {
        "what": "Helped by the sample",
        "agency": "The sample",
        "from_on": "2026-10-01",
        "confidentiality": "1",
    }


def _linked_plan() -> dict[str, Any]:
    return {
        "kind": "health",
        "reference": "Kept by the sample",
        "whom_to_ask": "The sample",
        "confidentiality": "1",
    }


def _closed() -> dict[str, Any]:
    return {"name": "Closed by the sample", "from_on": "2027-04-05", "last_on": "2027-04-09", "sure": "on"}


def _case(place: Place) -> dict[str, Any]:
    return {"about": "Opened by the sample", "lead_id": place.case_lead, "confidentiality": "1"}


def _action() -> dict[str, Any]:
    return {"what": "Done by the sample", "by_whom": "The sample", "due_on": "2027-02-01"}


WRITTEN: dict[str, Callable[[Place], dict[str, Any]]] = {
    # kind of form: what it sends
    "calendar-make": lambda place: {"tutor": place.tutor},
    "calendar-revoke": lambda place: {"tutor": place.tutor},
    "own-rule": lambda place: {
        "plan": place.plan,
        "version": place.plan_version,
        "from_on": "2027-01-11",
        "preset": "every 12 weeks",
        "own_rule_reason": "Decided by the sample",
        "own_rule_evidence": "Shown by the sample",
    },
    "own-kind-rule": lambda place: {
        "plan": place.plan,
        "kind": place.exit_kind,
        "from_on": "2027-01-11",
        "occasion": "needed",
        "own_rule_reason": "Decided by the sample",
        "own_rule_evidence": "Shown by the sample",
    },
    "own-kind-rule-remove": lambda place: {
        "plan": place.plan,
        "rule": place.own_kind_rule,
        "version": 1,
    },
    "own-rule-remove": lambda place: {"plan": place.plan, "version": place.plan_version},
    "slot-offer": lambda place: {
        "tutor": place.tutor,
        "on_day": "2027-01-18",
        "starts": "09:00",
        "minutes": "20",
        "how_many": "3",
    },
    "slot-change": lambda place: {"slot": place.slot, "version": 1, "place": "Room of the sample"},
    "booking-move": lambda place: {"booking": place.booking_ahead, "version": 1, "slot": place.free_slot},
    "booking-no-show": lambda place: {"booking": place.booking, "version": 1, "no_show": "on"},
    "booking-cancel": lambda place: {
        "booking": place.booking,
        "version": 2,
        "reason": "Cancelled by the sample",
    },
    "slots-book": lambda place: {"tutor": place.tutor, f"plan-{place.spare_slot}": place.plan},
    "slot-remove": lambda place: {"slot": place.slot},
    "review-kind-add": lambda place: {"college": place.college, "name": "Added by the sample"},
    "review-kind": lambda place: {
        "college": place.college,
        "kind": place.kind,
        "version": 1,
        "name": "Named by the sample",
        "counts": "on",
    },
    "review-rule-add": lambda place: {
        "college": place.college,
        "from_on": "2027-02-01",
        "preset": "termly",
        "sure": "on",
    },
    "kind-rule-add": lambda place: {
        "college": place.college,
        "kind": place.exit_kind,
        "from_on": "2027-02-01",
        "occasion": "end",
        "weeks_before": "4",
        "for_whom": "everyone",
        "sure": "on",
    },
    "stand-in": lambda place: {
        "department": place.department,
        "tutor": place.stand_in_for,
        "person": place.stand_in_by,
        "kind": "cover",
        "from_on": "2027-04-05",
        "until_on": "2027-04-09",
        "whose": place.cohort,
        "sure": "on",
    },
    "stand-in-last-day": lambda place: {
        "row": place.stand_in,
        "version": 1,
        "until_on": place.stand_in_until,
    },
    "stand-in-take-back": lambda place: {"row": place.stand_in_back, "version": 1},
    "closed-add": lambda place: {"college": place.college} | _closed(),
    "closed-change": lambda place: (
        {"college": place.college, "closed": place.closed, "version": 1} | _closed()
    ),
    "closed-remove": lambda place: {
        "college": place.college,
        "closed": place.closed,
        "version": 2,
        "sure": "on",
    },
    "starting-summary": lambda place: {
        "plan": place.plan,
        "version": place.plan_version,
        "starting_point": "Begun by the sample",
    },
    "attainment": lambda place: {
        "plan": place.plan,
        "attainment": place.attainment,
        "version": 1,
        "kind": "experience",
        "what": "Brought by the sample",
    },
    "assessment": lambda place: {
        "plan": place.plan,
        "assessment": place.assessment,
        "version": 1,
        "kind": "diagnostic",
        "instrument": "Used by the sample",
        "taken_on": "2026-10-01",
        "result": "Found by the sample",
        "meaning": "Meant by the sample",
        "next_step": "Done by the sample",
        "need": "on",
    },
    "need-target": lambda place: {
        "plan": place.plan,
        "assessment": place.assessment,
        "version": 2,
        "title": "Needed by the sample",
        "lane_id": place.lane,
        "due_on": "2027-02-01",
    },
    "own-words": lambda place: {"plan": place.plan, "version": 1, "strengths": "Written by the sample"},
    "balance": lambda place: {"plan": place.plan, "version": 0, f"skill-{place.skill}": 3},
    "tutors-balance": lambda place: {"plan": place.plan, "version": 0, f"skill-{place.skill}": 2},
    "skill": lambda place: {
        "plan": place.plan,
        "skill": place.skill,
        "version": 1,
        "name": "Named by the sample",
    },
    "destination": lambda place: {
        "plan": place.plan,
        "version": place.plan_version,
        "destination": "Wished by the sample",
    },
    "progression-in-words": lambda place: {
        "plan": place.plan,
        "version": place.plan_version,
        "progression": "Told by the sample",
    },
    "progression-option": lambda place: {
        "plan": place.plan,
        "option": place.option,
        "version": 1,
        "kind": "apprenticeship",
        "title": "Found by the sample",
    },
    "progression-need": lambda place: {
        "plan": place.plan,
        "option": place.option,
        "need": place.progression_need,
        "version": 1,
        "needs": "Asked by the sample",
        "met": "met",
        "target": place.target,
    },
    "plan-exit": lambda place: {
        "plan": place.plan,
        "version": 1,
        "kind": "employment",
        "destination": "Left by the sample",
        "ended_on": "2027-01-11",
        "end_reason": "completed",
    },
    "plan-continues": lambda place: {"plan": place.plan, "previous": place.earlier_plan},
    "own-stop": lambda place: {
        "plan": place.plan,
        "own_stop": place.own_stop,
        "version": 1,
        "lane_id": place.lane,
        "title": "Stopped at by the sample",
        "stop_on": "2027-02-01",
    },
    "road-name": lambda place: {
        "plan": place.plan,
        "lane_id": place.lane,
        "version": 0,
        "name": "Named by the sample",
    },
    "experience": lambda place: {
        "plan": place.plan,
        "experience": place.experience,
        "version": 1,
        "kind": "academic",
        "what": "Lived by the sample",
        "from_on": "2026-10-07",
        "learned": "Learned by the sample",
    },
    "person-save": lambda place: {
        "plan": place.plan,
        "kind": "agency",
        "name": "Added by the sample",
        "access": "read",
    },
    "person-remove": lambda place: {"id": place.helper, "version": 1},
    "consent-give": lambda place: {"id": place.parent, "version": 1},
    "consent-withdraw": lambda place: {"id": place.employer, "version": 1},
    "invitation-make": lambda place: {"id": place.parent, "expires_on": "2027-02-01"},
    "invitation-revoke": lambda place: {"id": place.parent},
    "birthday-save": lambda place: {"plan": place.plan, "version": 1, "born_on": "2009-05-03"},
    "agree": lambda place: {"plan": place.plan, "party": "tutor", "version": place.contract},
    "support-add": lambda place: {"plan": place.plan} | _support(place),
    "support-change": lambda place: {"support": place.support, "version": 1} | _support(place),
    "support-session-add": lambda place: {
        "support": place.support,
        "held_on": "2027-01-05",
        "outcome": "delivered",
        "note": "Noted by the sample",
    },
    "support-session-change": lambda place: {
        "session": place.support_session,
        "version": 1,
        "held_on": "2027-01-06",
        "outcome": "missed",
        "note": "Put right by the sample",
    },
    "barrier-add": lambda place: {"plan": place.plan} | _barrier(place),
    "barrier-change": lambda place: {"barrier": place.barrier, "version": 1} | _barrier(place),
    "barrier-answer": lambda place: {
        "barrier": place.barrier,
        "version": 2,
        "why_not": "Answered by the sample",
    },
    "barrier-pass": lambda place: {
        "barrier": place.barrier,
        "version": 3,
        "passed_on": "2027-01-08",
        "how_passed": "Passed by the sample",
    },
    "help-add": lambda place: {"plan": place.plan} | _help(),
    "help-change": lambda place: {"help": place.help, "version": 1} | _help(),
    "help-consent": lambda place: {
        "help": place.help,
        "version": 2,
        "consent_on": "2027-01-04",
        "consent_by": "The sample",
    },
    "help-consent-withdraw": lambda place: {"help": place.help, "version": 3, "withdrawn_on": "2027-01-08"},
    "linked-plan-add": lambda place: {"plan": place.plan} | _linked_plan(),
    "linked-plan-change": lambda place: {"linked_plan": place.linked_plan, "version": 1} | _linked_plan(),
    "phase": lambda place: {
        "phase": place.phase,
        "version": place.phase_version,
        "name": "Named by the sample",
        "ends_on": "2027-01-29",
    },
    "template-add": lambda place: {
        "department": place.department,
        "name": "Added by the sample",
        "phase_set": place.phase_set,
    },
    "template": lambda place: {
        "template": place.template,
        "version": place.template_version,
        "name": "Named by the sample",
        "phases": "Start",
    },
    "template-milestone": lambda place: {
        "template": place.template,
        "milestone": place.template_milestone,
        "version": place.template_milestone_version,
        "short_title": "S1",
        "title": "Set by the sample",
        "lane_id": place.lane,
    },
    "template-carry": lambda place: {
        "template": place.template,
        "version": place.template_version,
        "plan": place.plan,
    },
    "template-undo": lambda place: {"run": place.template_run},
    "phase-set": lambda place: {
        "phase_set": place.phase_set,
        "version": place.phase_set_version,
        "name": "Named by the sample",
        "phases": "Start, 6 weeks",
    },
    "draft-part": lambda place: {
        "plan": place.plan,
        "part": place.draft_own,
        "version": place.draft_own_version,
        "kind": "stop",
        "lane_id": place.lane,
        "said": "Drafted by the sample",
    },
    "draft-remove": lambda place: {"part": place.draft_own, "version": place.draft_own_version},
    "draft-reply": lambda place: {
        "part": place.draft_part,
        "version": place.draft_part_version,
        "reply": "Answered by the sample",
    },
    "draft-take-text": lambda place: {
        "part": place.draft_start,
        "version": place.draft_start_version,
        "words": "Taken by the sample",
    },
    "draft-take-stop": lambda place: {
        "part": place.draft_part,
        "version": place.draft_part_version,
        "title": "Taken by the sample",
        "lane_id": place.lane,
        "due_on": "2027-02-01",
    },
    "draft-take-breakdown": lambda place: {
        "part": place.draft_breakdown,
        "version": place.draft_breakdown_version,
        "what": "Taken by the sample",
        "kind": "personal",
        "confidentiality": "1",
    },
    "phases-set": lambda place: {"plan": place.plan, "phase_set": place.phase_set},
    "preparedness": lambda place: {
        "phase": place.phase,
        "version": place.preparedness_version,
        "academic": "nearly",
        "reason": "Judged by the sample",
    },
    "own-view": lambda place: {
        "phase": place.phase,
        "version": place.preparedness_version,
        "own_view": "Seen so by the sample",
    },
    "bridge-add": lambda place: {"phase": place.phase, "aspect": "academic", "what": "Built by the sample"},
    "bridge-tick": lambda place: {"bridge": place.bridge, "done": "on"},
    "transition-add": lambda place: {"plan": place.plan, "kind": "cv", "what": "Sent by the sample"},
    "transition-item": lambda place: {
        "item": place.transition_item,
        "version": place.transition_item_version,
        "kind": "cv",
        "what": "Sent by the sample",
    },
    "target": lambda place: {
        "target": place.target,
        "version": place.version,
        "status": "achieved",
        "due_on": "2027-01-29",
        "reason": "changed by the sample",
        "note": "noted by the sample",
    },
    "judgement-add": lambda place: {
        "plan": place.plan,
        "colour": "amber",
        "reason": "judged by the sample",
    },
    "target-step": lambda place: {"target": place.target, "step": place.step, "done": "on"},
    "new-target": lambda place: {
        "plan": place.plan,
        "title": "Added by the sample",
        "criteria": "Seen by its author",
        "lane_id": place.lane,
        "due_on": "2027-02-01",
    },
    "reflection": lambda place: {"plan": place.plan, "learned": "Learned by the sample"},
    "comment": lambda place: {"plan": place.plan, "said": "Said by the sample"},
    "news-seen": lambda place: {"plan": place.plan, "change": 1},
    "review-held": lambda place: {
        "plan": place.plan,
        "kind_id": place.kind,
        "held_on": "2027-01-08",
        "note": "Held by the sample",
    },
    "review-start": lambda place: {"plan": place.plan, "kind": place.kind},
    "review-give-up": lambda place: {"form": place.review_lost},
    "review-part": lambda place: {
        "form": place.review_held,
        "version": 0,
        "part": "agreed",
        "said": "Agreed by the sample",
    },
    "review-decision": lambda place: {
        "form": place.review_held,
        "target": place.review_target,
        "version": 0,
        "choice": "keep",
    },
    "review-target-add": lambda place: {
        "form": place.review_held,
        "title": "Added by the sample",
        "lane_id": place.lane,
        "due_on": "2027-02-01",
    },
    "review-target-remove": lambda place: {"form": place.review_held, "decision": place.review_new},
    "review-action-add": lambda place: {
        "form": place.review_held,
        "by_whom": "The sample",
        "what": "Done by the sample",
    },
    "review-action-remove": lambda place: {"form": place.review_held, "action": place.review_action},
    "review-complete": lambda place: {"form": place.review_held, "held_on": "2027-01-11"},
    "review-sign": lambda place: {"form": place.review_done, "party": "learner"},
    "review-note": lambda place: {"form": place.review_done, "said": "Noted by the sample"},
    "group-review": lambda place: {
        "cohort": place.cohort,
        "kind_id": place.kind,
        "held_on": "2027-01-07",
        "note": "Told to all by the sample",
        "present": [place.plan],
        f"outcome-{place.plan}": "Outcome by the sample",
    },
    "target-propose": lambda place: {
        "plan": place.plan,
        "title": "Proposed by the sample",
        "lane_id": place.lane,
        "due_on": "2027-02-01",
    },
    "target-amend": lambda place: {
        "target": place.proposed,
        "version": 1,
        "title": "Amended by the sample",
        "lane_id": place.lane,
        "due_on": "2027-02-02",
    },
    "target-agree": lambda place: {"target": place.proposed, "version": 2},
    "target-decline": lambda place: {"target": place.offered, "version": 1, "said": "Not now"},
    "target-achieve": lambda place: {
        "target": place.second,
        "version": 3,
        "how_met": "Seen by the sample",
        "said": "A note by the sample",
    },
    "criterion-judge": lambda place: {"target": place.target, "criterion": place.criterion, "judged": "met"},
    "criterion-confirm": lambda place: {
        "target": place.target,
        "criterion": place.criterion,
        "judged": "met",
        "confirmed": "on",
    },
    "step-add": lambda place: {"target": place.second, "text": "A step by the sample"},
    "step-change": lambda place: {
        "target": place.target,
        "step": place.step,
        "text": "Changed by the sample",
    },
    "step-move": lambda place: {"target": place.target, "step": place.step, "to": "later"},
    "step-remove": lambda place: {"target": place.second, "step": place.second_step},
    "evidence-add": lambda place: {"target": place.target, "said": "Evidence by the sample"},
    "evidence-remove": lambda place: {"target": place.target, "evidence": place.evidence},
    "link-add": lambda place: {"target": place.target, "kind": "skill", "serves": "The sample’s skill"},
    "link-remove": lambda place: {"target": place.target, "link": place.link},
    "self-evaluation": lambda place: {
        "plan": place.plan,
        "going": "mostly",
        "talk_about": "Prepared by the sample",
    },
    "review-line": lambda place: {"plan": place.plan, "going": "well", "said": "A line by the sample"},
    "prompt-answers": lambda place: {
        "plan": place.plan,
        "version": place.answers,
        f"answer-{place.prompt}": "Answered by the sample",
    },
    "programme-check": lambda place: {
        "plan": place.plan,
        "version": place.checks,
        "choice": "transfer",
        "to_what": "Found by the sample",
        "reason": "Chosen by the sample",
        "checked_on": "2027-01-08",
    },
    "case-open": lambda place: {"plan": place.plan, "opened_on": "2027-01-08"} | _case(place),
    "case-change": lambda place: {"case": place.case, "version": place.case_version} | _case(place),
    "case-person-add": lambda place: {"case": place.case, "name": "Added by the sample"},
    "case-person-left": lambda place: {"person": place.case_person, "version": 1},
    "case-action-add": lambda place: {"case": place.case} | _action(),
    "case-action": lambda place: {"action": place.case_action, "version": 1} | _action(),
    "case-note-add": lambda place: {"case": place.case, "said": "Noted by the sample"},
    "case-close": lambda place: {
        "case": place.case,
        "version": place.case_version,
        "outcome_id": place.outcome,
        "said": "Closed by the sample",
        "closed_on": "2027-01-08",
    },
    "case-reopen": lambda place: {
        "case": place.case_closed,
        "version": place.case_closed_version,
        "reopened_why": "Opened again by the sample",
    },
    "prompt-add": lambda place: {
        "college": place.college,
        "kind": place.kind,
        "asks": "Asked by the sample",
        "audience": "tutor",
    },
    "prompt": lambda place: {
        "college": place.college,
        "prompt": place.prompt,
        "version": place.prompt_version,
        "asks": "Asked anew by the sample",
        "audience": "both",
    },
    "prompt-move": lambda place: {
        "college": place.college,
        "prompt": place.prompt,
        "version": place.prompt_version,
        "to": "later",
    },
    "programme-check-rule": lambda place: {
        "college": place.college,
        "version": 1,
        "from_on": "2026-08-01",
        "weeks": "8",
    },
    "case-outcome-add": lambda place: {"college": place.college, "name": "Ended by the sample"},
    "case-outcome": lambda place: {
        "college": place.college,
        "outcome": place.outcome,
        "version": 1,
        "name": "Named by the sample",
    },
    "stuck-say": lambda place: {"target": place.second, "said": "Stuck by the sample"},
    "stuck-answer": lambda place: {"stuck": place.stuck, "answer": "Answered by the sample"},
}

SAMPLES: dict[str, Callable[[Place], list[Any]]] = {
    # function of the callback: the values of its inputs, then of its states
    "callbacks.search.find": lambda place: [place.family_name],
    "callbacks.target_form.choose": lambda place: [place.selection(), None],
    "callbacks.department.follow_selection": lambda place: [
        {"list": "overdue", "cohort": str(place.cohort)},
        {"department": place.department, "list": {}},
    ],
    "callbacks.department.follow_save": lambda place: [
        saved(place),
        {"department": place.department, "list": {"list": "overdue"}},
    ],
    "callbacks.coverage.follow_selection": lambda place: [
        {"plan": str(place.plan), "sort": "state"},
        {"cohort": place.cohort, "asked": {}},
    ],
    "callbacks.coverage.follow_save": lambda place: [
        saved(place),
        {"cohort": place.cohort, "asked": {"list": "batches"}},
    ],
    "callbacks.coverage_by.follow_selection": lambda place: [
        {"list": "missed", "by": "all", "of": "all"},
        {"department": place.department, "asked": {}},
    ],
    "callbacks.capacity.follow_selection": lambda place: [
        {"list": "due", "of": str(place.stand_in_for)},
        {"department": place.department, "asked": {}},
    ],
    "callbacks.tutors.follow_selection": lambda place: [
        {"tutor": str(place.stand_in_for)},
        {"department": place.department, "tutor": ""},
    ],
    "callbacks.tutors.follow_save": lambda place: [saved(place), {"department": place.department}],
    "callbacks.organisation.follow_selection": lambda place: [{"by": "first"}],
    "callbacks.cohort.follow_save": lambda place: [saved(place), place.cohort],
    "callbacks.route_draft.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.next_review.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.schedule.follow_save": lambda place: [saved(place)],
    "callbacks.college_reviews.follow_save": lambda place: [saved(place)],
    "callbacks.templates.follow_save_of_list": lambda place: [saved(place)],
    "callbacks.templates.follow_save": lambda place: [
        saved(place),
        {"template": place.template, "cohort": place.cohort},
    ],
    "callbacks.phases.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.support.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.people.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.agreement.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.target_page.follow_save": lambda place: [saved(place), {"target": place.target}],
    "callbacks.reviews.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.reviews.follow_line": lambda place: [saved(place)],
    "callbacks.reflections.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.starting_point.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.destination.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.experiences.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.review_days.follow_save": lambda place: [saved(place), {"cohort": place.cohort}],
    "callbacks.review.show_tutors_part": lambda place: [1, {"form": place.review_held}],
    "callbacks.cases.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.college_prompts.follow_save": lambda place: [saved(place), {"kind": str(place.kind)}],
    "callbacks.review.follow_save": lambda place: [saved(place), {"form": place.review_held}],
    "callbacks.review.follow_save_of_learner": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
    "callbacks.learner.follow_save": lambda place: [
        saved(place),
        {"learner": place.learner, "plan": place.plan},
    ],
}
