"""how many targets are open, which the overdue ones are counted of

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("department_figures", sa.Column("open", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("department_figures", "open")
