"""What an administrator words for the whole college: the prompts of each kind of review and of the case-study
sheet, within how many weeks a programme is checked, and how cases close. Each change is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import college_changes, plan_days, prompts, reviews
from data.college_changes import CollegeChangeLine, require_college
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Audience, CaseOutcome, ProgrammeCheckRule, Prompt
from data.prompts import PromptLine
from data.reviews import KindChoice
from data.saved import Saved
from data.scope import Viewer

CASE_STUDY = "case-study"
"""What stands for a kind of review where the headings of the case-study sheet are meant."""
SAVED_KIND = "college-prompts"
MOST_PROMPTS = 12
LONGEST_TITLE = 80
"""Characters of a prompt that the history calls it by."""
EARLIER, LATER = "earlier", "later"
Row = TypeVar("Row", Prompt, CaseOutcome)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which cases close."""

    id: int
    name: str
    retired_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class CheckRule:
    """Plans that begin from a day on are checked within so many weeks; version 0 where none are."""

    from_on: date | None = None
    weeks: int = 6
    version: int = 0


@dataclass(frozen=True, slots=True)
class CollegePrompts:
    """All that the page shows; `kind` is the one whose prompts are on show, None for the case-study sheet,
    and the retired ones stand apart."""

    college_id: int
    today: date
    kinds: tuple[KindChoice, ...]
    kind: KindChoice | None
    prompts: tuple[PromptLine, ...]
    retired: tuple[PromptLine, ...]
    check: CheckRule
    outcomes: tuple[Outcome, ...]
    changes: tuple[CollegeChangeLine, ...]


def read(session: Session, viewer: Viewer, kind: str = "") -> CollegePrompts:
    """The page for the kind whose id is asked for, or `CASE_STUDY`, else for the first kind."""
    require_college(viewer)
    kinds = tuple(reviews.kind_choices(session, viewer))
    shown = None if kind == CASE_STUDY else next((one for one in kinds if str(one.id) == kind), kinds[0])
    found = prompts.of_college(session, viewer, Prompt.kind_id == (shown.id if shown else None))
    return CollegePrompts(
        college_id=viewer.organisation_id,
        today=viewer.today,
        kinds=kinds,
        kind=shown,
        prompts=tuple(one for one in found if one.retired_on is None),
        retired=tuple(one for one in found if one.retired_on is not None),
        check=check_rule(session, viewer),
        outcomes=outcomes(session, viewer),
        changes=tuple(
            college_changes.read(session, viewer, "prompt", "programme_check_rule", "case_outcome")
        ),
    )


def check_rule(session: Session, viewer: Viewer) -> CheckRule:
    """Within how many weeks the college checks a programme, and from which start of learning on."""
    row = _rule(session, viewer)
    return CheckRule(row.from_on, row.weeks, row.version) if row else CheckRule()


def outcomes(session: Session, viewer: Viewer) -> tuple[Outcome, ...]:
    """How the college's cases close, in order, the retired ones too."""
    rows = session.scalars(
        select(CaseOutcome)
        .where(CaseOutcome.organisation_id == viewer.organisation_id)
        .order_by(CaseOutcome.position, CaseOutcome.id)
    )
    return tuple(Outcome(row.id, row.name, row.retired_on, row.version) for row in rows)


# --- prompts ---------------------------------------------------------------------------------------------


