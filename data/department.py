"""All that a department's or an organisation's page shows, read together and counted by the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import attention, groups, headline, overdue_heatmap, review_coverage, target_lists
from data.attention import Attention
from data.groups import Group, OtherCohort, Within
from data.headline import Headline
from data.overdue_heatmap import OverdueHeatmap
from data.review_coverage import ReviewCoverage
from data.scope import Viewer
from data.target_lists import ListChoice, OpenList


@dataclass(frozen=True, slots=True)
class Figures:
    """What both pages show; `within` says of which department, or of the whole organisation."""

    within: Within
    groups: Sequence[Group]
    headline: Headline
    heatmap: OverdueHeatmap
    coverage: ReviewCoverage


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """A department's figures, the learners who need attention, the list that is open, if any, and the
    cohorts in which nobody has been enrolled this academic year. `list_is_gone` where an address asks for
    a list that isn't there: of a week that is long past, say."""

    department_id: int
    figures: Figures
    attention: Attention
    open_list: OpenList | None
    others: Sequence[OtherCohort] = ()
    list_is_gone: bool = False


def read(
    session: Session,
    viewer: Viewer,
    department_id: int,
    choice: ListChoice | None = None,
    *,
    by_first: bool = False,
) -> DepartmentPage:
    """Raises NotFound where the viewer may not see the department, or the list isn't one of it."""
    within = groups.within_department(session, viewer, department_id)
    return DepartmentPage(
        department_id,
        _figures(session, viewer, within, by_first),
        attention.read(session, viewer, department_id),
        target_lists.read(session, viewer, department_id, choice) if choice else None,
        groups.other_cohorts(session, viewer, department_id),
    )


def read_organisation(session: Session, viewer: Viewer, *, by_first: bool = False) -> Figures:
    """Raises NotFound where the viewer doesn't reach the whole organisation."""
    return _figures(session, viewer, groups.within_organisation(session, viewer), by_first)


def _figures(session: Session, viewer: Viewer, within: Within, by_first: bool) -> Figures:
    rows = groups.read(session, viewer, within)
    heatmap = overdue_heatmap.read(session, viewer, within, rows, by_first=by_first)
    coverage = review_coverage.read(session, viewer, within, rows)
    return Figures(within, rows, headline.read(session, viewer, within, rows, heatmap), heatmap, coverage)
