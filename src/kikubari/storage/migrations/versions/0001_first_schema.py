"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The consent ledger refuses to be changed.
GUARDS = {
    "sqlite": [
        "CREATE TRIGGER consent_entries_no_update BEFORE UPDATE ON consent_entries BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END",
        "CREATE TRIGGER consent_entries_no_delete BEFORE DELETE ON consent_entries BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION refuse_consent_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the consent ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER consent_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "access_policies",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("requires_second_factor", sa.Boolean(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("admin_idle_minutes", sa.Integer(), nullable=False),
        sa.Column("longest_hours", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_access_policies")),
    )
    op.create_table(
        "access_tickets",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "token_hash", name=op.f("pk_access_tickets")),
    )
    op.create_index(
        op.f("ix_access_tickets_expires_us"), "access_tickets", ["expires_us"], unique=False
    )
    op.create_table(
        "api_keys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("last_used_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_table(
        "approval_policies",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("over_people", sa.BigInteger(), nullable=True),
        sa.Column("on_guard", sa.Boolean(), nullable=False),
        sa.Column("on_unchecked", sa.Boolean(), nullable=False),
        sa.Column("valid_hours", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_approval_policies")),
    )
    op.create_table(
        "approvals",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n_people", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_target", "approvals", ["workspace_id", "target"], unique=False)
    op.create_table(
        "attribute_edits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("edit", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_edits")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_attribute_edits",
        "attribute_edits",
        ["workspace_id", "kind", "event", "name", "id"],
        unique=False,
    )
    op.create_table(
        "attribute_notes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "kind", "event", "name", name=op.f("pk_attribute_notes")
        ),
    )
    op.create_table(
        "attributes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("guess", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "kind", "event", "name", name=op.f("pk_attributes")
        ),
    )
    op.create_table(
        "audit_entries",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "broadcast_defaults",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_broadcast_defaults")),
    )
    op.create_table(
        "broadcast_occurrences",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.Column("occurs_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sent_as", sa.Text(), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace_id", "broadcast_id", "occurs_us", name=op.f("pk_broadcast_occurrences")
        ),
    )
    op.create_table(
        "broadcast_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "broadcast_id", "version", name=op.f("pk_broadcast_versions")
        ),
    )
    op.create_table(
        "broadcasts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("audience", sa.LargeBinary(), nullable=True),
        sa.Column("n_audience", sa.BigInteger(), nullable=False),
        sa.Column("n_enqueued", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("begins_us", sa.BigInteger(), nullable=True),
        sa.Column("n_permitted", sa.BigInteger(), nullable=True),
        sa.Column("permitted_by", sa.Text(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("occurs_us", sa.BigInteger(), nullable=True),
        sa.Column("recurring_id", sa.Text(), nullable=True),
        sa.Column("last_due_us", sa.BigInteger(), nullable=True),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("chosen_us", sa.BigInteger(), nullable=True),
        sa.Column("chosen_because", sa.Text(), nullable=True),
        sa.Column("tallies", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_broadcasts")),
    )
    op.create_index("ix_broadcasts_phase", "broadcasts", ["workspace_id", "phase"], unique=False)
    op.create_table(
        "catalogue_states",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_catalogue_states")),
    )
    op.create_table(
        "catalogued_events",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_catalogued_events")),
    )
    op.create_table(
        "company_statements",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "number",
            "at_us",
            "source_id",
            "message_key",
            name=op.f("pk_company_statements"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "complaints",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "message_id", name=op.f("pk_complaints")),
    )
    op.create_index("ix_complaints_at", "complaints", ["workspace_id", "at_us"], unique=False)
    op.create_table(
        "consent_entries",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "number",
            "purpose",
            "channel",
            "at_us",
            "source_id",
            "message_key",
            name=op.f("pk_consent_entries"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent_wordings",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ja", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("retired_us", sa.BigInteger(), nullable=True),
        sa.Column("retired_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_consent_wordings")),
    )
    op.create_table(
        "contact_slots",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "number", "at_us", "message_id", name=op.f("pk_contact_slots")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_turns",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_contact_turns")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "copy_ranges",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("is_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "first", name=op.f("pk_copy_ranges")),
    )
    op.create_table(
        "data_exports",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("exported_us", sa.BigInteger(), nullable=False),
        sa.Column("exported_by", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "receipt_id", name=op.f("pk_data_exports")),
    )
    op.create_table(
        "device_links",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("strong", sa.BigInteger(), nullable=False),
        sa.Column("weak", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "pair", "kind", name=op.f("pk_device_links")),
    )
    op.create_index(
        "ix_device_links_strong", "device_links", ["workspace_id", "strong"], unique=False
    )
    op.create_index("ix_device_links_weak", "device_links", ["workspace_id", "weak"], unique=False)
    op.create_table(
        "device_uses",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "device", "number", name=op.f("pk_device_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_device_uses_number", "device_uses", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "dispatches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("origin_kind", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("at_best_hour", sa.Integer(), nullable=False),
        sa.Column("resends_unknown", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("gives_way", sa.Integer(), nullable=False),
        sa.Column("gives", sa.Integer(), nullable=False),
        sa.Column("has_tracking", sa.Integer(), nullable=False),
        sa.Column("letter_key", sa.LargeBinary(), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_dispatches_origin",
        "dispatches",
        ["workspace_id", "origin_kind", "origin_id", "variant"],
        unique=True,
    )
    op.create_index(
        "ix_dispatches_priority", "dispatches", ["workspace_id", "priority"], unique=False
    )
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("erased_us", sa.BigInteger(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("hashes", sa.Text(), nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "receipt_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "event_places",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "number", "occurred_us", "position", name=op.f("pk_event_places")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "position", name=op.f("pk_events")),
    )
    op.create_table(
        "forgotten_numbers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_forgotten_numbers")),
    )
    op.create_table(
        "frequency_policies",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_frequency_policies")),
    )
    op.create_table(
        "guard_policies",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_guard_policies")),
    )
    op.create_table(
        "household_marks",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", "field", name=op.f("pk_household_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_household_marks_digest", "household_marks", ["workspace_id", "digest"], unique=False
    )
    op.create_table(
        "identifiers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "value", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("first_source_id", sa.Integer(), nullable=False),
        sa.Column("first_message_key", sa.LargeBinary(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("n_people", sa.Integer(), nullable=False),
        sa.Column("n_devices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_identifiers")),
    )
    op.create_index("ix_identifiers_key", "identifiers", ["workspace_id", "key"], unique=True)
    op.create_index(
        "ix_identifiers_owner",
        "identifiers",
        ["workspace_id", "owner"],
        unique=False,
        sqlite_where=sa.text("owner > 0"),
        postgresql_where=sa.text("owner > 0"),
    )
    op.create_index(
        "ix_identifiers_profile", "identifiers", ["workspace_id", "profile"], unique=False
    )
    op.create_index(
        "ix_identifiers_value",
        "identifiers",
        ["workspace_id", "value"],
        unique=False,
        sqlite_where=sa.text("kind <> 'anonymous_id'"),
        postgresql_where=sa.text("kind <> 'anonymous_id'"),
    )
    op.create_table(
        "identity_decisions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_merge", sa.Integer(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "at_us", "source_id", "message_key", name=op.f("pk_identity_decisions")
        ),
    )
    op.create_index(
        "ix_identity_decisions_left", "identity_decisions", ["workspace_id", "left"], unique=False
    )
    op.create_index(
        "ix_identity_decisions_right", "identity_decisions", ["workspace_id", "right"], unique=False
    )
    op.create_table(
        "images",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_animated", sa.Integer(), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_images")),
    )
    op.create_index("ix_images_added", "images", ["workspace_id", "added_us", "id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("n_events", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journey_calendars",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "journey_no", name=op.f("pk_journey_calendars")),
    )
    op.create_table(
        "journey_counts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("way", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("converted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "journey_no",
            "version",
            "step",
            "way",
            "shard",
            name=op.f("pk_journey_counts"),
        ),
    )
    op.create_table(
        "journey_days",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "journey_no", "day", name=op.f("pk_journey_days")),
    )
    op.create_table(
        "journey_enrolments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("began_us", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("entered_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Integer(), nullable=True),
        sa.Column("trigger_position", sa.BigInteger(), nullable=False),
        sa.Column("converted_us", sa.BigInteger(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_enrolments")),
    )
    op.create_index(
        "ix_enrolments_lane",
        "journey_enrolments",
        ["workspace_id", "journey_no", "step", "due_us", "number"],
        unique=False,
    )
    op.create_index(
        "ix_enrolments_number", "journey_enrolments", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "journey_lanes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_no", "step", name=op.f("pk_journey_lanes")
        ),
    )
    op.create_table(
        "journey_marks",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_journey_marks")),
    )
    op.create_table(
        "journey_notice_turns",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "address", name=op.f("pk_journey_notice_turns")),
    )
    op.create_table(
        "journey_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_notices")),
    )
    op.create_index(
        "ix_journey_notices_address",
        "journey_notices",
        ["workspace_id", "address", "queued_us"],
        unique=False,
    )
    op.create_index(
        "ix_journey_notices_due", "journey_notices", ["workspace_id", "due_us"], unique=False
    )
    op.create_index(
        "ix_journey_notices_number", "journey_notices", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "journey_refusals",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("latest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_no", "number", name=op.f("pk_journey_refusals")
        ),
    )
    op.create_index(
        "ix_journey_refusals_number", "journey_refusals", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "journey_simulations",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("journey_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("touched_us", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_journey_simulations")),
    )
    op.create_index(
        "ix_journey_simulations_journey",
        "journey_simulations",
        ["workspace_id", "journey_id", "started_us"],
        unique=False,
    )
    op.create_table(
        "journey_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("published_us", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_no", "version", name=op.f("pk_journey_versions")
        ),
    )
    op.create_table(
        "journey_winners",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("journey_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=False),
        sa.Column("tallies", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_no", "step", name=op.f("pk_journey_winners")
        ),
    )
    op.create_table(
        "journeys",
        sa.Column("no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drains", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("draft_no", sa.Integer(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("drafted_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_journeys")),
    )
    op.create_index("ix_journeys_id", "journeys", ["workspace_id", "id"], unique=True)
    op.create_table(
        "kept_answers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "key_hash", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_at_us"), "kept_answers", ["at_us"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "life_stages",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_life_stages")),
    )
    op.create_table(
        "limited_numbers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", "kind", name=op.f("pk_limited_numbers")),
    )
    op.create_table(
        "log_marks",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("indexed", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_log_marks")),
    )
    op.create_table(
        "mail_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.LargeBinary(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column("link_index", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("is_told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_visits")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mail_visits_at", "mail_visits", ["at_us"], unique=False)
    op.create_index(
        "ix_mail_visits_message", "mail_visits", ["workspace_id", "message_id"], unique=False
    )
    op.create_index(
        "ix_mail_visits_number", "mail_visits", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "member_links",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "token_hash", name=op.f("pk_member_links")),
    )
    op.create_index(op.f("ix_member_links_member_id"), "member_links", ["member_id"], unique=False)
    op.create_table(
        "members",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("uq_members_workspace_id_email")),
    )
    op.create_table(
        "message_keys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "source_id", "message_key", name=op.f("pk_message_keys")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message_records",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "message_id", name=op.f("pk_message_records")),
    )
    op.create_table(
        "messages",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_us", sa.BigInteger(), nullable=True),
        sa.Column("address_key", sa.LargeBinary(), nullable=True),
        sa.Column("smtp_code", sa.Integer(), nullable=True),
        sa.Column("smtp_text", sa.Text(), nullable=True),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=True),
        sa.Column("held_us", sa.BigInteger(), nullable=True),
        sa.Column("assumed_zone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_messages")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_messages_address",
        "messages",
        ["workspace_id", "dispatch_id", "address_key"],
        unique=False,
        sqlite_where=sa.text("address_key IS NOT NULL"),
        postgresql_where=sa.text("address_key IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["workspace_id", "dispatch_id", "due_us", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_messages_leased",
        "messages",
        ["workspace_id", "lease_us"],
        unique=False,
        sqlite_where=sa.text("state IN ('sending', 'committing')"),
        postgresql_where=sa.text("state IN ('sending', 'committing')"),
    )
    op.create_index("ix_messages_number", "messages", ["workspace_id", "number"], unique=False)
    op.create_table(
        "offer_codes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("issued_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("news", sa.Integer(), nullable=False),
        sa.Column("told_in", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "code_key", name=op.f("pk_offer_codes")),
    )
    op.create_index("ix_offer_codes_claim", "offer_codes", ["workspace_id", "claim"], unique=True)
    op.create_index(
        "ix_offer_codes_issued",
        "offer_codes",
        ["workspace_id", "offer_id", "issued_us", "code_key"],
        unique=False,
    )
    op.create_index(
        "ix_offer_codes_news",
        "offer_codes",
        ["workspace_id", "news", "offer_id", "code_key"],
        unique=False,
        sqlite_where=sa.text("news > 0"),
        postgresql_where=sa.text("news > 0"),
    )
    op.create_index(
        "ix_offer_codes_number", "offer_codes", ["workspace_id", "number", "offer_id"], unique=False
    )
    op.create_index(
        "ix_offer_codes_state",
        "offer_codes",
        ["workspace_id", "offer_id", "state", "code_key"],
        unique=False,
    )
    op.create_table(
        "offer_uses",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("use_key", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "code_key", "kind", "use_key", name=op.f("pk_offer_uses")
        ),
    )
    op.create_index("ix_offer_uses_number", "offer_uses", ["workspace_id", "number"], unique=False)
    op.create_index(
        "ix_offer_uses_offer",
        "offer_uses",
        ["workspace_id", "offer_id", "kind", "at_us"],
        unique=False,
    )
    op.create_table(
        "offers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("is_ended", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("n_issued", sa.BigInteger(), nullable=False),
        sa.Column("n_free", sa.BigInteger(), nullable=False),
        sa.Column("n_applied", sa.BigInteger(), nullable=False),
        sa.Column("n_redeemed", sa.BigInteger(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_offers")),
    )
    op.create_table(
        "open_days",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_open_days")),
    )
    op.create_index("ix_open_days_day", "open_days", ["workspace_id", "day"], unique=False)
    op.create_table(
        "own_requests",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_own_requests")),
    )
    op.create_index(
        "ix_own_requests_number", "own_requests", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "passkeys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("last_used_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_member_id"), "passkeys", ["member_id"], unique=False)
    op.create_table(
        "person_keys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_person_keys")),
    )
    op.create_table(
        "person_links",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("strong", sa.BigInteger(), nullable=False),
        sa.Column("weak", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "pair", "kind", name=op.f("pk_person_links")),
    )
    op.create_index(
        "ix_person_links_strong", "person_links", ["workspace_id", "strong"], unique=False
    )
    op.create_index("ix_person_links_weak", "person_links", ["workspace_id", "weak"], unique=False)
    op.create_table(
        "persona_sets",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "source", "version", name=op.f("pk_persona_sets")),
    )
    op.create_table(
        "plan_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_plan_versions")),
    )
    op.create_table(
        "plan_violation_samples",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_violation_samples")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_plan_violation_samples",
        "plan_violation_samples",
        ["workspace_id", "subject", "id"],
        unique=False,
    )
    op.create_table(
        "plan_violations",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "day",
            "source_id",
            "subject",
            "path",
            "code",
            "mode",
            name=op.f("pk_plan_violations"),
        ),
    )
    op.create_table(
        "prediction_models",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=True),
        sa.Column("n_told", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=True),
        sa.Column("others", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_prediction_models")),
    )
    op.create_table(
        "processing_limits",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("placed_us", sa.BigInteger(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "receipt_id", name=op.f("pk_processing_limits")),
    )
    op.create_table(
        "product_news",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("news_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("after_number", sa.BigInteger(), nullable=False),
        sa.Column("n_told", sa.Integer(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "news_id", name=op.f("pk_product_news")),
    )
    op.create_index(
        "ix_product_news_product",
        "product_news",
        ["workspace_id", "product_id", "at_us"],
        unique=False,
    )
    op.create_index(
        "ix_product_news_state", "product_news", ["workspace_id", "state", "at_us"], unique=False
    )
    op.create_table(
        "product_news_rules",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_product_news_rules")),
    )
    op.create_table(
        "product_variants",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "variant_id", name=op.f("pk_product_variants")),
    )
    op.create_table(
        "product_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "product_id",
            "at_us",
            "source_id",
            "message_key",
            name=op.f("pk_product_versions"),
        ),
    )
    op.create_table(
        "product_watch",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("changed_position", sa.BigInteger(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "product_id", name=op.f("pk_product_watch")),
    )
    op.create_index(
        "ix_product_watch_changed",
        "product_watch",
        ["workspace_id", "changed_position"],
        unique=False,
    )
    op.create_table(
        "products",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "product_id", name=op.f("pk_products")),
    )
    op.create_index(
        "ix_products_category", "products", ["workspace_id", "category", "product_id"], unique=False
    )
    op.create_table(
        "profile_counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_profile_counters")),
    )
    op.create_table(
        "profile_moves",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_profile_moves")),
    )
    op.create_index(
        "ix_profile_moves_number", "profile_moves", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "profile_names",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column(
            "term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "term", "number", name=op.f("pk_profile_names")),
    )
    op.create_index(
        "ix_profile_names_number", "profile_names", ["workspace_id", "number"], unique=False
    )
    op.create_table(
        "recommendation_models",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("n_orders", sa.BigInteger(), nullable=False),
        sa.Column("learned_us", sa.BigInteger(), nullable=True),
        sa.Column("card", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_recommendation_models")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "member_id", "code_hash", name=op.f("pk_recovery_codes")
        ),
    )
    op.create_table(
        "rejected_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_rejected_events_source",
        "rejected_events",
        ["workspace_id", "source_id", "code", "id"],
        unique=False,
    )
    op.create_table(
        "sandbox_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("rcpt_to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sandbox_messages_received",
        "sandbox_messages",
        ["workspace_id", "received_us"],
        unique=False,
    )
    op.create_table(
        "saved_block_uses",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("saved_id", sa.Text(), nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "saved_id", "broadcast_id", name=op.f("pk_saved_block_uses")
        ),
    )
    op.create_index(
        "ix_saved_block_uses_broadcast",
        "saved_block_uses",
        ["workspace_id", "broadcast_id"],
        unique=False,
    )
    op.create_table(
        "saved_blocks",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.LargeBinary(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_saved_blocks")),
    )
    op.create_table(
        "saved_statements",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "number",
            "at_us",
            "source_id",
            "message_key",
            name=op.f("pk_saved_statements"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "segment_changes",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("n_entered", sa.Integer(), nullable=False),
        sa.Column("n_left", sa.Integer(), nullable=False),
        sa.Column("entered", sa.LargeBinary(), nullable=False),
        sa.Column("left", sa.LargeBinary(), nullable=False),
        sa.Column("n_unannounced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "segment_id", "change", name=op.f("pk_segment_changes")
        ),
    )
    op.create_index(
        "ix_segment_changes_unannounced",
        "segment_changes",
        ["workspace_id", "n_unannounced"],
        unique=False,
    )
    op.create_table(
        "segment_checkpoints",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "segment_id", name=op.f("pk_segment_checkpoints")),
    )
    op.create_table(
        "segment_distributions",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("computed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_segment_distributions")),
    )
    op.create_table(
        "segment_lists",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", "version", name=op.f("pk_segment_lists")),
    )
    op.create_table(
        "segment_progress",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("through_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_segment_progress")),
    )
    op.create_table(
        "segment_sizes",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("hour_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("n_entered", sa.Integer(), nullable=False),
        sa.Column("n_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "segment_id", "hour_us", name=op.f("pk_segment_sizes")
        ),
    )
    op.create_table(
        "segment_states",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("announces", sa.Integer(), nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "segment_id", name=op.f("pk_segment_states")),
    )
    op.create_table(
        "segment_thresholds",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("computed", sa.Float(), nullable=True),
        sa.Column("chosen", sa.Float(), nullable=True),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "key", "version", name=op.f("pk_segment_thresholds")
        ),
    )
    op.create_table(
        "segment_versions",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "segment_id", "version", name=op.f("pk_segment_versions")
        ),
    )
    op.create_table(
        "segments",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_segments")),
    )
    op.create_table(
        "sending_holds",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_sending_holds")),
    )
    op.create_table(
        "sessions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "token_hash", name=op.f("pk_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_sessions_id")),
    )
    op.create_index(op.f("ix_sessions_member_id"), "sessions", ["member_id"], unique=False)
    op.create_table(
        "soft_bounces",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "address_key", "message_key", name=op.f("pk_soft_bounces")
        ),
    )
    op.create_table(
        "sources",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_end", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("previous_key_hash", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until_us", sa.BigInteger(), nullable=True),
        sa.Column("allowed_origins", sa.Text(), nullable=False),
        sa.Column("allowed_events", sa.Text(), nullable=False),
        sa.Column("events_per_minute", sa.Integer(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sources_key_hash")),
    )
    op.create_table(
        "spam_alarms",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("n_complaints", sa.BigInteger(), nullable=False),
        sa.Column("n_sent", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("resumed_us", sa.BigInteger(), nullable=True),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "scope", "id", name=op.f("pk_spam_alarms")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("wish", sa.LargeBinary(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_subscriptions")),
    )
    op.create_index(
        "ix_subscriptions_address", "subscriptions", ["workspace_id", "address_key"], unique=False
    )
    op.create_index(
        "ix_subscriptions_number", "subscriptions", ["workspace_id", "number"], unique=True
    )
    op.create_index(
        "ix_subscriptions_state",
        "subscriptions",
        ["workspace_id", "state", "asked_us"],
        unique=False,
    )
    op.create_table(
        "suppressions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "channel", "address_key", "reason", name=op.f("pk_suppressions")
        ),
    )
    op.create_index("ix_suppressions_at", "suppressions", ["workspace_id", "at_us"], unique=False)
    op.create_table(
        "topics",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("description_ja", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("is_retired", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_topics")),
    )
    op.create_table(
        "tracking_policies",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_tracking_policies")),
    )
    op.create_table(
        "trait_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("is_verified", sa.SmallInteger(), nullable=False),
        sa.Column("is_simulated", sa.SmallInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "number",
            "name",
            "at_us",
            "source_id",
            "message_key",
            name=op.f("pk_trait_versions"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_calls",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "endpoint_id", "id", name=op.f("pk_webhook_calls")),
    )
    op.create_index(
        "ix_webhook_calls_dead",
        "webhook_calls",
        ["workspace_id", "endpoint_id", "state", "queued_us", "id"],
        unique=False,
        sqlite_where=sa.text("state = 3"),
        postgresql_where=sa.text("state = 3"),
    )
    op.create_index(
        "ix_webhook_calls_ended",
        "webhook_calls",
        ["workspace_id", "ended_us"],
        unique=False,
        sqlite_where=sa.text("ended_us IS NOT NULL"),
        postgresql_where=sa.text("ended_us IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_calls_number", "webhook_calls", ["workspace_id", "number"], unique=False
    )
    op.create_index(
        "ix_webhook_calls_open",
        "webhook_calls",
        ["workspace_id", "endpoint_id", "due_us"],
        unique=False,
        sqlite_where=sa.text("state <= 1"),
        postgresql_where=sa.text("state <= 1"),
    )
    op.create_index(
        "ix_webhook_calls_queued",
        "webhook_calls",
        ["workspace_id", "endpoint_id", "queued_us", "id"],
        unique=False,
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_us", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("disabled_us", sa.BigInteger(), nullable=True),
        sa.Column("failing_us", sa.BigInteger(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_notices",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("taken_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace_id", "receipt_id", "type", "endpoint_id", name=op.f("pk_webhook_notices")
        ),
    )
    op.create_index(
        "ix_webhook_notices_call", "webhook_notices", ["workspace_id", "call_id"], unique=False
    )
    op.create_table(
        "webhook_receipts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "provider", "id", name=op.f("pk_webhook_receipts")),
    )
    op.create_table(
        "webhook_told",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "number", "endpoint_id", name=op.f("pk_webhook_told")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wishes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", "about", name=op.f("pk_wishes")),
        sqlite_with_rowid=False,
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("wishes")
    op.drop_table("webhook_told")
    op.drop_table("webhook_receipts")
    op.drop_index("ix_webhook_notices_call", table_name="webhook_notices")
    op.drop_table("webhook_notices")
    op.drop_table("webhook_endpoints")
    op.drop_index("ix_webhook_calls_queued", table_name="webhook_calls")
    op.drop_index(
        "ix_webhook_calls_open",
        table_name="webhook_calls",
        sqlite_where=sa.text("state <= 1"),
        postgresql_where=sa.text("state <= 1"),
    )
    op.drop_index("ix_webhook_calls_number", table_name="webhook_calls")
    op.drop_index(
        "ix_webhook_calls_ended",
        table_name="webhook_calls",
        sqlite_where=sa.text("ended_us IS NOT NULL"),
        postgresql_where=sa.text("ended_us IS NOT NULL"),
    )
    op.drop_index(
        "ix_webhook_calls_dead",
        table_name="webhook_calls",
        sqlite_where=sa.text("state = 3"),
        postgresql_where=sa.text("state = 3"),
    )
    op.drop_table("webhook_calls")
    op.drop_table("trait_versions")
    op.drop_table("tracking_policies")
    op.drop_table("topics")
    op.drop_index("ix_suppressions_at", table_name="suppressions")
    op.drop_table("suppressions")
    op.drop_index("ix_subscriptions_state", table_name="subscriptions")
    op.drop_index("ix_subscriptions_number", table_name="subscriptions")
    op.drop_index("ix_subscriptions_address", table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_table("spam_alarms")
    op.drop_table("sources")
    op.drop_table("soft_bounces")
    op.drop_index(op.f("ix_sessions_member_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("sending_holds")
    op.drop_table("segments")
    op.drop_table("segment_versions")
    op.drop_table("segment_thresholds")
    op.drop_table("segment_states")
    op.drop_table("segment_sizes")
    op.drop_table("segment_progress")
    op.drop_table("segment_lists")
    op.drop_table("segment_distributions")
    op.drop_table("segment_checkpoints")
    op.drop_index("ix_segment_changes_unannounced", table_name="segment_changes")
    op.drop_table("segment_changes")
    op.drop_table("saved_statements")
    op.drop_table("saved_blocks")
    op.drop_index("ix_saved_block_uses_broadcast", table_name="saved_block_uses")
    op.drop_table("saved_block_uses")
    op.drop_index("ix_sandbox_messages_received", table_name="sandbox_messages")
    op.drop_table("sandbox_messages")
    op.drop_index("ix_rejected_events_source", table_name="rejected_events")
    op.drop_table("rejected_events")
    op.drop_table("recovery_codes")
    op.drop_table("recommendation_models")
    op.drop_index("ix_profile_names_number", table_name="profile_names")
    op.drop_table("profile_names")
    op.drop_index("ix_profile_moves_number", table_name="profile_moves")
    op.drop_table("profile_moves")
    op.drop_table("profile_counters")
    op.drop_index("ix_products_category", table_name="products")
    op.drop_table("products")
    op.drop_index("ix_product_watch_changed", table_name="product_watch")
    op.drop_table("product_watch")
    op.drop_table("product_versions")
    op.drop_table("product_variants")
    op.drop_table("product_news_rules")
    op.drop_index("ix_product_news_state", table_name="product_news")
    op.drop_index("ix_product_news_product", table_name="product_news")
    op.drop_table("product_news")
    op.drop_table("processing_limits")
    op.drop_table("prediction_models")
    op.drop_table("plan_violations")
    op.drop_index("ix_plan_violation_samples", table_name="plan_violation_samples")
    op.drop_table("plan_violation_samples")
    op.drop_table("plan_versions")
    op.drop_table("persona_sets")
    op.drop_index("ix_person_links_weak", table_name="person_links")
    op.drop_index("ix_person_links_strong", table_name="person_links")
    op.drop_table("person_links")
    op.drop_table("person_keys")
    op.drop_index(op.f("ix_passkeys_member_id"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index("ix_own_requests_number", table_name="own_requests")
    op.drop_table("own_requests")
    op.drop_index("ix_open_days_day", table_name="open_days")
    op.drop_table("open_days")
    op.drop_table("offers")
    op.drop_index("ix_offer_uses_offer", table_name="offer_uses")
    op.drop_index("ix_offer_uses_number", table_name="offer_uses")
    op.drop_table("offer_uses")
    op.drop_index("ix_offer_codes_state", table_name="offer_codes")
    op.drop_index("ix_offer_codes_number", table_name="offer_codes")
    op.drop_index(
        "ix_offer_codes_news",
        table_name="offer_codes",
        sqlite_where=sa.text("news > 0"),
        postgresql_where=sa.text("news > 0"),
    )
    op.drop_index("ix_offer_codes_issued", table_name="offer_codes")
    op.drop_index("ix_offer_codes_claim", table_name="offer_codes")
    op.drop_table("offer_codes")
    op.drop_index("ix_messages_number", table_name="messages")
    op.drop_index(
        "ix_messages_leased",
        table_name="messages",
        sqlite_where=sa.text("state IN ('sending', 'committing')"),
        postgresql_where=sa.text("state IN ('sending', 'committing')"),
    )
    op.drop_index(
        "ix_messages_due",
        table_name="messages",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(
        "ix_messages_address",
        table_name="messages",
        sqlite_where=sa.text("address_key IS NOT NULL"),
        postgresql_where=sa.text("address_key IS NOT NULL"),
    )
    op.drop_table("messages")
    op.drop_table("message_records")
    op.drop_table("message_keys")
    op.drop_table("members")
    op.drop_index(op.f("ix_member_links_member_id"), table_name="member_links")
    op.drop_table("member_links")
    op.drop_index("ix_mail_visits_number", table_name="mail_visits")
    op.drop_index("ix_mail_visits_message", table_name="mail_visits")
    op.drop_index("ix_mail_visits_at", table_name="mail_visits")
    op.drop_table("mail_visits")
    op.drop_table("log_marks")
    op.drop_table("limited_numbers")
    op.drop_table("life_stages")
    op.drop_table("leases")
    op.drop_index(op.f("ix_kept_answers_at_us"), table_name="kept_answers")
    op.drop_table("kept_answers")
    op.drop_index("ix_journeys_id", table_name="journeys")
    op.drop_table("journeys")
    op.drop_table("journey_winners")
    op.drop_table("journey_versions")
    op.drop_index("ix_journey_simulations_journey", table_name="journey_simulations")
    op.drop_table("journey_simulations")
    op.drop_index("ix_journey_refusals_number", table_name="journey_refusals")
    op.drop_table("journey_refusals")
    op.drop_index("ix_journey_notices_number", table_name="journey_notices")
    op.drop_index("ix_journey_notices_due", table_name="journey_notices")
    op.drop_index("ix_journey_notices_address", table_name="journey_notices")
    op.drop_table("journey_notices")
    op.drop_table("journey_notice_turns")
    op.drop_table("journey_marks")
    op.drop_table("journey_lanes")
    op.drop_index("ix_enrolments_number", table_name="journey_enrolments")
    op.drop_index("ix_enrolments_lane", table_name="journey_enrolments")
    op.drop_table("journey_enrolments")
    op.drop_table("journey_days")
    op.drop_table("journey_counts")
    op.drop_table("journey_calendars")
    op.drop_table("inbox")
    op.drop_index("ix_images_added", table_name="images")
    op.drop_table("images")
    op.drop_index("ix_identity_decisions_right", table_name="identity_decisions")
    op.drop_index("ix_identity_decisions_left", table_name="identity_decisions")
    op.drop_table("identity_decisions")
    op.drop_index(
        "ix_identifiers_value",
        table_name="identifiers",
        sqlite_where=sa.text("kind <> 'anonymous_id'"),
        postgresql_where=sa.text("kind <> 'anonymous_id'"),
    )
    op.drop_index("ix_identifiers_profile", table_name="identifiers")
    op.drop_index(
        "ix_identifiers_owner",
        table_name="identifiers",
        sqlite_where=sa.text("owner > 0"),
        postgresql_where=sa.text("owner > 0"),
    )
    op.drop_index("ix_identifiers_key", table_name="identifiers")
    op.drop_table("identifiers")
    op.drop_index("ix_household_marks_digest", table_name="household_marks")
    op.drop_table("household_marks")
    op.drop_table("guard_policies")
    op.drop_table("frequency_policies")
    op.drop_table("forgotten_numbers")
    op.drop_table("events")
    op.drop_table("event_places")
    op.drop_table("erasures")
    op.drop_index("ix_dispatches_priority", table_name="dispatches")
    op.drop_index("ix_dispatches_origin", table_name="dispatches")
    op.drop_table("dispatches")
    op.drop_index("ix_device_uses_number", table_name="device_uses")
    op.drop_table("device_uses")
    op.drop_index("ix_device_links_weak", table_name="device_links")
    op.drop_index("ix_device_links_strong", table_name="device_links")
    op.drop_table("device_links")
    op.drop_table("data_exports")
    op.drop_table("copy_ranges")
    op.drop_table("contact_turns")
    op.drop_table("contact_slots")
    op.drop_table("consent_wordings")
    op.drop_table("consent_entries")
    op.drop_index("ix_complaints_at", table_name="complaints")
    op.drop_table("complaints")
    op.drop_table("company_statements")
    op.drop_table("catalogued_events")
    op.drop_table("catalogue_states")
    op.drop_index("ix_broadcasts_phase", table_name="broadcasts")
    op.drop_table("broadcasts")
    op.drop_table("broadcast_versions")
    op.drop_table("broadcast_occurrences")
    op.drop_table("broadcast_defaults")
    op.drop_table("audit_heads")
    op.drop_table("audit_entries")
    op.drop_table("attributes")
    op.drop_table("attribute_notes")
    op.drop_index("ix_attribute_edits", table_name="attribute_edits")
    op.drop_table("attribute_edits")
    op.drop_index("ix_approvals_target", table_name="approvals")
    op.drop_table("approvals")
    op.drop_table("approval_policies")
    op.drop_table("api_keys")
    op.drop_index(op.f("ix_access_tickets_expires_us"), table_name="access_tickets")
    op.drop_table("access_tickets")
    op.drop_table("access_policies")
