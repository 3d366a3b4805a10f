"""Review coverage as a table: one row a cohort, or a department, one column a week."""

from __future__ import annotations

from collections.abc import Sequence

from components import words
from components.drawing import render
from components.heat_rows import Cell, Row, of_all
from data.reasons import what_counts
from data.review_coverage import CoverageRow, ReviewCoverage, Week
from data.rules import FROM_THE_START, ForWhom, IntervalUnit, Occasion, ReviewRule, Share
from data.target_lists import ListChoice


def review_coverage(
    coverage: ReviewCoverage,
    *,
    kind: str,
    department_id: int | None,
    open_list: ListChoice | None = None,
    has_other_cohorts: bool = False,
) -> str:
    """The markup; its arguments are those of `overdue_heatmap`."""
    rows = [_row(coverage, row, kind, open_list) for row in coverage.rows]
    if len(rows) > 1 and department_id is not None:
        rows.append(of_all(department_id, _totals(coverage, open_list)))
    return render(
        "review_coverage.html",
        coverage=coverage,
        has_other_cohorts=has_other_cohorts,
        kind=kind,
        to_departments=department_id is None,
        rows=rows,
        recorded=any(row.group.reviews_recorded for row in coverage.rows),
        week_name=week_name,
        week_title=week_title,
        rule=rule_sentence(coverage.counted.rule) if coverage.counted.rule else "",
        counts=what_counts(coverage.counted.kinds, coverage.counted.kinds_not),
        day=words.day,
    )


def week_name(week: Week) -> str:
    """12/10, the week's Monday; this week is “now”."""
    return "now" if week.is_now else f"{week.monday.day}/{week.monday.month}"


def week_title(week: Week) -> str:
    if week.closed:
        return f"Week from {words.day(week.monday)}: college closed"
    return f"Week from {words.day(week.monday)}, judged on {words.day(week.judged_on)}"


def since(rule: ReviewRule) -> str:
    """From when a version of the rule is in force: since Mon 1 Sept 2025."""
    return "from the start" if rule.from_on == FROM_THE_START else f"since {words.day(rule.from_on)}"


def rule_sentence(rule: ReviewRule) -> str:
    """The rule in force: A review is due every 6 weeks; closed days don't count."""
    stops = "; closed days don't count" if rule.closures_stop_clock else ""
    whom = ", for learners with support in place" if rule.for_whom == ForWhom.SUPPORTED else ""
    return f"{_what_is_due(rule)}{whom}{stops}."


def _what_is_due(rule: ReviewRule) -> str:
    if rule.occasion == Occasion.NEEDED:
        return "A review is held when needed, by no date"
    if rule.occasion == Occasion.PHASES:
        return f"A review is due by the end of each phase that asks for one{_counts_before(rule)}"
    if rule.occasion == Occasion.END:
        return f"A review is due by the planned end of learning{_counts_before(rule)}"
    once = rule.occasion == Occasion.START
    interval = {
        IntervalUnit.WEEKS: words.count(rule.amount, "week"),
        IntervalUnit.CALENDAR_MONTHS: words.count(rule.amount, "calendar month"),
        IntervalUnit.TERMS: words.count(rule.amount, "term"),
        IntervalUnit.HALF_YEARS: words.count(rule.amount, "half-year")
        + ("" if once else " and at each transition"),
    }[rule.unit]
    return f"A review is due {f'once, {interval} after the start' if once else f'every {interval}'}"


def _counts_before(rule: ReviewRule) -> str:
    return f", or in the {words.count(rule.amount, 'week')} before it"


def _row(coverage: ReviewCoverage, row: CoverageRow, kind: str, open_list: ListChoice | None) -> Row:
    group = row.group
    # A hundred departments fit in ten kilobytes; who started and left stands in the table beside, and each
    # week's denominator on the department's page.
    brief = kind == "department"
    about = f"of {row.shares[-1].of:,}"
    if not brief:
        about += f", {group.started:,} started, {group.left:,} left"
    if not row.recorded:
        about += "; no review recorded yet"
    return Row(
        id=str(group.id),
        name=group.name,
        href=f"/{kind}/{group.id}",
        about=about,
        cells=_cells(coverage, row.shares, open_list, group.id, recorded=row.recorded, brief=brief),
    )


def _totals(coverage: ReviewCoverage, open_list: ListChoice | None) -> tuple[Cell, ...]:
    totals = [
        Share(
            sum(row.shares[week].count for row in coverage.rows),
            sum(row.shares[week].of for row in coverage.rows),
        )
        for week in range(len(coverage.weeks))
    ]
    return _cells(coverage, totals, open_list, None, recorded=True)


def _cells(
    coverage: ReviewCoverage,
    shares: Sequence[Share],
    open_list: ListChoice | None,
    cohort_id: int | None,
    *,
    recorded: bool,
    brief: bool = False,
) -> tuple[Cell, ...]:
    cells = []
    for week, share in zip(coverage.weeks, shares, strict=True):
        counted = recorded and share.percent is not None
        is_open = (
            open_list is not None
            and open_list.kind == "coverage"
            and open_list.cohort_id == cohort_id
            and open_list.week == week.monday
        )
        cells.append(
            Cell(
                text=str(share.percent) if counted else "–",
                title="" if brief and counted else _title(share, recorded),
                heat=coverage.heat(share) if counted else None,
                closed=week.closed,
                open=is_open,
            )
        )
    return tuple(cells)


def _title(share: Share, recorded: bool) -> str:
    if not share.of:
        return "nobody's review was due yet"
    if not recorded:
        return f"no review recorded yet of {words.count(share.of, 'learner')}"
    return f"{share.count:,} of {share.of:,}"
