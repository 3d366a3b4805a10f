"""templates and phases

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

FIRST_SET = "Four phases"
FIRST_PHASES = (("Induction", 6), ("Foundation", None), ("Progression", None), ("Transition", 6))


def upgrade() -> None:
    op.add_column(
        "phase", sa.Column("demands_review", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column(
        "phase", sa.Column("asks_preparedness", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_table(
        "phase_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_phase_set_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_set")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_phase_set_organisation_id_name")),
    )
    op.create_table(
        "phase_set_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phase_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("demands_review", sa.Boolean(), nullable=False),
        sa.Column("asks_preparedness", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weeks > 0", name=op.f("ck_phase_set_phase_weeks_positive")),
        sa.ForeignKeyConstraint(
            ["phase_set_id"], ["phase_set.id"], name=op.f("fk_phase_set_phase_phase_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_set_phase")),
        sa.UniqueConstraint(
            "phase_set_id", "position", name=op.f("uq_phase_set_phase_phase_set_id_position")
        ),
    )
    op.create_table(
        "template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starting_point", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("progression", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_template_months_positive")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_template_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("department_id", "name", name=op.f("uq_template_department_id_name")),
    )
    op.create_table(
        "template_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("demands_review", sa.Boolean(), nullable=False),
        sa.Column("asks_preparedness", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("weeks > 0", name=op.f("ck_template_phase_weeks_positive")),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"], name=op.f("fk_template_phase_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_phase")),
        sa.UniqueConstraint("template_id", "position", name=op.f("uq_template_phase_template_id_position")),
    )
    op.create_table(
        "template_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("short_title", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("weeks_in", sa.Integer(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("weeks_in >= 0", name=op.f("ck_template_milestone_weeks_in_counted")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["template.id"], name=op.f("fk_template_milestone_template_id")
        ),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_template_milestone_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_milestone")),
        sa.UniqueConstraint(
            "template_id", "short_title", name=op.f("uq_template_milestone_template_id_short_title")
        ),
    )
    op.create_table(
        "template_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('plan', 'phase', 'target', 'milestone')", name=op.f("ck_template_copy_kind_known")
        ),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"], name=op.f("fk_template_copy_template_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_template_copy_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_copy")),
        sa.UniqueConstraint("kind", "row_id", name=op.f("uq_template_copy_kind_row_id")),
    )
    op.create_index(op.f("ix_template_copy_template_id"), "template_copy", ["template_id"])
    op.create_index(op.f("ix_template_copy_plan_id"), "template_copy", ["plan_id"])
    op.create_table(
        "template_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("plans", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("why_skipped", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"], name=op.f("fk_template_run_template_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_template_run_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_template_run_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_run")),
    )
    op.create_index(op.f("ix_template_run_template_id"), "template_run", ["template_id"])
    op.create_table(
        "template_run_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["template_run.id"], name=op.f("fk_template_run_line_run_id")),
        sa.ForeignKeyConstraint(["copy_id"], ["template_copy.id"], name=op.f("fk_template_run_line_copy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_run_line")),
    )
    op.create_index(op.f("ix_template_run_line_run_id"), "template_run_line", ["run_id"])
    op.create_table(
        "preparedness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("academic", sa.String(length=16), nullable=True),
        sa.Column("personal", sa.String(length=16), nullable=True),
        sa.Column("social", sa.String(length=16), nullable=True),
        sa.Column("practical", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("own_view", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "academic IN ('ready', 'nearly', 'not-yet')", name=op.f("ck_preparedness_academic_known")
        ),
        sa.CheckConstraint(
            "personal IN ('ready', 'nearly', 'not-yet')", name=op.f("ck_preparedness_personal_known")
        ),
        sa.CheckConstraint(
            "practical IN ('ready', 'nearly', 'not-yet')", name=op.f("ck_preparedness_practical_known")
        ),
        sa.CheckConstraint(
            "social IN ('ready', 'nearly', 'not-yet')", name=op.f("ck_preparedness_social_known")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_preparedness_plan_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_preparedness_phase_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_preparedness_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparedness")),
        sa.UniqueConstraint("phase_id", name=op.f("uq_preparedness_phase_id")),
    )
    op.create_index(op.f("ix_preparedness_plan_id"), "preparedness", ["plan_id"])
    op.create_table(
        "bridge_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("aspect", sa.String(length=16), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "aspect IN ('academic', 'personal', 'social', 'practical')",
            name=op.f("ck_bridge_action_aspect_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_bridge_action_plan_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_bridge_action_phase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridge_action")),
    )
    op.create_index(op.f("ix_bridge_action_plan_id"), "bridge_action", ["plan_id"])
    op.create_table(
        "transition_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("where_to", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('application', 'personal-statement', 'cv', 'placement', 'funding', 'other')",
            name=op.f("ck_transition_item_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('to-do', 'under-way', 'sent', 'done', 'not-needed')",
            name=op.f("ck_transition_item_status_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_transition_item_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition_item")),
    )
    op.create_index(op.f("ix_transition_item_plan_id"), "transition_item", ["plan_id"])
    op.create_table(
        "route_draft_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("what_helps", sa.Text(), nullable=False),
        sa.Column("by_when", sa.Date(), nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("barrier_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('start', 'destination', 'road', 'stop', 'breakdown')",
            name=op.f("ck_route_draft_part_kind_known"),
        ),
        sa.CheckConstraint(
            "(taken_on IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_route_draft_part_taken_by_somebody")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_route_draft_part_plan_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_route_draft_part_lane_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_route_draft_part_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by_id"], ["person.id"], name=op.f("fk_route_draft_part_replied_by_id")
        ),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_route_draft_part_taken_by_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_route_draft_part_target_id")),
        sa.ForeignKeyConstraint(["barrier_id"], ["barrier.id"], name=op.f("fk_route_draft_part_barrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_draft_part")),
    )
    op.create_index(op.f("ix_route_draft_part_plan_id"), "route_draft_part", ["plan_id"])
    _add_first_sets()


def _add_first_sets() -> None:
    """What a new organisation begins with, for those that are there already."""
    op.execute(
        sa.text(
            "INSERT INTO phase_set (organisation_id, name, position, version)"
            " SELECT id, :name, 1, 1 FROM organisation"
        ).bindparams(name=FIRST_SET)
    )
    for position, (name, weeks) in enumerate(FIRST_PHASES, 1):
        op.execute(
            sa.text(
                "INSERT INTO phase_set_phase"
                " (phase_set_id, position, name, weeks, demands_review, asks_preparedness)"
                " SELECT id, :position, :name, :weeks, :yes, :asks FROM phase_set"
            ).bindparams(
                sa.bindparam("weeks", weeks, sa.Integer()),
                sa.bindparam("yes", True, sa.Boolean()),
                sa.bindparam("asks", position > 1, sa.Boolean()),
                position=position,
                name=name,
            )
        )


def downgrade() -> None:
    op.drop_table("route_draft_part")
    op.drop_table("transition_item")
    op.drop_table("bridge_action")
    op.drop_table("preparedness")
    op.drop_table("template_run_line")
    op.drop_table("template_run")
    op.drop_table("template_copy")
    op.drop_table("template_milestone")
    op.drop_table("template_phase")
    op.drop_table("template")
    op.drop_table("phase_set_phase")
    op.drop_table("phase_set")
    op.drop_column("phase", "asks_preparedness")
    op.drop_column("phase", "demands_review")
