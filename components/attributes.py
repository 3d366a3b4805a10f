"""HTML attributes that Python can't spell as keywords: `aria-…`, `data-…`."""

from __future__ import annotations

from typing import Any


def attributes(**names: str | None) -> Any:
    """`html.Nav(…, **attributes(aria_label="Pages"))`; None leaves the attribute out.

    Typed as Any, since Dash's components declare their keywords one by one.
    """
    return {name.replace("_", "-"): value for name, value in names.items() if value is not None}
