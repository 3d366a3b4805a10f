"""What templates print is escaped, however it comes to be printed."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from markupsafe import Markup, escape

from components.templating import environment

TYPED = """<b title='a' class="b">1 & 2</b>"""
AS_TEXT = str(escape(TYPED))


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ typed }}", AS_TEXT),
        ("<p>{{ typed }}</p>", f"<p>{AS_TEXT}</p>"),
        ("{{ typed | upper }}", str(escape(TYPED.upper()))),
        ("{{ 'a' ~ typed }}", f"a{AS_TEXT}"),
        ("{{ markup ~ typed }}", f"<i>it</i>{AS_TEXT}"),
        ("{% macro m(x) %}<u>{{ x }}</u>{% endmacro %}{{ m(typed) }}", f"<u>{AS_TEXT}</u>"),
        (
            "{% macro m() %}<u>{{ caller() }}</u>{% endmacro %}{% call m() %}{{ typed }}{% endcall %}",
            f"<u>{AS_TEXT}</u>",
        ),
        ("{% set x %}{{ typed }}{% endset %}{{ x }}", AS_TEXT),
        ("{% for x in [typed] %}{{ x }}{% endfor %}", AS_TEXT),
        ("{{ markup }}", "<i>it</i>"),
        ("{{ subclass }}", AS_TEXT),
        ("{{ 3 }}, {{ number }}, {{ none }}", "3, 4.5, None"),
        ("{{ thing }}", str(escape(repr(TYPED)))),
        ("{% autoescape false %}{{ markup }}{% endautoescape %}", "<i>it</i>"),
    ],
)
def test_what_is_printed_is_text_unless_it_is_markup(template: str, printed: str) -> None:
    class Name(str):
        pass

    class Thing:
        def __str__(self) -> str:
            return repr(TYPED)

    values = {
        "typed": TYPED,
        "markup": Markup("<i>it</i>"),
        "subclass": Name(TYPED),
        "number": 4.5,
        "thing": Thing(),
    }
    assert environment.from_string(template).render(values) == printed
    plain = Environment(autoescape=True)
    assert plain.from_string(template).render(values) == printed, "as Jinja itself prints it"
