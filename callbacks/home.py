"""`/`: sends each role to its own page; a tutor's shows the caseload."""

from __future__ import annotations

from typing import Any

from dash import Dash

from callbacks import request
from components import shell


@request.page
def page(**_query: Any) -> Any:
    with request.looking() as (_session, viewer):
        return shell.page(request.frame(viewer), "My page", [shell.message("Welcome", "Soon.")])


def register(app: Dash) -> None:
    """Nothing to wire yet."""
