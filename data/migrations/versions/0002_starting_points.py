"""starting points

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LEARNING_SKILLS = (
    ("Plan my time", "I know what is due and begin early enough."),
    ("Ask for help in time", "I say when I’m stuck before it is late."),
    ("Take notes that I can use", "I find again what was said, in my own words."),
    ("Read longer texts", "I get what a brief or a chapter asks of me."),
    ("Write clearly", "Others understand what I write the first time."),
    ("Work with numbers", "I can do the sums that my course needs and check them."),
    ("Work in a team", "I do my part, listen, and say what I think."),
    ("Keep going when it gets hard", "I try another way before I give up."),
)
"""What every organisation begins with; data/college.py gives the same to new ones."""


def upgrade() -> None:
    op.create_table(
        "attainment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('qualification', 'experience')", name=op.f("ck_attainment_kind_known")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_attainment_year_likely")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_attainment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attainment")),
    )
    op.create_index(op.f("ix_attainment_plan_id"), "attainment", ["plan_id"])
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("need", sa.Boolean(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("support_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('initial', 'diagnostic')", name=op.f("ck_assessment_kind_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_assessment_plan_id")),
        sa.ForeignKeyConstraint(["support_id"], ["support.id"], name=op.f("fk_assessment_support_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_assessment_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(op.f("ix_assessment_plan_id"), "assessment", ["plan_id"])
    op.create_table(
        "own_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("ways_of_working", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["plan.id"], name=op.f("fk_own_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
    )
    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_skill_cohort_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_skill_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
    )
    op.create_index(op.f("ix_skill_organisation_id"), "skill", ["organisation_id"])
    op.create_index(op.f("ix_skill_cohort_id"), "skill", ["cohort_id"])
    op.create_table(
        "balance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("rated_by", sa.Text(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rated_by IN ('learner', 'tutor')", name=op.f("ck_balance_rated_by_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_balance_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance")),
        sa.UniqueConstraint(
            "plan_id", "rated_by", "rated_on", name=op.f("uq_balance_plan_id_rated_by_rated_on")
        ),
    )
    op.create_table(
        "skill_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("balance_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 4", name=op.f("ck_skill_rating_rating_on_scale")),
        sa.ForeignKeyConstraint(["balance_id"], ["balance.id"], name=op.f("fk_skill_rating_balance_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_skill_rating_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_rating")),
        sa.UniqueConstraint("balance_id", "skill_id", name=op.f("uq_skill_rating_balance_id_skill_id")),
    )
    op.create_table(
        "progression_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("first_choice", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('next-level', 'higher-education', 'apprenticeship', 'employment', 'other')",
            name=op.f("ck_progression_option_kind_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_progression_option_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progression_option")),
    )
    op.create_index(op.f("ix_progression_option_plan_id"), "progression_option", ["plan_id"])
    op.create_table(
        "progression_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("has", sa.Text(), nullable=False),
        sa.Column("met", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "met IN ('met', 'on-the-way', 'not-yet')", name=op.f("ck_progression_need_met_known")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_progression_need_target_id")),
        sa.ForeignKeyConstraint(
            ["option_id"], ["progression_option.id"], name=op.f("fk_progression_need_option_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progression_need")),
    )
    op.create_index(op.f("ix_progression_need_option_id"), "progression_need", ["option_id"])
    op.create_table(
        "plan_exit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('next-level', 'higher-education', 'apprenticeship', 'employment', 'other')",
            name=op.f("ck_plan_exit_kind_known"),
        ),
        sa.ForeignKeyConstraint(["id"], ["plan.id"], name=op.f("fk_plan_exit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_exit")),
    )
    op.create_table(
        "experience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_experience_hours_counted")),
        sa.CheckConstraint(
            "kind IN ('academic', 'enrichment', 'work-placement', 'volunteering')",
            name=op.f("ck_experience_kind_known"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_experience_until_on_after_from_on")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_experience_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience")),
    )
    op.create_index(op.f("ix_experience_plan_id"), "experience", ["plan_id"])
    _add_learning_skills()


def _add_learning_skills() -> None:
    organisations = sa.table("organisation", sa.column("id", sa.Integer))
    skills = sa.table(
        "skill",
        *(sa.column(name, sa.Integer) for name in ("organisation_id", "position", "version")),
        *(sa.column(name, sa.Text) for name in ("name", "meaning")),
        sa.column("retired", sa.Boolean),
    )
    rows = [
        {
            "organisation_id": organisation_id,
            "position": position,
            "name": name,
            "meaning": meaning,
            "retired": False,
            "version": 1,
        }
        for organisation_id in op.get_bind().scalars(sa.select(organisations.c.id)).all()
        for position, (name, meaning) in enumerate(LEARNING_SKILLS)
    ]
    if rows:
        op.bulk_insert(skills, rows)


def downgrade() -> None:
    op.drop_index(op.f("ix_experience_plan_id"), table_name="experience")
    op.drop_table("experience")
    op.drop_table("plan_exit")
    op.drop_index(op.f("ix_progression_need_option_id"), table_name="progression_need")
    op.drop_table("progression_need")
    op.drop_index(op.f("ix_progression_option_plan_id"), table_name="progression_option")
    op.drop_table("progression_option")
    op.drop_table("skill_rating")
    op.drop_table("balance")
    op.drop_index(op.f("ix_skill_organisation_id"), table_name="skill")
    op.drop_index(op.f("ix_skill_cohort_id"), table_name="skill")
    op.drop_table("skill")
    op.drop_table("own_words")
    op.drop_index(op.f("ix_assessment_plan_id"), table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_attainment_plan_id"), table_name="attainment")
    op.drop_table("attainment")
