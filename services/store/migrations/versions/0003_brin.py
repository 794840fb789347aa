"""Indexes of the history that pay: BRIN on time in place of a B-tree, no GiST where rows still come in.

Revision ID: 0003_brin
Revises: 0002_desk
"""

from alembic import op

revision = "0003_brin"
down_revision = "0002_desk"
branch_labels = None
depends_on = None

TABLES = ("bus_position", "edge_state")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX bus_position_geom")
    for table in TABLES:
        op.execute(f"DROP INDEX {table}_time")
        op.execute(f"CREATE INDEX {table}_time ON {table} USING brin (time_ms) WITH (pages_per_range = 32)")
        op.execute(f"ALTER TABLE {table}_latest SET (fillfactor = 50)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table}_latest RESET (fillfactor)")
        op.execute(f"DROP INDEX {table}_time")
        op.execute(f"CREATE INDEX {table}_time ON {table} (time_ms)")
    op.execute("CREATE INDEX bus_position_geom ON bus_position USING gist (geom)")
