"""Whether a bus stood at a stop, and by how much its arrival may be off.

Revision ID: 0005_dwell
Revises: 0004_by_day
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_dwell"
down_revision = "0004_by_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stop_event", sa.Column("stopped", sa.Boolean()))
    op.add_column("stop_event", sa.Column("error_s", sa.Float(53)))


def downgrade() -> None:
    op.drop_column("stop_event", "error_s")
    op.drop_column("stop_event", "stopped")
