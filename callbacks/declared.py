"""Whether a callback's request has the shape that the app declares.

Anyone may post any callback with any input, so a request is compared with the registered callback before
Dash sees it: the same inputs, states and outputs, in number and by id; a pattern id (MATCH, ALL) with the
same keys. The values are the callback's own to judge; here they only may not be what no browser sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import Output

DEEPEST = 24
LONGEST_ID = 200
PATTERNS = (["MATCH"], ["ALL"], ["ALLSMALLER"])


def is_declared(callbacks: Mapping[str, Any], body: Any) -> bool:
    """Whether `body`, as parsed from a request, calls one of the app's callbacks as it is declared."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str) or not is_plain(body):
        return False
    declared = callbacks.get(body["output"])
    changed = body.get("changedPropIds")
    return (
        declared is not None
        and "callback" in declared  # else it runs in the browser
        and isinstance(changed, list)
        and all(isinstance(prop, str) for prop in changed)
        and _all_fit(declared["inputs"], body.get("inputs"))
        and _all_fit(declared["state"], body.get("state", []))
        and _outputs_fit(declared, body.get("outputs"))
    )


def _all_fit(declared: Sequence[Mapping[str, str]], sent: Any) -> bool:
    return (
        isinstance(sent, list)
        and len(sent) == len(declared)
        and all(_fits(one["id"], one["property"], other) for one, other in zip(declared, sent, strict=True))
    )


def _fits(component: str, prop: str, sent: Any) -> bool:
    """One input, state or output; a list of them where the declared id stands for many."""
    if _stands_for_many(component):
        return isinstance(sent, list) and all(_is_one(component, prop, one) for one in sent)
    return _is_one(component, prop, sent)


def _is_one(component: str, prop: str, sent: Any) -> bool:
    return (
        isinstance(sent, dict)
        and str(sent.get("property")).split("@")[0] == prop
        and set(sent) <= {"id", "property", "value"}
        and _id_fits(component, sent.get("id"))
    )


def _id_fits(component: str, sent: Any) -> bool:
    if not component.startswith("{"):
        return bool(sent == component)
    pattern = json.loads(component)
    return (
        isinstance(sent, dict)
        and set(sent) == set(pattern)
        and all(
            _is_short(sent[key]) if value in PATTERNS else sent[key] == value
            for key, value in pattern.items()
        )
    )


def _stands_for_many(component: str) -> bool:
    return component.startswith("{") and any(
        value in PATTERNS[1:] for value in json.loads(component).values()
    )


def _is_short(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST_ID)


def _outputs_fit(declared: Mapping[str, Any], sent: Any) -> bool:
    if declared["no_output"]:
        return not sent
    output = declared["output"]
    if isinstance(output, list | tuple):
        return _all_fit([_named(one) for one in output], sent)
    return _fits(output.component_id_str(), output.component_property, sent)


def _named(output: Output) -> dict[str, str]:
    return {"id": output.component_id_str(), "property": output.component_property}


def is_plain(value: Any, depth: int = 0) -> bool:
    """No text that a database refuses (NUL, half a surrogate pair), no nesting that no page makes."""
    if depth > DEEPEST:
        return False
    if isinstance(value, str):
        return ("\0" not in value and value.isascii()) or _is_unicode(value)
    if isinstance(value, dict):
        return all(is_plain(key, depth + 1) and is_plain(one, depth + 1) for key, one in value.items())
    if isinstance(value, list):
        return all(is_plain(one, depth + 1) for one in value)
    return True


def _is_unicode(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
