"""The tables as SQLAlchemy metadata, for alembic's drift check alone: the running bot never imports this.

Alembic compares columns, types, nullability, keys, and which indexes there are. It sees no checks, generated columns'
expressions, partial conditions, policies, triggers, functions or grants: ``db/sql`` says those, and ``db.drift``
compares the whole catalogue.
"""

import re
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB, TSVECTOR

metadata: Final = MetaData()

_PARTITION: Final = re.compile(r"activity_log_(default|y\d{4}m\d{2})")  # made and dropped every month
_EXPRESSION_INDEXES: Final = frozenset({"tickets_category_idx", "notifications_summary_idx"})  # alembic trips over them


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Tell alembic what to look at in the database (its ``include_name``)."""
    match kind:
        case "schema":
            return name in {None, "app"}  # None: the default one
        case "table":
            return name != "alembic_version" and _PARTITION.fullmatch(name or "") is None
        case "index":
            return name not in _EXPRESSION_INDEXES
        case _:
            return True


def _id(kind: type[Integer] = Integer, *, always: bool = False) -> "Column[int]":
    return Column("id", kind, Identity(always=always), primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> "Column[str]":
    return Column(name, String(length) if length else Text(), nullable=nullable)


def _ticket_id(*, primary_key: bool = False) -> "Column[int]":
    return Column(
        "ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key
    )


def _user_id() -> "Column[int]":
    return Column("user_id", Integer, ForeignKey("user_permissions.id", ondelete="CASCADE"), primary_key=True)


def _person(name: str, *, nullable: bool) -> "Column[str]":
    return Column(name, String(255), ForeignKey("user_permissions.kinde_user_id"), nullable=nullable)


Table("shop_settings", metadata, Column("key", String(100), primary_key=True), _text("value"))
Table(
    "shop_hours",
    metadata,
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
)
Table("shop_holidays", metadata, Column("day", Date, primary_key=True), _text("name", 100))

Table(
    "user_permissions",
    metadata,
    _id(),
    _text("kinde_user_id", 255),
    _text("slack_user_id", 32, nullable=True),
    _text("slack_state", 20),
    _text("display_name", 255),
    _text("email", 255),
    _text("role", 50),
    Column("permissions", JSONB),
    Column("is_active", Boolean, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("last_login", nullable=True),
    _moment("slack_told_at", nullable=True),
    _text("slack_time_zone", 64, nullable=True),
    Index("user_permissions_kinde_user_id_idx", "kinde_user_id", unique=True),
    Index("user_permissions_email_idx", "email", unique=True),
    Index("user_permissions_slack_user_id_idx", "slack_user_id", unique=True),
    Index("user_permissions_role_idx", "role"),
    Index("user_permissions_active_idx", "is_active"),
)

Table(
    "customers",
    metadata,
    _id(),
    _text("first_name", 255),
    _text("last_name", 255),
    _text("email", 255),
    _text("phone", 255),
    _text("address1", 255),
    _text("address2", 255, nullable=True),
    _text("city", 255),
    _text("state", 255),
    _text("zip", 10),
    _text("country", 10),
    _text("notes", nullable=True),
    Column("approval_limit", Numeric(12, 2)),
    Column("active", Boolean, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("erased_at", nullable=True),
    Column("merged_into", Integer, ForeignKey("customers.id")),
    Column("search_text", Text, Computed("lower(first_name || ' ' || last_name || ' ' || email)")),
    Column("phone_digits", Text, Computed(r"regexp_replace(phone, '\D', '', 'g')")),
    Column("search", TSVECTOR, Computed("to_tsvector('simple', first_name || last_name || email)"), nullable=False),
    Column("name_key", Text, Computed("left(btrim(first_name || last_name), 100)")),
    Column("phone_key", Text, Computed(r"right(regexp_replace(phone, '\D', '', 'g'), 10)")),
    Column("email_key", Text, Computed("split_part(email, '@', 1)")),
    Index("customers_merged_into_idx", "merged_into"),
    Index("customers_same_name_idx", "name_key", "id"),
    Index("customers_same_phone_idx", "phone_key", "id"),
    Index("customers_same_email_idx", "email_key", "id"),
    Index("customers_email_idx", "email", unique=True),
    Index("customers_active_idx", "id"),
    Index("customers_name_idx", "last_name", "first_name"),
    Index("customers_created_at_idx", "created_at"),
    Index("customers_search_idx", "search"),
    Index("customers_trgm_idx", "search_text", "phone_digits"),
)

Table(
    "tickets",
    metadata,
    _id(),
    Column("customer_id", Integer, ForeignKey("customers.id", ondelete="RESTRICT"), nullable=False),
    _text("title", 255),
    _text("description"),
    Column("completed", Boolean, nullable=False),
    _text("tech", 255),
    _text("priority", 20),
    _text("category", 100, nullable=True),
    Column("estimated_hours", Numeric(5, 2)),
    Column("actual_hours", Numeric(5, 2)),
    _person("created_by", nullable=True),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("completed_at", nullable=True),
    _text("bench_status", 20),
    _text("device_type", 50, nullable=True),
    _text("device_model", 100, nullable=True),
    _text("device_serial", 100, nullable=True),
    _text("device_condition", 500, nullable=True),
    _text("device_accessories", 500, nullable=True),
    _moment("due_at", nullable=True),
    Column("due_by_default", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("device_key", Text, Computed("upper(device_serial)")),
    Column("priority_rank", SmallInteger, Computed("CASE priority WHEN 'urgent' THEN 1 ELSE 4 END")),
    Column(
        "tech_ref",
        String(255),
        Computed("NULLIF(tech, 'unassigned')"),
        ForeignKey("user_permissions.email", name="tickets_tech_fk", deferrable=True),
    ),
    Column("search", TSVECTOR, Computed("to_tsvector('english', title || description)"), nullable=False),
    Index("tickets_customer_id_idx", "customer_id"),
    Index("tickets_completed_idx", "created_at", "id"),
    Index("tickets_status_tech_idx", "tech", "created_at", "id", postgresql_include=["created_by"]),
    Index("tickets_tech_idx", "tech"),
    Index("tickets_due_at_idx", "due_at"),
    Index("tickets_search_idx", "search"),
    Index("tickets_priority_idx", "priority_rank", "created_at", "id"),
    Index("tickets_queue_idx", "priority_rank", "created_at", "id"),
    Index("tickets_created_at_idx", "created_at", "id"),
    Index("tickets_created_by_idx", "created_by", "created_at", "id"),
    Index("tickets_open_filed_idx", "created_by"),
    Index("tickets_completed_at_idx", "completed_at"),
    Index("tickets_bench_status_idx", "bench_status"),
    Index("tickets_device_key_idx", "device_key"),
)

Table(
    "ticket_attachments",
    metadata,
    _id(),
    _ticket_id(),
    _text("file_name", 255),
    _text("file_path", 500),
    _text("file_type", 100),
    Column("file_size", Integer, nullable=False),
    _person("uploaded_by", nullable=False),
    _moment("created_at"),
    UniqueConstraint("ticket_id", "file_path", name="ticket_attachments_path_key"),
    Index("ticket_attachments_ticket_id_idx", "ticket_id", "created_at"),
    Index("ticket_attachments_uploaded_by_idx", "uploaded_by"),
    Index("ticket_attachments_created_at_idx", "created_at"),
    Index("ticket_attachments_kept_key", "file_path", unique=True),
)

Table(
    "ticket_notes",
    metadata,
    _id(),
    _ticket_id(),
    _text("kind", 20),
    _text("body"),
    _person("author", nullable=True),
    _moment("created_at"),
    Index("ticket_notes_ticket_id_idx", "ticket_id", "created_at", "id"),
    Index("ticket_notes_author_idx", "author"),
)

Table(
    "labour_entries",
    metadata,
    _id(BigInteger, always=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Integer, ForeignKey("user_permissions.id", ondelete="CASCADE"), nullable=False),
    _moment("started_at"),
    _moment("stopped_at", nullable=True),
    Column("hours", Numeric(5, 2)),
    _moment("ask_at", nullable=True),
    Column("asked", SmallInteger, nullable=False),
    Index("labour_entries_running_idx", "user_id", unique=True),
    Index("labour_entries_ticket_id_idx", "ticket_id", "id"),
    Index("labour_entries_ask_at_idx", "ask_at"),
    Index("labour_entries_user_id_idx", "user_id"),
)

Table(
    "ticket_completions",
    metadata,
    _id(always=True),
    _ticket_id(),
    Column("user_id", Integer, ForeignKey("user_permissions.id", ondelete="SET NULL")),
    _moment("completed_at"),
    Column("version", Integer, nullable=False),
    _text("bench_status", 20),
    Column("actual_hours", Numeric(5, 2)),
    Column("timed", Boolean, nullable=False),
    Column("note_id", Integer, ForeignKey("ticket_notes.id", ondelete="SET NULL")),
    _moment("undone_at", nullable=True),
    Index("ticket_completions_ticket_id_idx", "ticket_id", "id"),
    Index("ticket_completions_user_id_idx", "user_id"),
    Index("ticket_completions_note_id_idx", "note_id"),
)

Table(
    "approvals",
    metadata,
    _id(always=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("customer_id", Integer),
    Column("hours", Numeric(5, 2), nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("spending_limit", Numeric(12, 2), nullable=False),
    _text("state"),
    Column("requested_by", Integer, ForeignKey("user_permissions.id", ondelete="SET NULL")),
    _moment("requested_at"),
    Column("decided_by", Integer, ForeignKey("user_permissions.id", ondelete="SET NULL")),
    _moment("decided_at", nullable=True),
    _text("asked_how", nullable=True),
    _text("said", nullable=True),
    Index("approvals_open_idx", "ticket_id", unique=True),
    Index("approvals_ticket_id_idx", "ticket_id", "id"),
    Index("approvals_requested_by_idx", "requested_by"),
    Index("approvals_decided_by_idx", "decided_by"),
)

Table(
    "ticket_checks",
    metadata,
    Column("completion_id", Integer, ForeignKey("ticket_completions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    _text("text", 75),
    Column("ticked", Boolean, nullable=False),
)

Table(
    "checklist_items",
    metadata,
    _id(always=True),
    _text("category", 100, nullable=True),
    Column("position", SmallInteger, nullable=False),
    _text("text", 75),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("category", "text", name="checklist_items_text_key", postgresql_nulls_not_distinct=True),
)

Table("ticket_secrets", metadata, _ticket_id(primary_key=True), _text("device_passcode"))

Table(
    "ticket_watchers",
    metadata,
    _ticket_id(primary_key=True),
    _user_id(),
    Column("watches", Boolean, nullable=False),
    _moment("updated_at"),
    Index("ticket_watchers_user_id_idx", "user_id"),
)

Table(
    "ticket_reminders",
    metadata,
    _ticket_id(primary_key=True),
    _user_id(),
    Column("why", Text, primary_key=True),
    Column("about", DateTime(timezone=True), primary_key=True),
    _moment("reminded_at"),
    Index("ticket_reminders_user_id_idx", "user_id"),
    Index("ticket_reminders_reminded_at_idx", "reminded_at"),
    schema="app",
)

Table(
    "ticket_snoozes",
    metadata,
    _ticket_id(primary_key=True),
    _user_id(),
    _moment("snoozed_until"),
    Index("ticket_snoozes_user_id_idx", "user_id"),
    schema="app",
)

Table(
    "customer_contacts",
    metadata,
    _id(),
    Column("customer_id", Integer, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="SET NULL")),
    _text("way", 20),
    _text("body"),
    _person("author", nullable=True),
    _moment("happened_at"),
    Index("customer_contacts_customer_id_idx", "customer_id", "happened_at", "id"),
    Index("customer_contacts_ticket_id_idx", "ticket_id"),
    Index("customer_contacts_author_idx", "author"),
)

Table(
    "ticket_events",
    metadata,
    _id(BigInteger, always=True),
    Column("ticket_id", Integer, nullable=False),
    _text("kind", 20),
    Column("actor_id", Integer),
    Column("worker_id", Integer),
    _moment("created_at"),
    Index("ticket_events_ticket_id_idx", "ticket_id", "id"),
)

Table(
    "preferences",
    metadata,
    Column("user_id", Integer, ForeignKey("user_permissions.id", ondelete="CASCADE"), primary_key=True),
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    Column("summary_at", Time),
    _text("time_zone", 64, nullable=True),
    Column("muted", ARRAY(Text), nullable=False),
    Column("urgent_passes", Boolean, nullable=False),
    _moment("updated_at"),
)

Table(
    "activity_log",
    metadata,
    _id(BigInteger),
    _text("user_id", 255),
    _text("action", 100),
    _text("resource_type", 50),
    Column("resource_id", Integer),
    Column("metadata", JSONB),
    Column("ip_address", INET),
    _text("user_agent", nullable=True),
    Column("created_at", DateTime(timezone=True), primary_key=True),
    Index("activity_log_user_id_idx", "user_id", "created_at"),
    Index("activity_log_action_idx", "action", "created_at"),
    Index("activity_log_resource_idx", "resource_type", "resource_id", "created_at"),
    Index("activity_log_created_at_idx", "created_at"),
    Index("activity_log_metadata_idx", "metadata"),
)

Table(
    "request_keys",
    metadata,
    Column("key", Text, primary_key=True),
    _text("user_id"),
    Column("result", JSONB),
    _moment("created_at"),
    Index("request_keys_created_at_idx", "created_at"),
    schema="app",
)

Table(
    "customer_merges",
    metadata,
    _id(always=True),
    Column("kept_id", Integer, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("merged_id", Integer, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("tickets", ARRAY(Integer), nullable=False),
    Column("contacts", ARRAY(Integer), nullable=False),
    Column("old", JSONB, nullable=False),
    Column("new", JSONB, nullable=False),
    Column("merged_by", Integer, ForeignKey("user_permissions.id", ondelete="SET NULL")),
    _moment("merged_at"),
    _moment("undone_at", nullable=True),
    Index("customer_merges_kept_id_idx", "kept_id", "id"),
    Index("customer_merges_merged_id_idx", "merged_id"),
    schema="app",
)

Table(
    "distinct_customers",
    metadata,
    Column("first_id", Integer, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("second_id", Integer, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _moment("decided_at"),
    Index("distinct_customers_second_id_idx", "second_id"),
    schema="app",
)

Table(
    "access_requests",
    metadata,
    _id(always=True),
    _text("slack_user_id", 32),
    _text("name", 255),
    _text("email", 255),
    _text("obstacle"),
    _text("state"),
    _text("role", 50, nullable=True),
    Column("decided_by", Integer, ForeignKey("user_permissions.id", ondelete="SET NULL")),
    _moment("asked_at"),
    _moment("decided_at", nullable=True),
    UniqueConstraint("slack_user_id", name="access_requests_slack_user_id_key"),
    schema="app",
)

Table(
    "notifications",
    metadata,
    _id(BigInteger, always=True),
    _text("kind"),
    Column("ticket_id", Integer),
    Column("recipient_id", Integer, ForeignKey("user_permissions.id", ondelete="CASCADE")),
    Column("request_id", Integer, ForeignKey("app.access_requests.id", ondelete="CASCADE")),
    Column("destination", Integer, Computed("COALESCE(recipient_id, -request_id, 0)"), nullable=False),
    _text("dedupe_key"),
    _text("state"),
    _moment("due"),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _moment("uncertain_since", nullable=True),
    Column("facts", JSONB, nullable=False),
    _text("actor_name", nullable=True),
    _text("channel", nullable=True),
    _text("ts", nullable=True),
    _text("error", nullable=True),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("sent_at", nullable=True),
    UniqueConstraint("dedupe_key", name="notifications_dedupe_key_key"),
    Index("notifications_waiting_idx", "destination", "due", "id"),
    Index("notifications_ticket_idx", "ticket_id", "recipient_id", "id"),
    Index("notifications_request_idx", "request_id"),
    Index("notifications_card_idx", "ts"),
    Index("notifications_ended_idx", "updated_at"),
    Index("notifications_dead_idx", "id"),
)

Table(
    "file_errands",
    metadata,
    _id(BigInteger, always=True),
    _text("errand"),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE")),
    Column("person_id", Integer, ForeignKey("user_permissions.id", ondelete="CASCADE")),
    Column("attachment_id", Integer, ForeignKey("ticket_attachments.id", ondelete="CASCADE")),
    _text("slack_file_id", nullable=True),
    Column("month", Date),
    Column("own", Boolean, nullable=False),
    _text("file_path"),
    _text("source"),
    _text("state"),
    _text("reason", nullable=True),
    _moment("due"),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    Index("file_errands_fetch_key", "ticket_id", "slack_file_id", unique=True),
    Index("file_errands_send_key", "attachment_id", "person_id", unique=True),
    Index("file_errands_month_key", "person_id", "month", "errand", unique=True),
    Index("file_errands_waiting_idx", "due"),
    Index("file_errands_path_idx", "file_path"),
    Index("file_errands_ticket_id_idx", "ticket_id"),
    Index("file_errands_person_id_idx", "person_id"),
    Index("file_errands_attachment_id_idx", "attachment_id"),
    schema="app",
)

Table(
    "notification_destinations",
    metadata,
    Column("recipient_id", Integer, primary_key=True, autoincrement=False),
    _moment("next_at"),
    Column("claimed_id", BigInteger, unique=True),
    _text("channel", nullable=True),
)

Table(
    "home_openings",
    metadata,
    Column("slack_user_id", String(32), primary_key=True),
    _moment("opened_at"),
    _moment("published_at"),
    Column("shown_event", BigInteger, nullable=False),
)

Table(
    "maintenance_runs",
    metadata,
    Column("due_on", Date, primary_key=True),
    _moment("ran_at"),
    _text("result"),
    schema="app",
)
