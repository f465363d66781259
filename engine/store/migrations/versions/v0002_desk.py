"""The desk: delegation, signing, instructions, absences, views, preferences, exports."""

import sqlalchemy as sa
from alembic import op

from engine.store import escalations
from engine.store.searching import remember
from engine.store.types import Instant, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NUMBERED = ("instruction", "absence", "saved_view", "export")


def upgrade() -> None:
    """Add what the desk needs."""
    op.create_index(
        "ix_work_order_parent",
        "work_order",
        ["parent_id", "id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.add_column(
        "incident", sa.Column("message_zh", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("task", sa.Column("barred_too", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("stood_for", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("owner", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("signing", Json(), nullable=True))
    op.create_index(
        "ix_task_owner",
        "task",
        ["owner"],
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.drop_index("ix_task_unit_due", "task")
    op.create_index(
        "ix_task_unit_due",
        "task",
        ["unit_id", "sort_due", "id", "ended_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_task_on_time",
        "task",
        ["unit_id", "ended_at", "due_at", "state"],
        sqlite_where=sa.text("state = 'completed' AND due_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'completed' AND due_at IS NOT NULL"),
    )
    op.create_table(
        "escalation",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("clock", sa.String(length=100), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("actions", Json(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("to_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("receivers", Json(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "seq", name=op.f("pk_escalation")),
    )
    op.create_index("ix_escalation_unit", "escalation", ["unit_id", "at"])
    op.create_table(
        "instruction",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    op.create_index(op.f("ix_instruction_order_id"), "instruction", ["order_id"])
    op.create_table(
        "absence",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_person_id"), "absence", ["person_id"])
    op.create_index(op.f("ix_absence_substitute_id"), "absence", ["substitute_id"])
    op.create_table(
        "snooze",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "task_id", name=op.f("pk_snooze")),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("digest_at", sa.String(length=5), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.Boolean(), nullable=False),
        sa.Column("digested_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_person_id"), "saved_view", ["person_id"])
    op.create_index(op.f("ix_saved_view_unit_id"), "saved_view", ["unit_id"])
    op.create_table(
        "export",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("node", sa.String(length=100), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_person_id"), "export", ["person_id"])
    op.create_index(
        "ix_export_waiting",
        "export",
        ["id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _search()
    if op.get_bind().dialect.name == "postgresql":
        for table in NUMBERED:
            op.execute(f"CREATE SEQUENCE {table}_ids")


def _search() -> None:
    """Lists and full-text search over all orders."""
    seen = ["started_at", "id", "unit_path", "process_key", "started_by", "first_owner"]
    is_open = sa.text("ended_at IS NULL")
    op.drop_index("ix_work_order_started", "work_order")
    op.create_index("ix_work_order_seen", "work_order", seen)
    for name, columns in (
        ("ix_work_order_open", ["started_at", "id"]),
        ("ix_work_order_open_due", ["due_at", "id"]),
    ):
        op.create_index(
            name, "work_order", columns, sqlite_where=is_open, postgresql_where=is_open
        )
    is_held = sa.text("held IS NOT NULL")
    op.create_index(
        "ix_work_order_held",
        "work_order",
        ["started_at", "id"],
        sqlite_where=is_held,
        postgresql_where=is_held,
    )
    op.create_index("ix_work_order_process", "work_order", ["process_key", "started_at", "id"])
    op.create_table(
        "order_text",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_text")),
    )
    statements = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in statements:
        op.execute(statement)
    remember(op.get_bind())
    escalations.remember(op.get_bind())


#: Every word stands in the index as it is written; characters beyond ASCII belong to words.
SQLITE = (
    """CREATE VIRTUAL TABLE order_search USING fts5(
        words, content='order_text', content_rowid='order_id',
        tokenize='ascii', detail=none, columnsize=0
    )""",
    """CREATE TRIGGER order_text_added AFTER INSERT ON order_text BEGIN
        INSERT INTO order_search (rowid, words) VALUES (new.order_id, new.words);
    END""",
    """CREATE TRIGGER order_text_changed AFTER UPDATE ON order_text BEGIN
        INSERT INTO order_search (order_search, rowid, words)
        VALUES ('delete', old.order_id, old.words);
        INSERT INTO order_search (rowid, words) VALUES (new.order_id, new.words);
    END""",
    """CREATE TRIGGER order_text_removed AFTER DELETE ON order_text BEGIN
        INSERT INTO order_search (order_search, rowid, words)
        VALUES ('delete', old.order_id, old.words);
    END""",
)
#: Kept beside the words: made anew for every row passed by, it would cost ten times as much.
POSTGRESQL = (
    """ALTER TABLE order_text ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(words, ' '), ''))
    ) STORED""",
    "CREATE INDEX ix_order_text_vector ON order_text USING gin (vector)",
)
