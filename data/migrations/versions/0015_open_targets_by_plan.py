"""open targets by plan: all that a department's page asks of them lies in the index

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NAME = "ix_target_open_plan_id"
OPEN = sa.text("status IN ('to-come', 'in-progress')")


def upgrade() -> None:
    _make(["plan_id", "due_on", "first_due_on", "moves", "status"])


def downgrade() -> None:
    _make(["plan_id", "due_on", "first_due_on"])


def _make(columns: Sequence[str]) -> None:
    op.drop_index(NAME, table_name="target")
    op.create_index(NAME, "target", columns, sqlite_where=OPEN, postgresql_where=OPEN)
