"""What a coverage is made of: batches of reviews, and judgements that the figures don't bear out."""

from __future__ import annotations

from collections.abc import Sequence

from components import words
from components.coverage_tables import COLOURS, Cell, Table, cell, columns, figures_in_words, person, query
from data.batches import EXPLANATIONS, Batch, BatchKind
from data.errors import NotFound
from data.judgements import HOW_COMPUTED, Disagreement

BATCH_WORDS = {
    BatchKind.MINUTE: "saved in a minute",
    BatchKind.TEXT: "same text",
    BatchKind.LAST_DAY: "last day of the window",
}


def batches_table(found: Sequence[Batch]) -> Table:
    """A row for each batch; its number opens its reviews."""
    return Table(
        key="batches",
        title=f"{words.count(len(found), 'batch', 'batches')} of reviews",
        columns=columns("What", "#Reviews", "By", "Cohorts", ("Held", "held"), ("Saved", "saved")),
        rows=tuple(_batch(batch) for batch in found),
        note=" ".join(EXPLANATIONS.values()) + " A batch proves nothing; it says what a coverage is made of.",
        empty="No batches: no reviews saved by the handful, with the same text, or all on the last day.",
    )


def batch_table(found: Sequence[Batch], key: str) -> Table:
    """The reviews of one batch; NotFound where there is no such batch (any more)."""
    batch = next((batch for batch in found if batch.key == key), None)
    if batch is None:
        raise NotFound
    return Table(
        key="batch",
        title=f"{words.count(len(batch.reviews), 'review')}: {BATCH_WORDS[batch.kind]}"
        + (", group-written" if batch.group_written else ""),
        columns=columns("Learner", "Cohort", "Kind", "Held", "Due", "Saved", "By", "Note"),
        rows=tuple(
            (
                person(review.learner_id, review.learner, review.plan_id),
                Cell(review.cohort, review.cohort, href=f"/cohort/{review.cohort_id}/coverage"),
                cell(review.kind),
                cell(review.held_on),
                cell(review.due_on),
                cell(review.recorded_at),
                cell(review.by),
                cell(review.note, css="what"),
            )
            for review in batch.reviews
        ),
        note=EXPLANATIONS[batch.kind],
    )


def disagreements_table(found: Sequence[Disagreement]) -> Table:
    return Table(
        key="disagree",
        title=f"Judgement and figures disagree: {words.count(len(found), 'learner')}",
        columns=columns("Learner", "Cohort", "Judgement", "Reason", "By", ("Judged on", "on"), "Figures"),
        rows=tuple(_disagreement(one) for one in found),
        note=f"{HOW_COMPUTED} Kinder judgements than the figures come first.",
        empty="Wherever somebody gave a judgement, the figures say the same.",
    )


def _batch(batch: Batch) -> tuple[Cell, ...]:
    days = [review.held_on for review in batch.reviews]
    held = words.day(days[0]) if len(set(days)) == 1 else f"{words.day(min(days))} to {words.day(max(days))}"
    number = len(batch.reviews)
    what = BATCH_WORDS[batch.kind] + (", group-written" if batch.group_written else "")
    return (
        Cell(what, what.capitalize(), icon="people" if batch.group_written else "arrow-repeat"),
        Cell(number, str(number), select=query(list="batch", batch=batch.key, order=None)),
        cell(", ".join(batch.by)),
        cell(", ".join(batch.cohorts)),
        Cell(min(days), held),
        cell(batch.reviews[-1].recorded_at),
    )


def _disagreement(one: Disagreement) -> tuple[Cell, ...]:
    judged, icon, state = COLOURS[one.judged.colour]
    figures, figures_icon, figures_state = COLOURS[one.computed.colour]
    in_words = figures_in_words(one.computed)
    return (
        person(one.learner_id, one.learner, one.plan_id),
        Cell(one.cohort, one.cohort, href=f"/cohort/{one.cohort_id}/coverage"),
        Cell(judged, judged, css=f"state-{state}", icon=icon),
        cell(one.judged.reason, css="what"),
        cell(one.judged.by),
        cell(one.judged.judged_on),
        Cell(
            f"{figures}: {in_words}",
            f"{figures}: {in_words}",
            css=f"state-{figures_state}",
            icon=figures_icon,
        ),
    )
