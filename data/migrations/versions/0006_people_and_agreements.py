"""people and agreements

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KINDS = "'support-staff', 'employer', 'parent', 'agency', 'peer'"
PARTIES = "'learner', 'tutor', 'employer', 'parent', 'agency'"


def upgrade() -> None:
    op.add_column("learner", sa.Column("born_on", sa.Date(), nullable=True))
    _add_people()
    _add_agreements()


def downgrade() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("learner_agreed_on", sa.Date(), nullable=True),
        sa.Column("tutor_agreed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_contract_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("plan_id", "plan_version", name=op.f("uq_contract_plan_id_plan_version")),
    )
    op.execute(
        "INSERT INTO contract (plan_id, plan_version, learner_agreed_on, tutor_agreed_on, version)"
        " SELECT plan_id, 1, max(CASE WHEN party = 'learner' THEN agreed_on END),"
        " max(CASE WHEN party = 'tutor' THEN agreed_on END), 1 FROM agreement GROUP BY plan_id"
    )
    for table in ("agreement", "guest_comment", "guest_look", "invitation", "plan_person"):
        op.drop_table(table)
    op.drop_column("learner", "born_on")


def _add_people() -> None:
    op.create_table(
        "plan_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("consent_in_person", sa.Boolean(), nullable=False),
        sa.Column("consent_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_plan_person_kind_known")),
        sa.CheckConstraint(
            "access IN ('nothing', 'read', 'comment', 'judge')", name=op.f("ck_plan_person_access_known")
        ),
        sa.CheckConstraint(
            "consented_on IS NULL OR withdrawn_on IS NULL",
            name=op.f("ck_plan_person_consented_or_withdrawn"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_person_plan_id")),
        sa.ForeignKeyConstraint(["consent_by_id"], ["person.id"], name=op.f("fk_plan_person_consent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_person")),
    )
    op.create_index(op.f("ix_plan_person_plan_id"), "plan_person", ["plan_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_person_id"], ["plan_person.id"], name=op.f("fk_invitation_plan_person_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_invitation_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_plan_person_id"), "invitation", ["plan_person_id"])
    op.create_table(
        "guest_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_guest_look_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_look")),
    )
    op.create_index(op.f("ix_guest_look_invitation_id"), "guest_look", ["invitation_id"])
    op.create_table(
        "guest_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_guest_comment_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_comment")),
    )
    op.create_index(op.f("ix_guest_comment_invitation_id"), "guest_comment", ["invitation_id"])


def _add_agreements() -> None:
    """One row for each who agreed, in place of one for the learner and the tutor together."""
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("plan_person_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"party IN ({PARTIES})", name=op.f("ck_agreement_party_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_agreement_plan_id")),
        sa.ForeignKeyConstraint(
            ["plan_person_id"], ["plan_person.id"], name=op.f("fk_agreement_plan_person_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_agreement_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name=op.f("fk_agreement_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_plan_id"), "agreement", ["plan_id"])
    contract = sa.table("contract", *map(sa.column, ("plan_id", "learner_agreed_on", "tutor_agreed_on")))
    change = sa.table("change", *map(sa.column, ("id", "plan_id", "at")))
    columns = ("plan_id", "party", "in_person", "agreed_on", "change_id")
    agreement = sa.table("agreement", *map(sa.column, columns))
    for party, agreed_on in (
        ("learner", contract.c.learner_agreed_on),
        ("tutor", contract.c.tutor_agreed_on),
    ):
        last_change = (
            sa.select(sa.func.max(change.c.id))
            .where(change.c.plan_id == contract.c.plan_id, sa.func.date(change.c.at) <= agreed_on)
            .scalar_subquery()
        )
        agreed = sa.select(
            contract.c.plan_id, sa.literal(party, sa.Text), sa.false(), agreed_on, last_change
        ).where(agreed_on.is_not(None))
        op.execute(agreement.insert().from_select(columns, agreed))
    op.drop_table("contract")
