"""What stands at `/` for those whom it can't send to one page of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import ids, shell
from components.attributes import attributes
from data.departments import NamedDepartment


def moving_on(address: str) -> html.Div:
    """Sends the browser on, in place of this page (assets/home.js); a link for who has no script."""
    return html.Div(dcc.Link("Go to my page", href=address), id=ids.MOVE_ON, **attributes(data_to=address))


def departments_to_choose(found: Sequence[NamedDepartment]) -> html.Div:
    links: list[Any] = [
        html.Li(dcc.Link(department.name, href=f"/department/{department.id}")) for department in found
    ]
    return html.Div([html.H1("My departments"), html.Ul(links)], className="card message")


def without_page(*, has_role: bool) -> html.Div:
    """For a person with no role yet, and for a learner whose plan isn't linked to the account."""
    if has_role:
        return shell.message(
            "Your plan isn't here yet",
            "You are signed in as a learner, but no plan is linked to your account. Please ask your tutor or"
            " an administrator to link it; then it stands here.",
            link=("/", "Look again"),
        )
    return shell.message(
        "Welcome to Routebook",
        "You are signed in, but your account has no role yet, so there is nothing to show you. Please ask an"
        " administrator to give you one: tutor, teacher, head of department …",
        link=("/", "Look again"),
    )
