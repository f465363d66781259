"""What customers are found by: any characters of their names and numbers. Waiting uploads."""

import sqlalchemy as sa
from alembic import op

from engine.store import customer_texts
from engine.store.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add an index of names, and fill it from the customers there are."""
    op.create_table(
        "customer_text",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_text")),
    )
    statements = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in statements:
        op.execute(statement)
    customer_texts.remember(op.get_bind())
    op.create_table(
        "upload",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


#: As for orders: every word stands in the index as it is written.
SQLITE = (
    """CREATE VIRTUAL TABLE customer_search USING fts5(
        code, name, unit, content='customer_text', content_rowid='customer_id',
        tokenize='ascii', detail=none, columnsize=0
    )""",
    """CREATE TRIGGER customer_text_added AFTER INSERT ON customer_text BEGIN
        INSERT INTO customer_search (rowid, code, name, unit)
        VALUES (new.customer_id, new.code, new.name, new.unit);
    END""",
    """CREATE TRIGGER customer_text_changed AFTER UPDATE ON customer_text BEGIN
        INSERT INTO customer_search (customer_search, rowid, code, name, unit)
        VALUES ('delete', old.customer_id, old.code, old.name, old.unit);
        INSERT INTO customer_search (rowid, code, name, unit)
        VALUES (new.customer_id, new.code, new.name, new.unit);
    END""",
    """CREATE TRIGGER customer_text_removed AFTER DELETE ON customer_text BEGIN
        INSERT INTO customer_search (customer_search, rowid, code, name, unit)
        VALUES ('delete', old.customer_id, old.code, old.name, old.unit);
    END""",
)
POSTGRESQL = (
    """ALTER TABLE customer_text ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(
            array_remove(string_to_array(code || ' ' || name || ' ' || unit, ' '), '')
        )
    ) STORED""",
    "CREATE INDEX ix_customer_text_vector ON customer_text USING gin (vector)",
)
