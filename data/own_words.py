"""Who writes a learner's own words: the learner; and for one who doesn't sign in, the tutor, side by side."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.errors import Refused
from data.models import Writes
from data.plan_head import READ_ONLY, PlanHead, plan_head
from data.scope import Viewer

RIGHTS = (Writes.OWN_NOTES, Writes.PLANS)
"""The rights of which a form for own words needs one; `require_own_words` decides for the plan."""
LEARNERS_OWN = "These are the learner’s own words: they sign in and write them. Please ask them to."


def may_write_own_words(head: PlanHead) -> bool:
    return head.may_write_notes or (head.may_write_plan and head.learner_person_id is None)


def require_own_words(session: Session, viewer: Viewer, plan_id: int) -> PlanHead:
    """The plan, for who may write the learner's own words in it. NotFound where the viewer doesn't see it."""
    head = plan_head(session, viewer, plan_id)
    if not may_write_own_words(head):
        raise Refused(LEARNERS_OWN if head.may_write_plan else READ_ONLY)
    return head
