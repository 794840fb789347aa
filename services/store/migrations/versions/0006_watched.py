"""For how long the minutes of a camera were watched, and by which model.

Revision ID: 0006_watched
Revises: 0005_dwell
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_watched"
down_revision = "0005_dwell"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("camera_count", sa.Column("watched_s", sa.Float(53)))
    op.add_column("camera_count", sa.Column("model_sha256", sa.String(64)))
    op.add_column("camera_health", sa.Column("model_sha256", sa.String(64)))


def downgrade() -> None:
    op.drop_column("camera_health", "model_sha256")
    op.drop_column("camera_count", "model_sha256")
    op.drop_column("camera_count", "watched_s")