def add_prompt(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A further prompt, at the end. Raises NotFound, Refused."""
    require_college(viewer, typed)
    kinds = {str(one.id): one.id for one in reviews.kind_choices(session, viewer)}
    kind_id = kinds.get(
        typed.choice("kind", (*kinds, CASE_STUDY), required="Please choose a kind of review.")
    )
    others = prompts.of_college(session, viewer, Prompt.kind_id == kind_id, Prompt.retired_on.is_(None))
    if len(others) >= MOST_PROMPTS:
        raise Refused(
            f"There are {MOST_PROMPTS} prompts already, more than a conversation holds."
            " Please retire one first.",
            "asks",
        )
    last = select(func.max(Prompt.position)).where(
        Prompt.organisation_id == viewer.organisation_id, Prompt.kind_id == kind_id
    )
    row = Prompt(
        organisation_id=viewer.organisation_id,
        kind_id=kind_id,
        position=(session.scalar(last) or 0) + 1,
        **_prompt_typed(typed),
    )
    college_changes.add(session, viewer, row, _title(row.asks))
    return Saved("The prompt is added.", SAVED_KIND, id=row.id, version=1)


def change_prompt(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Word a prompt anew, or retire it, or ask it again. Raises NotFound, Refused, ChangedElsewhere."""
    require_college(viewer, typed)
    row = _of_college(session, viewer, Prompt, typed.id("prompt"))
    values = _prompt_typed(typed) | _retired(viewer, row, typed)
    college_changes.change(session, viewer, row, _title(row.asks), typed.version(), values)
    sentence = "The prompt is retired; its answers stay." if row.retired_on else "The prompt is saved."
    return Saved(sentence, SAVED_KIND, id=row.id, version=row.version)


def move_prompt(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Let a prompt change places with the one before or after it. Raises NotFound, ChangedElsewhere."""
    require_college(viewer, typed)
    row = _of_college(session, viewer, Prompt, typed.id("prompt"))
    where = typed.choice("to", (EARLIER, LATER), required="Please choose where to.")
    beside = Prompt.position < row.position if where == EARLIER else Prompt.position > row.position
    other = session.scalar(
        select(Prompt)
        .where(
            Prompt.organisation_id == viewer.organisation_id,
            Prompt.kind_id == row.kind_id,
            Prompt.retired_on.is_(None),
            beside,
        )
        .order_by(Prompt.position.desc() if where == EARLIER else Prompt.position)
        .limit(1)
    )
    if other is not None:
        here, there = row.position, other.position
        college_changes.change(session, viewer, row, _title(row.asks), typed.version(), {"position": there})
        other.position, other.version = here, other.version + 1
        session.flush()
    return Saved("The prompts are in their new order.", SAVED_KIND, id=row.id, version=row.version)


def _prompt_typed(typed: Typed) -> dict[str, Any]:
    return {
        "asks": typed.line("asks", required="Please write what is asked.", longest=200),
        "guidance": typed.line("guidance", longest=300),
        "audience": typed.choice("audience", Audience, required="Please choose for whom it is."),
    }


def _title(asks: str) -> str:
    return asks if len(asks) <= LONGEST_TITLE else f"{asks[:LONGEST_TITLE].rstrip()} …"


# --- when a programme is checked, and how cases close ------------------------------------------------------


def save_check_rule(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """From which start of learning on, and within how many weeks. Raises NotFound, Refused,
    ChangedElsewhere."""
    require_college(viewer, typed)
    from_on = plan_days.chosen(typed, "from_on", "Please choose from which start of learning on.")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    weeks = typed.number("weeks", 1, 26, required="Please write within how many weeks.")
    values = {"from_on": from_on, "weeks": weeks}
    title = "right-programme check"
    row = _rule(session, viewer)
    if row is None:
        row = ProgrammeCheckRule(organisation_id=viewer.organisation_id, **values)
        college_changes.add(session, viewer, row, title)
    else:
        college_changes.change(session, viewer, row, title, typed.version(), values)
    return Saved(
        f"Plans that begin on {plan_days.long_day(from_on)} or later are checked within {weeks} weeks.",
        SAVED_KIND,
        version=row.version,
    )


def add_outcome(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A further way for a case to close. Raises NotFound, Refused."""
    require_college(viewer, typed)
    name = _outcome_name(session, viewer, typed)
    position = len(outcomes(session, viewer)) + 1
    row = CaseOutcome(organisation_id=viewer.organisation_id, name=name, position=position)
    college_changes.add(session, viewer, row, name)
    return Saved(f"“{name}” is added.", SAVED_KIND, id=row.id, version=1)


def change_outcome(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Name an outcome anew, or retire it: closed cases keep it. Raises NotFound, Refused,
    ChangedElsewhere."""
    require_college(viewer, typed)
    row = _of_college(session, viewer, CaseOutcome, typed.id("outcome"))
    values = {"name": _outcome_name(session, viewer, typed, row.id)} | _retired(viewer, row, typed)
    college_changes.change(session, viewer, row, row.name, typed.version(), values)
    return Saved(f"“{row.name}” is saved.", SAVED_KIND, id=row.id, version=row.version)


def _outcome_name(session: Session, viewer: Viewer, typed: Typed, outcome_id: int | None = None) -> str:
    name = typed.line("name", required="Please say how the case closes.", longest=80)
    others = (one.name.casefold() for one in outcomes(session, viewer) if one.id != outcome_id)
    if name.casefold() in others:
        raise Refused("There is an outcome of this name already.", "name")
    return name


def _retired(viewer: Viewer, row: Prompt | CaseOutcome, typed: Typed) -> dict[str, Any]:
    """When it was retired: a day that stands stays."""
    return {"retired_on": (row.retired_on or viewer.today) if typed.ticked("retired") else None}


def _rule(session: Session, viewer: Viewer) -> ProgrammeCheckRule | None:
    return session.scalar(
        select(ProgrammeCheckRule).where(ProgrammeCheckRule.organisation_id == viewer.organisation_id)
    )


def _of_college(session: Session, viewer: Viewer, table: type[Row], row_id: int) -> Row:
    """The college's row; NotFound where it isn't one."""
    row = session.get(table, row_id, populate_existing=True)
    if row is None or row.organisation_id != viewer.organisation_id:
        raise NotFound
    return row
