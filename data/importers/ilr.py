"""ILR: learners, programme and component aims become learners, enrolments, plans, milestones, targets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select

from data.college import lane_ids
from data.errors import Refused
from data.importers import ilr_meaning, plans
from data.importers.ilr_file import RawLearner, read_learners
from data.importers.ilr_meaning import Delivery, IlrEnrolment
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.phases import phase_name
from data.importers.sources import Source, opened_xml
from data.importers.summary import Refusal, Unusable
from data.models import BreakInLearning, Enrolment, ImportRecord

PROGRAMME = "programme"
"""Stands for an aim reference where the target is the programme itself."""


@dataclass(slots=True)
class _Learner:
    provider: str
    reference: str
    given_name: str
    family_name: str
    born_on: date | None = None
    deliveries: dict[tuple[str, date], Delivery] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.provider}|{self.reference}"


@dataclass(slots=True)
class _Place:
    """An enrolment to write: whose, where, and under which key."""

    learner: _Learner
    enrolment: IlrEnrolment
    cohort_id: int = 0
    id: int = 0

    @property
    def key(self) -> str:
        return f"{self.learner.key}|{self.enrolment.key}"

    @property
    def label(self) -> str:
        return f"learner {self.learner.reference}"

    def result(self) -> dict[str, Delivery]:
        """{aim: the delivery that says how it stands}, the programme aim among them."""
        head = self.enrolment.heads[-1]
        programme = {PROGRAMME: head} if head.aim_type == ilr_meaning.PROGRAMME_AIM else {}
        return self.enrolment.aims | programme


def import_ilr(run: Run, paths: Sequence[Path]) -> None:
    """Import ILR files, or zips of them, into the department that the run names."""
    if not run.department:
        raise Refused("The ILR names no departments. Say where its learners go with --department NAME.")
    department_id = plans.department_id(run, run.department)
    learners: dict[tuple[str, str], _Learner] = {}
    for path in paths:
        with opened_xml(path) as sources:
            for source in sources:
                _read(run, source, learners)
    places = [
        _Place(learner, enrolment)
        for learner in learners.values()
        for enrolment in ilr_meaning.enrolments_of(learner.deliveries.values())
    ]
    _write(run, department_id, learners.values(), places)


def _read(run: Run, source: Source, learners: dict[tuple[str, str], _Learner]) -> None:
    with run.progress(f"Reading {source.name}", source.size) as advance:
        before = 0
        for raw, read in read_learners(source):
            advance(read - before)
            before = read
            run.summary.read += 1 + len(raw.deliveries)
            _take(run, source.name, raw, learners)
        advance(source.size - before)


def _take(run: Run, name: str, raw: RawLearner, learners: dict[tuple[str, str], _Learner]) -> None:
    reference = raw.fields.get("learnrefnumber", "")
    if not reference:
        run.summary.refused.add(Refusal(f"{name}, line {raw.line}", "a learner without LearnRefNumber"))
        return
    given, family = raw.fields.get("givennames", ""), raw.fields.get("familyname", "")
    learner = learners.setdefault((raw.ukprn, reference), _Learner(raw.ukprn, reference, "", ""))
    learner.given_name = given or "Learner"
    learner.family_name = family or reference
    learner.born_on = ilr_meaning.born_on(raw.fields)
    for raw_delivery in raw.deliveries:
        where = f"{name}, line {raw_delivery.line}"
        try:
            delivery, left_out = ilr_meaning.parse_delivery(raw_delivery, where)
        except Unusable as error:
            run.summary.refused.add(Refusal(where, f"learner {reference}: {error}"))
            continue
        if left_out:
            run.summary.left_out.add(Refusal(where, f"learner {reference}: {left_out}"))
        learner.deliveries[delivery.aim, delivery.starts_on] = delivery


def _write(run: Run, department_id: int, learners: Iterable[_Learner], places: list[_Place]) -> None:
    learner_ids = merge(run, plans.LEARNERS, [_learner(run, each) for each in learners]).ids
    _find_cohorts(run, department_id, places)
    enrolments = [_enrolment(place, learner_ids[place.learner.key]) for place in places]
    ids = plans.merge_enrolments(run, enrolments).ids
    for place in places:
        place.id = ids[place.key]
    plans.merge_breaks(run, _breaks(run, places))
    by_cohort: dict[int, list[_Place]] = defaultdict(list)
    for place in places:
        by_cohort[place.cohort_id].append(place)
    lane_id = lane_ids(run.session, run.organisation_id)["academic"]
    with run.progress("Writing cohorts", len(by_cohort)) as advance:
        for cohort_id, of_cohort in by_cohort.items():
            _write_targets(run, cohort_id, of_cohort, lane_id)
            advance(1)


def _learner(run: Run, learner: _Learner) -> Incoming:
    return Incoming(
        key=learner.key,
        values={"given_name": learner.given_name, "family_name": learner.family_name}
        | ({"born_on": learner.born_on} if learner.born_on else {}),
        once={
            "organisation_id": run.organisation_id,
            "provider": learner.provider,
            "reference": learner.reference,
        },
        label=f"learner {learner.reference}",
    )


def _enrolment(place: _Place, learner_id: int) -> Incoming:
    ended_on, end_reason = place.enrolment.ended
    return Incoming(
        key=place.key,
        values={
            "starts_on": place.enrolment.starts_on,
            "planned_end_on": place.enrolment.planned_end_on,
            "ended_on": ended_on,
            "end_reason": end_reason,
        },
        once={"learner_id": learner_id, "cohort_id": place.cohort_id},
        label=f"enrolment of {place.label}",
    )


def _find_cohorts(run: Run, department_id: int, places: list[_Place]) -> None:
    """An enrolment that is known stays in its cohort; a new one goes to the department's, made if new."""
    known = _known_cohorts(run, [place.key for place in places])
    newcomers: dict[str, list[_Place]] = defaultdict(list)
    for place in places:
        if place.key in known:
            place.cohort_id = known[place.key]
        else:
            newcomers[place.enrolment.key].append(place)
    cohorts = [_cohort(department_id, of_cohort) for of_cohort in newcomers.values()]
    ids = merge(run, plans.COHORTS, cohorts).ids
    run.summary.of(plans.COHORTS.noun).unchanged += len(set(known.values()) - set(ids.values()))
    for key, of_cohort in newcomers.items():
        for place in of_cohort:
            place.cohort_id = ids[f"{department_id}|{key}"]


