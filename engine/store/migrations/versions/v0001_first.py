"""First schema."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Tables whose ids handlers ask for before they record a fact.
NUMBERED = (
    "work_order", "resource", "definition", "extension", "comment", "attachment", "unit",
    "person", "token", "customer", "contact", "contract", "service", "ip_block", "visit_plan",
    "calendar", "sla_policy", "escalation_rule", "hold_reason",
)  # fmt: skip


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "attachment",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_order_id"), "attachment", ["order_id"], unique=False)
    op.create_table(
        "calendar",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("code", name=op.f("uq_calendar_code")),
    )
    op.create_table(
        "comment",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_order_id"), "comment", ["order_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_customer_id"), "contact", ["customer_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("filing_no", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("monthly_fee", sa.Float(), nullable=True),
        sa.Column("install_fee", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    op.create_index(op.f("ix_contract_customer_id"), "contract", ["customer_id"], unique=False)
    op.create_table(
        "credential",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("blocked_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "customer",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("is_key_account", sa.Boolean(), nullable=False),
        sa.Column("monthly_revenue", sa.Integer(), nullable=False),
        sa.Column("dnd", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_code")),
    )
    op.create_index(op.f("ix_customer_unit_id"), "customer", ["unit_id"], unique=False)
    op.create_table(
        "definition",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deployment", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("description", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_definition_key_version")),
    )
    op.create_table(
        "draft",
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "escalation_rule",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sla_key", sa.String(length=60), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rule")),
    )
    op.create_index(
        op.f("ix_escalation_rule_sla_key"), "escalation_rule", ["sla_key"], unique=False
    )
    op.create_table(
        "extension",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(length=100), nullable=False),
        sa.Column("new_due_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_order_id"), "extension", ["order_id"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "history_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("stream", sa.SmallInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_event")),
        sa.UniqueConstraint(
            "stream", "stream_id", "seq", name=op.f("uq_history_event_stream_stream_id_seq")
        ),
    )
    op.create_table(
        "hold_reason",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_reason")),
        sa.UniqueConstraint("code", name=op.f("uq_hold_reason_code")),
    )
    op.create_table(
        "idempotency",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)
    op.create_table(
        "incident",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_incident")),
    )
    op.create_index(
        "ix_incident_open",
        "incident",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "ip_block",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("cidr", sa.String(length=60), nullable=False),
        sa.Column("family", sa.SmallInteger(), nullable=False),
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("last", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_block")),
    )
    op.create_index(op.f("ix_ip_block_order_id"), "ip_block", ["order_id"], unique=False)
    op.create_index(
        "ix_ip_block_range",
        "ip_block",
        ["first", "last"],
        unique=False,
        sqlite_where=sa.text("state <> 'released'"),
        postgresql_where=sa.text("state <> 'released'"),
    )
    op.create_table(
        "job",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("inputs", Json(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_topic"), "job", ["topic"], unique=False)
    op.create_table(
        "notification",
        sa.Column("event_id", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("params", Json(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_notification")),
    )
    op.create_index("ix_notification_person", "notification", ["person_id", "at"], unique=False)
    op.create_table(
        "notification_read",
        sa.Column("event_id", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_notification_read")),
    )
    op.create_table(
        "order_copy",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "order_id", name=op.f("pk_order_copy")),
    )
    op.create_table(
        "order_variable",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "name", name=op.f("pk_order_variable")),
    )
    op.create_index(
        "ix_order_variable_value", "order_variable", ["name", "value", "order_id"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Instant(), nullable=True),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_next",
        "outbox",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("grants", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "queue",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_queue")),
    )
    op.create_table(
        "resource",
        sa.Column("deployment", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", "name", name=op.f("pk_resource")),
    )
    op.create_table(
        "role_grant",
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("role", "unit_id", "person_id", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "service",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("bandwidth", sa.String(length=40), nullable=False),
        sa.Column("a_address", sa.Text(), nullable=False),
        sa.Column("z_address", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("activated_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("number", name=op.f("uq_service_number")),
    )
    op.create_index(op.f("ix_service_customer_id"), "service", ["customer_id"], unique=False)
    op.create_table(
        "sla_policy",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy")),
    )
    op.create_index(op.f("ix_sla_policy_key"), "sla_policy", ["key"], unique=False)
    op.create_table(
        "step_failure",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_step_failure")),
    )
    op.create_table(
        "stream_tail",
        sa.Column("stream", sa.SmallInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "stream_id", name=op.f("pk_stream_tail")),
    )
    op.create_table(
        "subscription",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("message", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_message", "subscription", ["message", "order_id"], unique=False
    )
    op.create_table(
        "task",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.String(length=100), nullable=True),
        sa.Column("assignee", sa.BigInteger(), nullable=True),
        sa.Column("users", Json(), nullable=True),
        sa.Column("barred", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("follow_up_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("urges", sa.Integer(), nullable=False),
        sa.Column("handovers", sa.Integer(), nullable=False),
        sa.Column("held", sa.String(length=40), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("details", Json(), nullable=True),
        sa.Column("sort_due", sa.BigInteger(), nullable=False),
        sa.Column("sort_priority", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_done",
        "task",
        ["ended_by", "ended_at", "id"],
        unique=False,
        sqlite_where=sa.text("ended_by IS NOT NULL"),
        postgresql_where=sa.text("ended_by IS NOT NULL"),
    )
    op.create_index(
        "ix_task_escalated",
        "task",
        ["unit_id", "sort_due", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL AND (level > 0 OR purpose = 'supervision')"),
        postgresql_where=sa.text("ended_at IS NULL AND (level > 0 OR purpose = 'supervision')"),
    )
    op.create_index(
        "ix_task_mine",
        "task",
        ["assignee", "sort_due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index("ix_task_order", "task", ["order_id"], unique=False)
    op.create_index(
        "ix_task_queue_due",
        "task",
        ["queue", "sort_due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_queue_opened",
        "task",
        ["queue", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_queue_priority",
        "task",
        ["queue", "sort_priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_unit_due",
        "task",
        ["unit_id", "sort_due", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_task_unit_opened",
        "task",
        ["unit_id", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_task_unit_priority",
        "task",
        ["unit_id", "sort_priority", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "task_user",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "task_id", name=op.f("pk_task_user")),
    )
    op.create_table(
        "timer",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("interrupting", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("clock", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_timer")),
    )
    op.create_table(
        "token",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    op.create_index(op.f("ix_token_person_id"), "token", ["person_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("calendar", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("path", name=op.f("uq_unit_path")),
    )
    op.create_table(
        "visit_plan",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_plan")),
    )
    op.create_index(op.f("ix_visit_plan_customer_id"), "visit_plan", ["customer_id"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=True),
        sa.Column("first_owner", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("held", sa.String(length=40), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("urges", sa.Integer(), nullable=False),
        sa.Column("handovers", sa.Integer(), nullable=False),
        sa.Column("clocks", Json(), nullable=False),
        sa.Column("kernel", sa.LargeBinary(), nullable=False),
        sa.Column("kernel_due_at", Instant(), nullable=True),
        sa.Column("next_due_at", Instant(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
    )
    op.create_index(
        "ix_work_order_customer",
        "work_order",
        ["customer_id", "id"],
        unique=False,
        sqlite_where=sa.text("customer_id IS NOT NULL"),
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "ix_work_order_due",
        "work_order",
        ["next_due_at"],
        unique=False,
        sqlite_where=sa.text("next_due_at IS NOT NULL"),
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_index("ix_work_order_started", "work_order", ["started_at", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in NUMBERED:
            op.execute(f"CREATE SEQUENCE {table}_ids")
