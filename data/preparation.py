"""The learner prepares a review: how it goes, and what they want to talk about.

What they write under the four prompts is a reflection like any other (`reflections.save`).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import plan_rows
from data.form_values import Typed
from data.models import Going, SelfEvaluation
from data.own_words import require_own_words
from data.saved import Saved
from data.scope import Viewer

SELF_EVALUATION = "self-evaluation"


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a self-evaluation, or change one: the learner's own, or written down for one without an account.

    Raises NotFound, Refused or ChangedElsewhere.
    """
    head = require_own_words(session, viewer, typed.id("plan"))
    values = {
        "going": typed.choice("going", Going, required="Please choose how it is going."),
        "talk_about": typed.text("talk_about", longest=1000),
    }
    sentence = "Saved. It stands in the review pack."
    if written := typed.id_or_none("self_evaluation"):
        row = plan_rows.of_plan(session, SelfEvaluation, written, head.id)
        version = plan_rows.change(session, viewer, head.id, row, typed.version(), values)
        return head.saved(sentence, SELF_EVALUATION, id=row.id, version=version)
    row = SelfEvaluation(plan_id=head.id, written_on=viewer.today, **values)
    plan_rows.add(session, viewer, head.id, row, values["talk_about"] or values["going"])
    return head.saved(sentence, SELF_EVALUATION, id=row.id, version=1)
