"""The coverage page of a department or an organisation: over the year, by week, tutor, kind and need, and
the list behind each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import coverage_tables, ids, shell, target_table, words
from components.coverage_lists import batch_table, batches_table, disagreements_table
from components.coverage_page import Address, draw_table
from components.coverage_tables import Cell, Table, cell, columns, person, query
from components.coverage_trend import coverage_trend, trend_table
from components.drawing import drawing, render
from components.review_coverage import review_coverage, rule_sentence, since, week_name
from components.tutors import tutor_links
from data.coverage_by import KIND_RULE, CoverageBy, Missed, Part
from data.coverage_by_kind import SMALLEST_SHOWN, KindLine
from data.errors import NotFound
from data.exports import Sheet
from data.rules import Share
from data.target_lists import ListRow, OpenList

CLOSE = query(list=None, by=None, of=None, week=None, cohort=None, batch=None, order=None)
NEEDS = {"support": "Support", "barrier": "Barriers"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: the figures, and the list behind one of them, if the address opens one."""

    of: CoverageBy
    asked: Mapping[str, str]
    missed: Missed | None = None
    week: OpenList | None = None

    @property
    def address(self) -> str:
        department = self.of.within.department_id
        return f"/department/{department}/coverage" if department else "/organisation/coverage"


def coverage_by_page(shown: Shown, store: dict[str, Any], *, organisation: str | None) -> list[Any]:
    """All that stands in the page's main part. `organisation` is the name that the breadcrumb leads to, for
    who may go there."""
    figures, lists = drawn(shown)
    return [
        dcc.Store(id=ids.COVERAGE_BY_SHOWN, data=store, storage_type="memory"),
        _head(shown.of, organisation),
        drawing(ids.COVERAGE_BY, figures),
        drawing(ids.COVERAGE_BY_LISTS, lists),
    ]


def drawn(shown: Shown) -> tuple[str, str]:
    """The markup of the figures, and of the lists."""
    of = shown.of
    tables = figure_tables(of)
    department_id = of.within.department_id
    weeks = review_coverage(
        of.coverage,
        kind="cohort" if department_id else "department",
        department_id=department_id,
        open_list=shown.week.choice if shown.week else None,
    )
    current = query(list="missed", by=shown.asked.get("by"), of=shown.asked.get("of"), order=None)
    cards = {
        key: draw_table(table, _exports(shown, key), asked=shown.asked, current=current)
        for key, table in tables.items()
    }
    figures = render(
        "coverage_by.html",
        trend=coverage_trend(of.trend, of.coverage.goal, name=of.within.name),
        weeks=weeks,
        weeks_exports=_exports(shown, "weeks"),
        cards=cards,
        rests_on=coverage_tables.rests_on(of.counted, of.own_rules),
    )
    return figures, _lists(shown)


def sheet(shown: Shown) -> Sheet:
    """What an export's address asks for; NotFound for a list that isn't there."""
    of, key = shown.of, shown.asked.get("list", "groups")
    tables = figure_tables(of) | {"weeks": weeks_table(of)} | _list_tables(shown)
    if key not in tables:
        raise NotFound
    table = coverage_tables.in_order(tables[key], shown.asked.get("order", ""))
    as_at = of.coverage.as_at
    return coverage_tables.sheet(
        replace(table, title=f"{table.title}, {of.within.name}"),
        name=coverage_tables.file_name("coverage", key, of.within.name, as_at.isoformat()),
        as_at=as_at,
        facts=coverage_tables.facts(of.counted, as_at, of.coverage.goal),
    )


def figure_tables(of: CoverageBy) -> dict[str, Table]:
    """The tables that are always there, by key."""
    tables = {"trend": trend_table(of.trend), "groups": _groups_table(of)}
    if of.within.department_id is not None:
        tables["tutors"] = _tutors_table(of.tutors)
    return tables | {"kinds": _kinds_table(of), "needs": _needs_table(of)}


def weeks_table(of: CoverageBy) -> Table:
    """The heatmap of cohorts, or departments, by week as numbers."""
    weeks = of.coverage.weeks
    what = "Cohort" if of.within.department_id else "Department"
    return Table(
        key="weeks",
        title="Review coverage by week, percent",
        columns=columns(what, *(f"#{week_name(week)}" for week in weeks)),
        rows=tuple(
            (
                cell(row.group.name),
                *(
                    cell("closed") if week.closed else cell(share.percent if row.recorded else None)
                    for week, share in zip(weeks, row.shares, strict=True)
                ),
            )
            for row in of.coverage.rows
        ),
    )


# --- the tables ----------------------------------------------------------------------------------------


def _share(share: Share, goal: int = 0) -> tuple[Cell, Cell, Cell]:
    return (
        Cell(share.percent, words.percent(share), css="below" if (share.percent or 0) < goal else ""),
        cell(share.count),
        cell(share.of),
    )


