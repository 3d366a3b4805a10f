"""What a target says: title, criteria, resources, support, where and how, priority, whose idea it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data import history
from data.errors import Refused
from data.form_values import Typed
from data.models import IdeaOf, Priority, Writes
from data.scope import Viewer
from data.target_detail import TargetDetail, criteria_in, lane_choices
from data.target_writes import check_due_on, write

MOST_CRITERIA = 12


def typed_words(session: Session, viewer: Viewer, plan_id: int, typed: Typed) -> dict[str, Any]:
    """The columns of a target, from what a form about the whole of it sent; Refused where it can't be."""
    lanes = {str(lane.id) for lane in lane_choices(session, viewer)}
    due_on = typed.day("due_on")
    if due_on is not None:
        check_due_on(session, plan_id, due_on, viewer.today)
    idea_of = typed.choice("idea_of", IdeaOf)
    return {
        "title": typed.line("title", required="Please say what the target is."),
        "criteria": typed_criteria(typed),
        "lane_id": int(typed.choice("lane_id", lanes, required="Please choose a lane.")),
        "due_on": due_on,
        "resources": typed.text("resources"),
        "where_and_how": typed.text("where_and_how"),
        "support_and_guidance": typed.text("support_and_guidance"),
        "priority": Priority(typed.choice("priority", Priority) or Priority.MEDIUM),
        "idea_of": IdeaOf(idea_of) if idea_of else None,
    }


def typed_criteria(typed: Typed) -> str:
    """The list of criteria as it is stored: one a line, each once."""
    criteria = criteria_in(typed.text("criteria"))
    if len(criteria) > MOST_CRITERIA:
        raise Refused(
            f"Please keep to {MOST_CRITERIA} criteria, one a line; there are {len(criteria)}. A target that"
            " needs more is better made into two.",
            "criteria",
        )
    return "\n".join(criteria)


def changed_words(before: TargetDetail, words: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the columns that differ from what is stored, with what follows from them. The date of an
    agreed target isn't among them: it moves with a reason."""
    changed = {name: value for name, value in words.items() if _as_sent(getattr(before, name)) != value}
    if not before.proposed:
        changed.pop("due_on", None)
    if "due_on" in changed:
        changed["first_due_on"] = changed["due_on"]
    return changed


def write_words(
    session: Session,
    viewer: Viewer,
    before: TargetDetail,
    values: Mapping[str, Any],
    said: str,
    *rights: Writes,
) -> None:
    """Write what changed over the version that was read, with its history."""
    write(session, viewer, before, values, said, *rights)
    if "lane_id" in values:
        labels = {lane.id: lane.label for lane in lane_choices(session, viewer)}
        new = labels[values["lane_id"]]
        history.record(session, viewer, before.plan_id, "lane", before.lane_label, new, target_id=before.id)


def _as_sent(value: Any) -> Any:
    """A stored text as a browser sends it back."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
