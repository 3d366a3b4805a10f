"""Puts a drawing, HTML from an autoescaped template, on a page as one component."""

from __future__ import annotations

from typing import Any

from dash import Output, html
from markupsafe import Markup

from components import ids
from components.attributes import attributes
from components.templating import environment


def render(template: str, **values: Any) -> Markup:
    """The template's HTML; every value is escaped. The plain pages and the drawings are made here.

    Marked as HTML, so that a drawing can stand in the template of a plain page.
    """
    return environment.get_template(template).make_module(values).__html__()


def drawing(
    name: str, markup: str, *, view: str | None = None, classes: str = "", region: str | None = None
) -> html.Div:
    """A drawing on a page; a callback redraws it through its `drawing_output(name)`.

    `view` becomes the `data-view` of its root, which is a landmark where `region` names it. assets/drawing.js
    sets the markup into the element.
    """
    return html.Div(
        id=ids.drawing(name),
        className=f"drawing drawing-{name} {classes}".rstrip(),
        role="region" if region else None,
        **attributes(data_html=markup, data_view=view, aria_label=region),
    )


def drawing_output(name: str, *, allow_duplicate: bool = False) -> Output:
    """What a callback gives a drawing's new markup to."""
    return Output(ids.drawing(name), "data-html", allow_duplicate=allow_duplicate)