def _left_out(share: Share, by: str, key: str, *, opens: bool) -> Cell:
    """How many aren't covered; a number that opens their list."""
    number = share.of - share.count
    opened = query(list="missed", by=by, of=key, order=None) if opens and number else ""
    return Cell(number, str(number), select=opened)


def _groups_table(of: CoverageBy) -> Table:
    """Beside each figure stands how many started and left, so that losing learners can't improve it."""
    in_department = of.within.department_id is not None
    what = "cohort" if in_department else "department"
    rows = [
        (
            Cell(group.name, group.name, href=f"/{what}/{group.id}/coverage"),
            *_share(group.reviewed, of.coverage.goal),
            _left_out(group.reviewed, "cohort", str(group.id), opens=in_department),
            cell(group.started),
            cell(group.left),
            cell(group.paused),
        )
        for group in of.groups
    ]
    return Table(
        key="groups",
        title=f"By {what}",
        columns=columns(
            what.capitalize(), "#Percent", "#Covered", "#Of", "#Not covered", "#Started", "#Left", "#Paused"
        ),
        rows=tuple(rows),
        empty="No learners are enrolled here yet.",
    )


def _tutors_table(parts: Sequence[Part]) -> Table:
    return Table(
        key="tutors",
        title="By tutor",
        columns=columns("Tutor", "#Percent", "#Covered", "#Of", "#Not covered"),
        rows=tuple(
            (cell(part.name), *_share(part.covered), _left_out(part.covered, "tutor", part.key, opens=True))
            for part in parts
        ),
        note="Each learner once: under their own tutor, else under their cohort's.",
        empty="Nobody's review is due yet.",
    )


def _kinds_table(of: CoverageBy) -> Table:
    opens = of.within.department_id is not None
    return Table(
        key="kinds",
        title="By kind of review",
        columns=columns(
            "Kind",
            "Counts",
            "#Held",
            ("#Had one", "had"),
            "#Of",
            "#Without",
            ("#Percent by its own rule", "percent"),
            ("#Covered by it", "covered"),
            ("#Of by it", "required"),
            ("#Past it", "past"),
            ("Its own rule", "rule"),
        ),
        rows=tuple(_kind(kind, opens=opens) for kind in of.kinds),
        note=(
            "Held this academic year. “Had one”: of the learners who are here now and not on a break. By its"
            " own rule: of those whose first one is due or held by now. Progress reviews set the clock that"
            " every kind that counts answers."
        ),
    )


def _kind(kind: KindLine, *, opens: bool) -> tuple[Cell, ...]:
    without = kind.had.of - kind.had.count
    opened = query(list="missed", by="kind", of=kind.id, order=None) if opens and without else ""
    return (
        cell(kind.name),
        cell("counts as a review" if kind.counts else "isn't counted"),
        cell(kind.held),
        cell(kind.had.count),
        cell(kind.had.of),
        Cell(without, f"{without:,}", select=opened),
        *_by_rule(kind, opens=opens),
    )


def _by_rule(kind: KindLine, *, opens: bool) -> tuple[Cell, ...]:
    """Coverage by the kind's own rule, how many are past it, and which rule that is."""
    nothing = Cell(None, "–")
    if kind.by_rule is None:
        return (nothing, nothing, nothing, nothing, cell("no rule: held when needed", css="what"))
    rule, share = kind.by_rule.rule, kind.by_rule.covered
    said = cell(
        f"{rule_sentence(rule)} In force {since(rule)}.",
        css="what",
    )
    if share is None:
        unsaid = Cell(None, "too few" if opens else "by department")
        return (unsaid, nothing, nothing, nothing, said)
    past = share.of - share.count
    opened = query(list="missed", by=KIND_RULE, of=kind.id, order=None) if opens and kind.by_rule.late else ""
    return (
        Cell(share.percent, words.percent(share)),
        cell(share.count),
        cell(share.of),
        Cell(past, f"{past:,}", select=opened),
        said,
    )


def _needs_table(of: CoverageBy) -> Table:
    rows = [
        _need_row(need.key, part, opens=of.within.department_id is not None)
        for need in of.needs
        for part in need.parts
        if part.hidden or part.covered.of
    ]
    partly = [need for need in of.needs if need.departments < need.of]
    left_out = "".join(
        f" {NEEDS[need.key]}: {need.departments} of {words.count(need.of, 'department')}; the others have"
        " groups too small."
        for need in partly
    )
    return Table(
        key="needs",
        title="By support need",
        columns=columns("Need", "#Percent", "#Covered", "#Of", "#Not covered"),
        rows=tuple(rows),
        note=(
            f"Of what you may read of support and barriers today. Groups of fewer than {SMALLEST_SHOWN}"
            f" learners aren't shown, nor what would give them away.{left_out}"
        ),
        empty="Nobody's review is due yet.",
    )


