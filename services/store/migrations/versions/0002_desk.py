"""The desks: incidents, cases, accounts, sessions, the audit and the outbox.

Revision ID: 0002_desk
Revises: 0001_backbone
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002_desk"
down_revision = "0001_backbone"
branch_labels = None
depends_on = None

AUTO_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FIRST_HASH = "0" * 64


def is_postgis() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def text(name: str, length: int, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def long(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def big(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def auto(name: str) -> sa.Column[Any]:
    return sa.Column(name, AUTO_ID, primary_key=True, autoincrement=True)


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(256), primary_key=True),
        text("state", 16), text("kind", 256), sa.Column("lon", sa.Float(53), nullable=False),
        sa.Column("lat", sa.Float(53), nullable=False), big("started_ms"), big("updated_ms"), long("body"),
    )
    op.create_index("ix_incidents_state", "incidents", ["state"])
    op.create_index("ix_incidents_started_ms", "incidents", ["started_ms"])
    op.create_table(
        "incident_log",
        auto("id"), sa.Column("incident_id", sa.String(256), sa.ForeignKey("incidents.incident_id"), nullable=False),
        big("time_ms"), text("actor", 64), text("action", 32), long("note"), text("from_state", 16),
        text("to_state", 16),
    )
    op.create_index("ix_incident_log_incident_id", "incident_log", ["incident_id"])
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(64), primary_key=True),
        sa.Column("candidate_id", sa.String(256), nullable=False, unique=True),
        text("camera_id", 256), text("rule", 256), big("time_ms"), text("status", 16), big("opened_ms"), long("body"),
    )
    op.create_index("cases_queue", "cases", ["status", "rule", "time_ms"])
    op.create_table(
        "case_log",
        auto("id"), sa.Column("case_id", sa.String(64), sa.ForeignKey("cases.case_id"), nullable=False),
        big("time_ms"), text("actor", 64), text("action", 32), long("note"), text("reason_code", 64, nullable=True),
    )
    op.create_index("ix_case_log_case_id", "case_log", ["case_id"])
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(64), primary_key=True),
        text("roles", 128), text("password_hash", 256), big("created_ms"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), sa.ForeignKey("accounts.name"), nullable=False),
        big("created_ms"), big("expires_ms"),
    )
    op.create_index("ix_sessions_name", "sessions", ["name"])
    op.create_index("ix_sessions_expires_ms", "sessions", ["expires_ms"])
    op.create_table(
        "setup", sa.Column("id", sa.Integer, primary_key=True), text("code_hash", 64), big("made_ms"),
    )
    op.create_table("outbox", auto("id"), text("topic", 256), text("key", 256), long("value"), big("created_ms"))
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        big("time_ms"), text("actor", 64), text("action", 64), text("subject", 512), long("detail"),
        text("previous_hash", 64), text("hash", 64),
    )
    op.create_table("audit_head", sa.Column("id", sa.Integer, primary_key=True), big("seq"), text("hash", 64))
    op.execute(f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{FIRST_HASH}')")
    refuse_change()


def refuse_change() -> None:
    """The audit can be appended to and nothing else."""
    if is_postgis():
        op.execute(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        return
    for table, act in (("audit", "UPDATE"), ("audit", "DELETE"), ("audit_head", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def downgrade() -> None:
    for name in ("audit_head", "audit", "outbox", "setup", "sessions", "accounts", "case_log", "cases", "incident_log",
                 "incidents"):
        op.drop_table(name)
    if is_postgis():
        op.execute("DROP FUNCTION audit_refuse")
