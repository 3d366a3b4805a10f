"""Puts a drawing, HTML from an autoescaped template, on a page as one component."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import dcc, html
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from components import ids, words
from components.attributes import attributes

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["words"] = words


def render(template: str, **values: Any) -> Markup:
    """The template's HTML; every value is escaped. The plain pages and the drawings are made here.

    Marked as HTML, so that a drawing can stand in the template of a plain page.
    """
    return _environment.get_template(template).make_module(values).__html__()


def drawing(name: str, markup: str, *, view: str | None = None) -> html.Div:
    """A drawing on a page; a callback redraws it through `Output(ids.drawing_html(name), "data")`.

    `view` becomes the `data-view` of its root.
    """
    return html.Div(
        [
            dcc.Store(id=ids.drawing_html(name), data=markup, storage_type="memory"),
            html.Div(id=ids.drawing_mount(name), className="drawing-mount"),
        ],
        className=f"drawing drawing-{name}",
        **attributes(data_view=view),
    )