def _need_row(need: str, part: Part, *, opens: bool) -> tuple[Cell, ...]:
    if part.hidden:
        unsaid = Cell(None, "too few")
        return (cell(part.name), unsaid, unsaid, unsaid, unsaid)
    return (
        cell(part.name),
        *_share(part.covered),
        _left_out(part.covered, need, part.key, opens=opens),
    )


# --- the lists -----------------------------------------------------------------------------------------


def _lists(shown: Shown) -> str:
    """The list that is open first."""
    cards = []
    for key, table in _list_tables(shown).items():
        close = CLOSE if key == shown.asked.get("list") else ""
        current = query(list="batch", batch=shown.asked.get("batch"), order=None)
        markup = draw_table(table, _exports(shown, key), asked=shown.asked, close=close, current=current)
        cards.append((key, markup))
    return render("coverage_cards.html", cards=cards)


def _list_tables(shown: Shown) -> dict[str, Table]:
    of, tables = shown.of, dict[str, Table]()
    if shown.missed is not None:
        tables["missed"] = missed_table(shown.missed)
    if shown.week is not None:
        tables["coverage"] = _week_table(shown.week)
    if shown.asked.get("list") == "batch":
        tables["batch"] = batch_table(of.batches, shown.asked.get("batch", ""))
    if of.within.department_id is not None:
        tables["batches"] = batches_table(of.batches)
        tables["disagree"] = disagreements_table(of.disagreements)
    return tables


def missed_table(missed: Missed) -> Table:
    number = words.count(len(missed.learners), "learner")
    without = missed.by == "kind"
    what = f"without “{missed.name}” this year" if without else f"past the review date: {missed.name}"
    if missed.by == KIND_RULE:
        what = f"past the date of “{missed.name}”"
    return Table(
        key="missed",
        title=f"{number} {what}",
        columns=columns(
            "Learner", "Cohort", "Tutor", "Last review", ("Next due", "due"), ("#Days late", "late")
        ),
        rows=tuple(
            (
                person(one.learner_id, one.learner, one.plan_id),
                Cell(one.cohort, one.cohort, href=f"/cohort/{one.cohort_id}/coverage?plan={one.plan_id}"),
                cell(one.tutor),
                cell(one.last_on, "" if one.last_on else "none yet"),
                cell(one.due_on),
                cell(one.days_late),
            )
            for one in missed.learners
        ),
        note="A learner's name leads to the plan; the cohort to the reason, in the coverage matrix.",
        empty="Nobody is left out here any more.",
    )


def _week_table(opened: OpenList) -> Table:
    """The list behind a cell of the weeks, the same as on the department's page."""
    return Table(
        key="coverage",
        title=target_table.title(opened),
        columns=columns("Learner", "Cohort", "Last review", ("Was due", "due"), ("#Days late", "late")),
        rows=tuple(_week_row(row) for row in opened.rows),
        note=target_table.sentence(opened),
        empty=target_table.nothing(opened),
    )


def _week_row(row: ListRow) -> tuple[Cell, ...]:
    return (
        person(row.learner_id, row.learner),
        Cell(row.cohort, row.cohort, href=f"/cohort/{row.cohort_id}/coverage"),
        cell(row.last_on, "" if row.last_on else "none yet"),
        cell(row.due_on),
        cell(row.days),
    )


# --- around them ---------------------------------------------------------------------------------------


def _exports(shown: Shown, key: str) -> Address:
    """Of one table: the list's own parameters with it."""
    kept = {"list": key}
    if key == shown.asked.get("list"):
        kept |= {name: value for name, value in shown.asked.items() if value}
    return lambda ending: f"{shown.address}.{ending}?{urlencode(kept)}"


def _head(of: CoverageBy, organisation: str | None) -> html.Div:
    department_id = of.within.department_id
    trail: list[tuple[str, str | None]] = []
    if department_id is None:
        trail.append((of.within.name, "/organisation"))
    else:
        if organisation:
            trail.append((organisation, "/organisation/coverage"))
        trail.append((of.within.name, f"/department/{department_id}"))
    share = of.covered
    now = (
        f"{words.percent(share)} covered today: {share.count:,} of {words.count(share.of, 'learner')}"
        if share.of
        else "Nobody's review is due yet"
    )
    head = html.Div(
        [
            shell.breadcrumb(*trail, ("Review coverage", None)),
            html.H1(f"Review coverage of {of.within.name}"),
            html.P(
                f"{now} · goal {of.coverage.goal}% · as at {words.day(of.coverage.as_at)}",
                className="sub",
            ),
        ]
    )
    links = tutor_links(department_id) if department_id else []
    return html.Div([head, html.Div(className="gap"), *links], className="page-head")
