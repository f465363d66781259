"""All tables. Projections are written by appliers only; see `docs/architecture.md`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.types import Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows only in a column typed exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _where(condition: str) -> dict[str, object]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# ---- the ledger -----------------------------------------------------------------------------

history_event = Table(
    "history_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("stream", SmallInteger, nullable=False),
    Column("stream_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("stream", "stream_id", "seq"),
)

stream_tail = Table(
    "stream_tail",
    metadata,
    Column("stream", SmallInteger, primary_key=True),
    Column("stream_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# ---- projections: work orders ---------------------------------------------------------------

work_order = Table(
    "work_order",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("number", String(40), nullable=False, unique=True),
    Column("definition_id", BigInteger, nullable=False),
    Column("process_key", String(100), nullable=False),
    Column("title", Text, nullable=False),
    Column("unit_id", BigInteger, nullable=False),
    Column("unit_path", String(200), nullable=False),
    Column("status", String(12), nullable=False),
    Column("state", String(40), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", BigInteger),
    Column("first_owner", BigInteger),
    Column("customer_id", BigInteger),
    Column("parent_id", BigInteger),
    Column("ended_at", Instant),
    Column("outcome", String(12)),
    Column("due_at", Instant),
    Column("held", String(40)),
    Column("held_until", Instant),
    Column("level", SmallInteger, nullable=False),
    Column("urges", Integer, nullable=False),
    Column("handovers", Integer, nullable=False),
    Column("clocks", Json, nullable=False),
    # The engine's own memory, not projections: kernel state, tail of the chain, next thing to do.
    Column("kernel", LargeBinary, nullable=False),
    Column("kernel_due_at", Instant),
    Column("next_due_at", Instant),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_work_order_due", "next_due_at", **_where("next_due_at IS NOT NULL")),  # type: ignore[arg-type]
    # What lists ask of every order they pass by never changes: they need not look at the order.
    Index(
        "ix_work_order_seen",
        "started_at",
        "id",
        "unit_path",
        "process_key",
        "started_by",
        "first_owner",
    ),
    Index("ix_work_order_open", "started_at", "id", **_where("ended_at IS NULL")),  # type: ignore[arg-type]
    Index("ix_work_order_held", "started_at", "id", **_where("held IS NOT NULL")),  # type: ignore[arg-type]
    Index("ix_work_order_process", "process_key", "started_at", "id"),
    Index("ix_work_order_open_due", "due_at", "id", **_where("ended_at IS NULL")),  # type: ignore[arg-type]
    Index("ix_work_order_parent", "parent_id", "id", **_where("parent_id IS NOT NULL")),  # type: ignore[arg-type]
    Index("ix_work_order_customer", "customer_id", "id", **_where("customer_id IS NOT NULL")),  # type: ignore[arg-type]
)

order_variable = Table(
    "order_variable",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), primary_key=True),
    Column("value", Text),
    Index("ix_order_variable_value", "name", "value", "order_id"),
)

#: Words an order is found by (`engine.domain.fulltext`). SQLite's FTS5 indexes them in the virtual
#: table ``order_search``, PostgreSQL in the generated column ``vector``; see the migration.
order_text = Table(
    "order_text",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
)

task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("element", String(100), nullable=False),
    Column("definition_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("unit_id", BigInteger, nullable=False),
    Column("form", String(100)),
    Column("assignee", BigInteger),
    Column("users", Json),
    Column("barred", BigInteger),
    # Whom that person stood in for; whose substitute holds the task.
    Column("barred_too", BigInteger),
    Column("stood_for", BigInteger),
    Column("priority", SmallInteger, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("follow_up_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", BigInteger),
    Column("level", SmallInteger, nullable=False),
    Column("urges", Integer, nullable=False),
    Column("handovers", Integer, nullable=False),
    Column("held", String(40)),
    Column("target", BigInteger),
    # Who delegated it and gets it back; the signing round in force.
    Column("owner", BigInteger),
    Column("signing", Json),
    Column("details", Json),
    # Ascending sort keys: no deadline sorts last, the highest priority first.
    Column("sort_due", BigInteger, nullable=False),
    Column("sort_priority", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_task_order", "order_id"),
    Index("ix_task_queue_due", "queue", "sort_due", "id", **_where("state = 'open'")),  # type: ignore[arg-type]
    Index(
        "ix_task_queue_priority",
        "queue",
        "sort_priority",
        "id",
        **_where("state = 'open'"),  # type: ignore[arg-type]
    ),
    Index("ix_task_queue_opened", "queue", "id", **_where("state = 'open'")),  # type: ignore[arg-type]
    Index("ix_task_mine", "assignee", "sort_due", "id", **_where("state = 'claimed'")),  # type: ignore[arg-type]
    # SQLite reads no row where the columns of the condition stand in the index, too.
    Index(
        "ix_task_unit_due",
        "unit_id",
        "sort_due",
        "id",
        "ended_at",
        **_where("ended_at IS NULL"),  # type: ignore[arg-type]
    ),
    Index("ix_task_unit_priority", "unit_id", "sort_priority", "id", **_where("ended_at IS NULL")),  # type: ignore[arg-type]
    Index("ix_task_unit_opened", "unit_id", "id", **_where("ended_at IS NULL")),  # type: ignore[arg-type]
    Index(
        "ix_task_escalated",
        "unit_id",
        "sort_due",
        "id",
        **_where("ended_at IS NULL AND (level > 0 OR purpose = 'supervision')"),  # type: ignore[arg-type]
    ),
    Index("ix_task_owner", "owner", **_where("owner IS NOT NULL")),  # type: ignore[arg-type]
    Index("ix_task_done", "ended_by", "ended_at", "id", **_where("ended_by IS NOT NULL")),  # type: ignore[arg-type]
    # Holds all that on-time rates ask for: they read no row.
    Index(
        "ix_task_on_time",
        "unit_id",
        "ended_at",
        "due_at",
        "state",
        **_where("state = 'completed' AND due_at IS NOT NULL"),  # type: ignore[arg-type]
    ),
)

#: Every queue that ever held a task; a person's queues are chosen from it.
queue = Table("queue", metadata, Column("name", String(200), primary_key=True))

#: People named for a task beyond its queue.
task_user = Table(
    "task_user",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
)

timer = Table(
    "timer",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("element", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("due_at", Instant),
    Column("task_id", BigInteger),
    Column("interrupting", Boolean, nullable=False),
    Column("repeats", Boolean, nullable=False),
    Column("clock", String(100)),
)

subscription = Table(
    "subscription",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("element", String(100), nullable=False),
    Column("message", String(100), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Index("ix_subscription_message", "message", "order_id"),
)

job = Table(
    "job",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("element", String(100), nullable=False),
    Column("topic", String(100), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("inputs", Json),
    Column("opened_at", Instant, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("element", String(100), nullable=False),
    Column("problem", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("message_zh", Text, nullable=False, server_default=""),
    Column("code", String(100)),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("reason", String(20)),
    Index("ix_incident_open", "opened_at", **_where("closed_at IS NULL")),  # type: ignore[arg-type]
)

extension = Table(
    "extension",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, nullable=False, index=True),
    Column("task_id", BigInteger, nullable=False),
    Column("clock", String(100), nullable=False),
    Column("new_due_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_by", BigInteger),
    Column("requested_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", BigInteger),
    Column("decided_at", Instant),
    Column("comment", Text),
)

escalation = Table(
    "escalation",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("clock", String(100), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("actions", Json, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("task_id", BigInteger),
    # Of the work it is about, and where its receivers were looked for.
    Column("unit_id", BigInteger),
    Column("role", String(60), nullable=False),
    Column("to_unit_id", BigInteger),
    Column("receivers", Json, nullable=False),
    Index("ix_escalation_unit", "unit_id", "at"),
)

comment = Table(
    "comment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, nullable=False, index=True),
    Column("task_id", BigInteger),
    Column("author", BigInteger),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
)

instruction = Table(
    "instruction",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, nullable=False, index=True),
    Column("task_id", BigInteger),
    Column("author", BigInteger),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, nullable=False, index=True),
    Column("task_id", BigInteger),
    Column("name", Text, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("author", BigInteger),
    Column("at", Instant, nullable=False),
)

order_copy = Table(
    "order_copy",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", BigInteger),
    Column("author", BigInteger),
    Column("at", Instant, nullable=False),
)

notification = Table(
    "notification",
    metadata,
    Column("event_id", String(60), primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger),
    Column("task_id", BigInteger),
    Column("notice", String(40), nullable=False),
    Column("params", Json),
    Column("at", Instant, nullable=False),
    Index("ix_notification_person", "person_id", "at"),
)

# ---- projections: definitions and records ---------------------------------------------------

definition = Table(
    "definition",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("deployment", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("description", Json, nullable=False),
    UniqueConstraint("key", "version"),
)

unit = Table(
    "unit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("path", String(200), nullable=False, unique=True),
    Column("parent_id", BigInteger),
    Column("calendar", String(40)),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("unit_id", BigInteger, nullable=False),
    Column("language", String(5), nullable=False),
    Column("email", Text),
    Column("is_active", Boolean, nullable=False),
    Column("grants", Json, nullable=False),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("role", String(60), primary_key=True),
    Column("unit_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("substitute_id", BigInteger, nullable=False, index=True),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", BigInteger),
)

token = Table(
    "token",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("grade", String(1), nullable=False),
    Column("unit_id", BigInteger, nullable=False, index=True),
    Column("is_key_account", Boolean, nullable=False),
    Column("monthly_revenue", Integer, nullable=False),
    Column("dnd", Boolean, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("manager_id", BigInteger),
    Column("address", Text, nullable=False),
)

#: Pairs of characters a customer is found by (`engine.domain.fragments`), indexed as words of
#: orders are: in the virtual table ``customer_search`` or the generated column ``vector``.
customer_text = Table(
    "customer_text",
    metadata,
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("email", Text),
    Column("position", Text, nullable=False),
    Column("language", String(5), nullable=False),
)

contract = Table(
    "contract",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("number", String(60), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("filing_no", String(60)),
    Column("signed_on", Date),
    Column("term_months", Integer),
    Column("monthly_fee", Float),
    Column("install_fee", Float),
)

service = Table(
    "service",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("number", String(60), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("bandwidth", String(40), nullable=False),
    Column("a_address", Text, nullable=False),
    Column("z_address", Text, nullable=False),
    Column("order_id", BigInteger),
    Column("activated_at", Instant),
)

ip_block = Table(
    "ip_block",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("cidr", String(60), nullable=False),
    Column("family", SmallInteger, nullable=False),
    Column("first", String(32), nullable=False),
    Column("last", String(32), nullable=False),
    Column("state", String(20), nullable=False),
    Column("order_id", BigInteger, index=True),
    Column("service_id", BigInteger),
    Index("ix_ip_block_range", "first", "last", **_where("state <> 'released'")),  # type: ignore[arg-type]
)

visit_plan = Table(
    "visit_plan",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("order_id", BigInteger),
    Column("kind", String(20), nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("state", String(20), nullable=False),
)

calendar = Table(
    "calendar",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("data", Json, nullable=False),
)

sla_policy = Table(
    "sla_policy",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("key", String(60), nullable=False, index=True),
    Column("data", Json, nullable=False),
)

escalation_rule = Table(
    "escalation_rule",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sla_key", String(60), nullable=False, index=True),
    Column("data", Json, nullable=False),
)

hold_reason = Table(
    "hold_reason",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("data", Json, nullable=False),
)

# ---- working papers: not projections, not rebuilt -------------------------------------------

resource = Table(
    "resource",
    metadata,
    Column("deployment", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("password", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("blocked_until", Instant),
)

draft = Table(
    "draft",
    metadata,
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("values", Json, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

#: Tasks a person does not want to see before an instant.
snooze = Table(
    "snooze",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("until", Instant, nullable=False),
)

preference = Table(
    "preference",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("theme", String(10), nullable=False),
    Column("mail", String(10), nullable=False),
    Column("digest_at", String(5), nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("browser", Boolean, nullable=False),
    Column("digested_at", Instant),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("unit_id", BigInteger, index=True),
    Column("page", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
)

#: Files sent for a work order that is not open yet; their ids are those of the attachments.
upload = Table(
    "upload",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

#: Lists written into files; ``sha256`` names the file when it is ready.
export = Table(
    "export",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("format", String(10), nullable=False),
    Column("query", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("sha256", String(64)),
    Column("error", Text),
    # Who writes it, and until when nobody else may take it over.
    Column("node", String(100)),
    Column("claimed_until", Instant),
    Index("ix_export_waiting", "id", **_where("ended_at IS NULL")),  # type: ignore[arg-type]
)

notification_read = Table(
    "notification_read",
    metadata,
    Column("event_id", String(60), primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(100), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", String(60), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("content", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),
    Column("dead_at", Instant),
    Column("error", Text),
    Index("ix_outbox_next", "next_attempt_at", "id", **_where("next_attempt_at IS NOT NULL")),  # type: ignore[arg-type]
)

step_failure = Table(
    "step_failure",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("error", Text, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("node", String(100), primary_key=True),
    Column("at", Instant, nullable=False),
)
