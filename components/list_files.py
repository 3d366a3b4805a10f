"""Where the files of a department's lists lie, and of an organisation's: under the parameters of its page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from data.target_lists import ListChoice

HEATMAP, TWELVE = "heatmap", "needs-attention"
"""What `list` names besides the kinds of `target_lists`: the heatmap as numbers, and the card of learners who
need attention most."""
Address = Callable[[str], str]
"""Where an export lies, by its ending: csv, xlsx."""


def address_of(department_id: int | None, **asked: str | int | None) -> Address:
    """Of one list of a department, or of the organisation without one."""
    page = f"/department/{department_id}" if department_id else "/organisation"
    kept = {name: str(value) for name, value in asked.items() if value not in (None, "")}
    return lambda ending: f"{page}/list.{ending}?{urlencode(kept)}"


def heatmap_address(department_id: int | None, *, by_first: bool) -> Address:
    return address_of(department_id, list=HEATMAP, by="first" if by_first else None)


def open_list_address(department_id: int, choice: ListChoice) -> Address:
    return address_of(
        department_id,
        list=choice.kind,
        cohort=choice.cohort_id,
        late=choice.late,
        by="first" if choice.by_first else None,
        week=choice.week.isoformat() if choice.week else None,
        rule=choice.rule,
        sort=choice.sort,
    )
