"""a college's own prompts, checks of the programme, and cases

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from data.first_prompts import FIRST_OUTCOMES, FIRST_PROMPTS

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "case_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_outcome_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_outcome")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_case_outcome_organisation_id_name")),
    )
    op.create_table(
        "programme_check_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("weeks BETWEEN 1 AND 26", name=op.f("ck_programme_check_rule_weeks_likely")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_programme_check_rule_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_check_rule")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_programme_check_rule_organisation_id")),
    )
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience IN ('learner', 'tutor', 'both')", name=op.f("ck_prompt_audience_known")),
        sa.ForeignKeyConstraint(["kind_id"], ["review_kind.id"], name=op.f("fk_prompt_kind_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_prompt_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
    )
    op.create_index(
        "ix_prompt_organisation_id_kind_id", "prompt", ["organisation_id", "kind_id"], unique=False
    )
    op.create_table(
        "learner_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confidentiality BETWEEN 1 AND 4", name=op.f("ck_learner_case_confidentiality_known")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_learner_case_lead_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_learner_case_opened_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_learner_case_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_case")),
    )
    op.create_index(op.f("ix_learner_case_lead_id"), "learner_case", ["lead_id"], unique=False)
    op.create_index(op.f("ix_learner_case_plan_id"), "learner_case", ["plan_id"], unique=False)
    op.create_table(
        "programme_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("to_what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "choice = 'stay' OR (to_what <> '' AND reason <> '')",
            name=op.f("ck_programme_check_change_is_explained"),
        ),
        sa.CheckConstraint(
            "choice IN ('stay', 'change-level', 'transfer')", name=op.f("ck_programme_check_choice_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_programme_check_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_programme_check_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_check")),
    )
    op.create_index(op.f("ix_programme_check_plan_id"), "programme_check", ["plan_id"], unique=False)
    op.create_table(
        "prompt_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_prompt_answer_plan_id")),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_prompt_answer_prompt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_answer")),
        sa.UniqueConstraint(
            "plan_id", "prompt_id", "written_on", name=op.f("uq_prompt_answer_plan_id_prompt_id_written_on")
        ),
    )
    op.create_table(
        "case_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["learner_case.id"], name=op.f("fk_case_action_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_action")),
    )
    op.create_index(op.f("ix_case_action_case_id"), "case_action", ["case_id"], unique=False)
    op.create_table(
        "case_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_change_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["learner_case.id"], name=op.f("fk_case_change_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_change")),
    )
    op.create_index(op.f("ix_case_change_case_id"), "case_change", ["case_id"], unique=False)
    op.create_table(
        "case_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reopened_on", sa.Date(), nullable=True),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.Column("reopened_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reopened_on IS NULL OR reopened_why <> ''", name=op.f("ck_case_closing_reopened_has_reason")
        ),
        sa.CheckConstraint(
            "reopened_on IS NULL OR reopened_on >= closed_on",
            name=op.f("ck_case_closing_reopened_on_after_closed_on"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["learner_case.id"], name=op.f("fk_case_closing_case_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_case_closing_closed_by_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["case_outcome.id"], name=op.f("fk_case_closing_outcome_id")),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"], ["person.id"], name=op.f("fk_case_closing_reopened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_closing")),
    )
    op.create_index(op.f("ix_case_closing_case_id"), "case_closing", ["case_id"], unique=False)
    op.create_index(
        "uq_case_closing_in_force",
        "case_closing",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("reopened_on IS NULL"),
        postgresql_where=sa.text("reopened_on IS NULL"),
    )
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_note_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["learner_case.id"], name=op.f("fk_case_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"], unique=False)
    op.create_table(
        "case_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) = (name <> '')", name=op.f("ck_case_person_staff_or_named")),
        sa.ForeignKeyConstraint(["case_id"], ["learner_case.id"], name=op.f("fk_case_person_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_person")),
    )
    op.create_index(op.f("ix_case_person_case_id"), "case_person", ["case_id"], unique=False)

    _add_first_prompts()


def _add_first_prompts() -> None:
    """What a new organisation begins with, for those that are there already."""
    connection = op.get_bind()
    kinds = sa.table("review_kind", *(sa.column(name) for name in ("id", "organisation_id", "key")))
    organisations = sa.table("organisation", sa.column("id"))
    of_kind = {
        (row.organisation_id, row.key): row.id for row in connection.execute(sa.select(*kinds.columns))
    }
    ids = connection.scalars(sa.select(organisations.c.id)).all()
    prompts = [
        {
            "organisation_id": organisation_id,
            "kind_id": of_kind[organisation_id, key] if key else None,
            "position": position,
            "asks": asks,
            "guidance": guidance,
            "audience": str(audience),
            "version": 1,
        }
        for organisation_id in ids
        for key, some in FIRST_PROMPTS.items()
        if key is None or (organisation_id, key) in of_kind
        for position, (audience, asks, guidance) in enumerate(some, 1)
    ]
    outcomes = [
        {"organisation_id": organisation_id, "name": name, "position": position, "version": 1}
        for organisation_id in ids
        for position, name in enumerate(FIRST_OUTCOMES, 1)
    ]
    for table, rows in (("prompt", prompts), ("case_outcome", outcomes)):
        if rows:
            op.bulk_insert(sa.table(table, *(sa.column(name) for name in rows[0])), rows)


def downgrade() -> None:
    op.drop_table("case_person")
    op.drop_table("case_note")
    op.drop_table("case_closing")
    op.drop_table("case_change")
    op.drop_table("case_action")
    op.drop_table("prompt_answer")
    op.drop_table("programme_check")
    op.drop_table("learner_case")
    op.drop_table("prompt")
    op.drop_table("programme_check_rule")
    op.drop_table("case_outcome")
