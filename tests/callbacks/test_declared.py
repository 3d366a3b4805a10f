"""Which requests have the shape of a declared callback; pattern ids above all, which anyone can make up."""

from __future__ import annotations

from typing import Any

import pytest
from dash import ALL, MATCH, Dash, Input, Output, State

from callbacks.declared import is_declared
from tests.callbacks.visiting import call, prop


@pytest.fixture(scope="module")
def callbacks() -> dict[str, Any]:
    """One callback with MATCH, one with ALL, one of two with the same output, one without an output."""
    app = Dash("routebook_test", add_log_handler=False, enable_mcp=False)

    def answer(*_values: Any) -> None: ...

    app.callback(
        Output({"type": "mount", "name": MATCH}, "children"),
        Input({"type": "store", "name": MATCH}, "data"),
        State({"type": "fixed", "name": "one"}, "data"),
    )(answer)
    app.callback(Output("sum", "children"), Input({"type": "part", "name": ALL}, "value"))(answer)
    app.callback(Output("shared", "children"), Input("first", "value"))(answer)
    app.callback(
        Output("shared", "children", allow_duplicate=True),
        Input("second", "value"),
        prevent_initial_call=True,
    )(answer)
    app.callback(Input("last", "value"))(answer)
    app.clientside_callback("function(x) {return x}", Output("seen", "children"), Input("there", "value"))
    return dict(app.callback_map)


def matched(name: Any = "x", *, output: Any = None, **keys: Any) -> dict[str, Any]:
    return call(
        '{"name":["MATCH"],"type":"mount"}.children',
        output or {"id": {"type": "mount", "name": name}, "property": "children"},
        [prop({"type": "store", "name": name} | keys, "data", 1)],
        [prop({"type": "fixed", "name": "one"}, "data", 1)],
    )


def summed(*parts: Any) -> dict[str, Any]:
    return call("sum.children", {"id": "sum", "property": "children"}, [list(parts)])


PART = prop({"type": "part", "name": 1}, "value", 5)


@pytest.mark.parametrize("body", [matched(), matched(7), summed(), summed(PART), summed(PART, PART)])
def test_what_fits_the_pattern_is_let_through(callbacks: dict[str, Any], body: Any) -> None:
    assert is_declared(callbacks, body)


@pytest.mark.parametrize(
    "body",
    [
        matched(["MATCH"]),
        matched({"name": "x"}),
        matched(None),
        matched(1.5),
        matched("x" * 500),
        matched(type="part"),
        matched(more="x"),
        matched(output={"id": {"type": "other", "name": "x"}, "property": "children"}),
        matched(output={"id": "mount", "property": "children"}),
        summed(prop({"type": "other", "name": 1}, "value", 5)),
        summed(prop({"type": "part"}, "value", 5)),
        summed(prop("part", "value", 5)),
        summed([PART]),
        summed(PART | {"more": 1}),
        call("sum.children", {"id": "sum", "property": "children"}, [PART]),
    ],
    ids=str,
)
def test_what_was_never_on_a_page_is_not(callbacks: dict[str, Any], body: Any) -> None:
    assert not is_declared(callbacks, body)


def test_callbacks_that_share_an_output_are_told_apart(callbacks: dict[str, Any]) -> None:
    second = next(name for name in callbacks if name.startswith("shared.children@"))
    outputs = {"id": "shared", "property": "children"}
    assert is_declared(callbacks, call(second, outputs, [prop("second", "value", 1)]))
    assert is_declared(
        callbacks, call(second, outputs | {"property": second[7:]}, [prop("second", "value", 1)])
    )
    assert not is_declared(callbacks, call(second, outputs, [prop("first", "value", 1)]))


def test_a_callback_without_an_output_has_none(callbacks: dict[str, Any]) -> None:
    (name,) = [name for name, found in callbacks.items() if found["no_output"]]
    assert is_declared(callbacks, call(name, [], [prop("last", "value", 1)]))
    assert not is_declared(callbacks, call(name, {"id": "x", "property": "y"}, [prop("last", "value", 1)]))


def test_what_runs_in_the_browser_cannot_be_called(callbacks: dict[str, Any]) -> None:
    body = call("seen.children", {"id": "seen", "property": "children"}, [prop("there", "value", 1)])
    assert not is_declared(callbacks, body)
