"""The tables of profiles."""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    event,
    text,
)

from kikubari.storage import metadata

# Prefix searches are ranges of code points, whatever the locale of the database.
_Searchable = Text().with_variant(Text(collation="C"), "postgresql")
_NAMES_PERSON = text("kind <> 'anonymous_id'")
_HAS_OWNER = text("owner > 0")

# Numbers handed out, versions of moves, and stamps that tell whether a cache is still true.
counters = Table(
    "profile_counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),  # BLAKE2b-128 of workspace, kind and value
    Column("kind", Text, nullable=False),
    Column("value", _Searchable, nullable=False),
    # Its earliest evidence; the latest instant there is while others only mention it.
    Column("first_us", BigInteger, nullable=False),
    Column("first_source_id", Integer, nullable=False),
    Column("first_message_key", LargeBinary, nullable=False),
    Column("profile", BigInteger, nullable=False),  # canonical number of its cluster
    Column("owner", BigInteger, nullable=False),  # a device's person, 0 for nobody
    Column("n_people", Integer, nullable=False),
    Column("n_devices", Integer, nullable=False),
    Index("ix_identifiers_key", "workspace_id", "key", unique=True),
    Index("ix_identifiers_profile", "workspace_id", "profile"),
    Index(
        "ix_identifiers_owner",
        "workspace_id",
        "owner",
        sqlite_where=_HAS_OWNER,
        postgresql_where=_HAS_OWNER,
    ),
    Index(
        "ix_identifiers_value",
        "workspace_id",
        "value",
        sqlite_where=_NAMES_PERSON,
        postgresql_where=_NAMES_PERSON,
    ),
)


def _links(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("workspace_id", Integer, primary_key=True),
        # strong * 2**31 + weak: one number finds a pair with one look-up.
        Column("pair", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", SmallInteger, primary_key=True, autoincrement=False),
        Column("strong", BigInteger, nullable=False),
        Column("weak", BigInteger, nullable=False),
        Column("at_us", BigInteger, nullable=False),
        Column("source_id", Integer, nullable=False),
        Column("message_key", LargeBinary, nullable=False),
        Column("outcome", Text, nullable=False),
        Index(f"ix_{name}_strong", "workspace_id", "strong"),
        Index(f"ix_{name}_weak", "workspace_id", "weak"),
    )


person_links = _links("person_links")
device_links = _links("device_links")

# Every change of who a number is, and the evidence that caused it. Never updated.
moves = Table(
    "profile_moves",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("previous", BigInteger, nullable=False),
    Column("profile", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("message_key", LargeBinary, nullable=False),
    Index("ix_profile_moves_number", "workspace_id", "number"),
)

# Merges and unmerges that members decided on, with who and why.
decisions = Table(
    "identity_decisions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("is_merge", Integer, nullable=False),
    Column("left", BigInteger, nullable=False),
    Column("right", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Index("ix_identity_decisions_left", "workspace_id", "left"),
    Index("ix_identity_decisions_right", "workspace_id", "right"),
)

person_keys = Table(
    "person_keys",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),  # empty: forgotten, never made again
)

trait_versions = Table(
    "trait_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("value", LargeBinary, nullable=False),  # JSON, sealed with the number's key
    Column("provenance", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("is_verified", SmallInteger, nullable=False),
    Column("is_simulated", SmallInteger, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    # A person's traits lie side by side, and are written once.
    sqlite_with_rowid=False,
)

profile_names = Table(
    "profile_names",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("term", _Searchable, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_profile_names_number", "workspace_id", "number"),
)

consents = Table(
    "consent_entries",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("purpose", Text, primary_key=True),
    Column("channel", Text, primary_key=True),  # empty: every channel
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("status", Text, nullable=False),
    Column("wording_version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("proof", LargeBinary, nullable=False),  # sealed: may hold an address or a name
    Column("received_us", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

erasures = Table(
    "erasures",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("receipt_id", Text, primary_key=True),
    Column("profile", BigInteger, nullable=False),
    Column("erased_us", BigInteger, nullable=False),
    Column("numbers", Text, nullable=False),  # JSON array: what other stores must forget too
    Column("counts", Text, nullable=False),  # JSON object: rows removed by kind
    Column("hashes", Text, nullable=False),  # JSON array of keyed hashes of the identifiers
    Column("erased_by", Text, nullable=False),  # member or key
    Column("reason", Text, nullable=False),
)

# Statements that keep the consent ledger append-only, by dialect. `create_all` runs them; a
# migration that creates the table must run them as well.
LEDGER_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER consent_entries_no_{verb.lower()} BEFORE {verb} ON consent_entries "
        "BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION refuse_consent_change() RETURNS trigger "
            "LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the consent ledger is append-only' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE TRIGGER consent_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON consent_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change()"
        ),
    ),
}


@event.listens_for(consents, "after_create")
def _guard_ledger(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in LEDGER_GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
