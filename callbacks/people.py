"""`/learner/<id>/people`: who has to do with a plan, with whose consent, and their links."""

from __future__ import annotations

from typing import Any

from dash import Dash, no_update
from flask import request as flask_request

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components.people_of_plan import PEOPLE, people_of_plan, people_page
from data import people_of_plan as people
from data import people_saves
from data.models import Writes

WRITERS = {
    "person-save": Writer.of(people_saves.save_person, *people_saves.MAY_ARRANGE),
    "person-remove": Writer.of(people_saves.remove_person, *people_saves.MAY_ARRANGE),
    "consent-give": Writer.of(people_saves.give_consent, *people_saves.MAY_ARRANGE),
    "consent-withdraw": Writer.of(people_saves.withdraw_consent, *people_saves.MAY_ARRANGE),
    "invitation-make": Writer.of(people_saves.invite, *people_saves.MAY_ARRANGE),
    "invitation-revoke": Writer.of(people_saves.revoke, *people_saves.MAY_ARRANGE),
    "birthday-save": Writer.of(people_saves.save_birthday, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The people around the plan asked for, else around the current one."""
    with request.looking() as (session, viewer):
        found = people.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "people", people_page(found))


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing from the database; a link just made is shown, this once."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        found = people.read(session, viewer, *plan_page.asked(shown.get("learner"), shown.get("plan")))
    token, link_of = saved.get("shown_once"), saved.get("id")
    if saved.get("kind") != "invitation" or not isinstance(token, str) or not isinstance(link_of, int):
        return people_of_plan(found)
    return people_of_plan(found, link=f"{flask_request.host_url}guest/{token}", link_of=link_of)


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, PEOPLE)