def _known_cohorts(run: Run, keys: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in plans.in_parts(keys):
        rows = run.session.execute(
            select(ImportRecord.key, Enrolment.cohort_id)
            .join(Enrolment, Enrolment.id == ImportRecord.row_id)
            .where(
                ImportRecord.organisation_id == run.organisation_id,
                ImportRecord.source == f"{run.source}:{Enrolment.__tablename__}",
                ImportRecord.key.in_(some),
            )
        )
        found |= {key: cohort_id for key, cohort_id in rows}
    return found


def _cohort(department_id: int, places: list[_Place]) -> Incoming:
    enrolment = places[0].enrolment
    year = ilr_meaning.year_name(enrolment.year)
    return Incoming(
        key=f"{department_id}|{enrolment.key}",
        values={"title": f"{enrolment.programme.title}, started {year}"},
        once={
            "department_id": department_id,
            "code": f"{enrolment.programme.code} {year}",
            "starts_on": min(place.enrolment.starts_on for place in places),
        },
        label=f"cohort {enrolment.programme.code} {year}",
    )


def _breaks(run: Run, places: list[_Place]) -> Iterator[Incoming]:
    returns = {
        place.id: place.enrolment.returned_on for place in places if place.enrolment.returned_on is not None
    }
    still_open = _open_breaks(run, list(returns))
    for place in places:
        spans = {span.from_on: span.back_on for span in place.enrolment.breaks}
        returned_on, away_on = returns.get(place.id), still_open.get(place.id)
        if returned_on and away_on and away_on < returned_on:
            spans.setdefault(away_on, returned_on)
        for from_on, back_on in spans.items():
            yield Incoming(
                key=f"{place.key}|{from_on}",
                values={"back_on": back_on},
                once={"enrolment_id": place.id, "from_on": from_on},
                label=f"break in learning of {place.label}",
            )


def _open_breaks(run: Run, enrolment_ids: list[int]) -> dict[int, date]:
    """{enrolment id: the first day of its break that has no end yet}."""
    found: dict[int, date] = {}
    for some in plans.in_parts(enrolment_ids):
        rows = run.session.execute(
            select(BreakInLearning.enrolment_id, BreakInLearning.from_on).where(
                BreakInLearning.enrolment_id.in_(some), BreakInLearning.back_on.is_(None)
            )
        )
        found |= {enrolment_id: from_on for enrolment_id, from_on in rows}
    return found


# --- milestones and targets ----------------------------------------------------------------------------


def _write_targets(run: Run, cohort_id: int, places: list[_Place], lane_id: int) -> None:
    milestone_ids = merge(run, plans.MILESTONES, _milestones(cohort_id, places, lane_id)).ids
    phases = plans.load_phases(run, [place.id for place in places])
    merge(
        run,
        plans.TARGETS,
        [
            Incoming(
                key=f"{place.key}|{aim}",
                values={"due_on": delivery.planned_end_on} | ilr_meaning.result_of(delivery),
                once={
                    "plan_id": place.id,
                    "lane_id": lane_id,
                    "phase_id": phases[place.id].at(delivery.planned_end_on),
                    "milestone_id": milestone_ids[f"{cohort_id}|{aim}"],
                    "title": _title(aim, place.enrolment),
                    "created_on": delivery.first_on,
                },
                label=f"{_title(aim, place.enrolment)} of {place.label}",
            )
            for place in places
            for aim, delivery in place.result().items()
        ],
    )


def _milestones(cohort_id: int, places: list[_Place], lane_id: int) -> list[Incoming]:
    """A milestone for each aim of the cohort, due when most of its learners are due, the earliest first."""
    due: dict[str, Counter[date]] = defaultdict(Counter)
    for place in places:
        for aim, delivery in place.result().items():
            due[aim].update([delivery.planned_end_on] if delivery.planned_end_on else [])
    enrolment = places[0].enrolment
    usual = {aim: _most_common(counted) for aim, counted in due.items()}
    in_order = sorted(usual, key=lambda aim: (usual[aim] or date.max, aim))
    return [
        Incoming(
            key=f"{cohort_id}|{aim}",
            values={"due_on": usual[aim]},
            once=_milestone(cohort_id, lane_id, position, aim, enrolment, usual[aim]),
            label=_title(aim, enrolment),
        )
        for position, aim in enumerate(in_order)
    ]


def _milestone(
    cohort_id: int, lane_id: int, position: int, aim: str, enrolment: IlrEnrolment, due_on: date | None
) -> Values:
    return {
        "cohort_id": cohort_id,
        "lane_id": lane_id,
        "position": position,
        "short_title": "Programme" if aim == PROGRAMME else aim,
        "title": _title(aim, enrolment),
        "phase_name": phase_name(enrolment.starts_on, enrolment.planned_end_on, due_on),
    }


def _most_common(days: Counter[date]) -> date | None:
    return min(days, key=lambda day: (-days[day], day), default=None)


def _title(aim: str, enrolment: IlrEnrolment) -> str:
    return f"Complete the programme: {enrolment.programme.title}" if aim == PROGRAMME else f"Aim {aim}"
