"""The frame of every page: skip link, navigation, main, status region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import dash
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.drawing import drawing, render

Children = Any
BROKEN = "Something went wrong on our side"
DEMO_BANNER = "Demonstration college: names and plans are made up."


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of a page shows of the person who looks at it."""

    name: str
    role: str
    links: tuple[tuple[str, str], ...]
    csrf_token: str
    banner: str | None = None
    finds_learners: bool = True


def layout() -> html.Div:
    """What stays while pages change; it knows nothing of who looks at it."""
    return html.Div(
        [
            html.A("Skip to the page", href="#main", className="skip-link"),
            dcc.Location(id=ids.SIGN_IN, refresh=True),
            html.Div(id=ids.SIGNED_OUT_NOTICE, className="notice", role="alert"),
            dash.page_container,
            html.Div(id=ids.STATUS, className="status", role="status"),
        ]
    )


def page(
    frame: Frame, title: str, content: Sequence[Children], *, active: str = "", alone: bool = False
) -> html.Div:
    """A page: its title, the navigation with the active link, and the content in main.

    `alone`: a learner looks on, so there is no search in which others' names would turn up.
    """
    return html.Div(
        [
            html.Header(
                [
                    drawing("top", _top(frame.links, active)),
                    *(_search() if frame.finds_learners and not alone else []),
                    drawing("top-end", render("top_end.html", frame=frame)),
                ],
                className="top",
            ),
            *([html.Div(frame.banner, className="banner")] if frame.banner else []),
            dcc.Store(id=ids.SELECTION, storage_type="memory"),
            dcc.Store(id=ids.SAVED, storage_type="memory"),
            html.Main(
                list(content),
                id="main",
                className="page",
                tabIndex=-1,
                **attributes(data_title=title, aria_label=title),
            ),
        ]
    )


def message(title: str, text: str, *, link: tuple[str, str] = ("/", "Go to my page")) -> html.Div:
    """A short page that says what is so and what to do next."""
    return html.Div(
        [html.H1(title), html.P(text), dcc.Link(link[1], href=link[0], className="button")],
        className="card message",
    )


def broken_page(reference: str) -> html.Main:
    """What is shown of a page that couldn't be made; without the frame, which might be what broke."""
    text = f"Please try again in a moment. If it goes on, tell an administrator the reference {reference}."
    return html.Main([message(BROKEN, text)], id="main", tabIndex=-1, **attributes(data_title=BROKEN))


def signed_out_notice(sign_in_address: str) -> list[Children]:
    """What a page says, above all else, when its session has ended while something may be typed on it."""
    attributes: dict[str, Any] = {"data-action": "sign-in-again"}
    return [
        "You have been signed out, so nothing was saved. What you typed is still here: ",
        html.A(
            "sign in again in a new tab",
            href=sign_in_address,
            target="_blank",
            **attributes,
        ),
        ", come back, and save once more.",
    ]


def breadcrumb(*steps: tuple[str, str | None]) -> html.Nav:
    """Where this page is: (words, address), the last this page; what somebody may not open has no address."""
    *above, (here, _) = steps
    items: list[Children] = [
        html.Li(dcc.Link(words, href=address) if address else words) for words, address in above
    ]
    items.append(html.Li(html.B(here, **attributes(aria_current="page"))))
    return html.Nav(
        html.Ol(items), className="breadcrumb-trail", **attributes(aria_label="Where this page is")
    )


def icon(name: str) -> html.Span:
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


@lru_cache(maxsize=64)
def _top(links: tuple[tuple[str, str], ...], active: str) -> str:
    return render("top.html", links=links, active=active)


def _search() -> list[Children]:
    return [
        dcc.Store(id=ids.SEARCH, storage_type="memory"),
        html.Div(
            [
                drawing("search", _search_box()),
                html.Div(id=ids.SEARCH_FOUND, className="found", role="status"),
            ],
            className="search",
            role="search",
        ),
    ]


@lru_cache(maxsize=1)
def _search_box() -> str:
    """A plain field, whose text assets/page.js tells the store: Dash's own puts the caret back where it was a
    moment before, so that what is typed fast gets out of order."""
    return render("search.html")
