"""a rule for each kind of review

Revision ID: 0018
Revises: 0017
"""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
