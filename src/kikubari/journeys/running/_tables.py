"""Tables of journeys that run."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from kikubari.storage import metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

journeys = Table(
    "journeys",
    metadata,
    Column("no", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("drains", Integer, nullable=False),  # 1: it drained when it was paused
    Column("version", Integer, nullable=False),  # 0: never published
    Column("draft", LargeBinary, nullable=False),  # JSON of JourneyDefinition
    Column("draft_no", Integer, nullable=False),  # grows with each change of the draft
    # Every id of a step, a way or an exit that any version had, by its number: what rows refer to.
    Column("names", LargeBinary, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("drafted_us", BigInteger, nullable=False),
    Index("ix_journeys_id", "workspace_id", "id", unique=True),
)

journey_versions = Table(
    "journey_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", LargeBinary, nullable=False),
    Column("published_us", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
)

# The steps at which somebody may stand: where a worker looks for people who are due.
journey_lanes = Table(
    "journey_lanes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
)

enrolments = Table(
    "journey_enrolments",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("journey_no", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),  # of the person, as of entering
    Column("ordinal", Integer, nullable=False),  # the person's first entry, second, …
    Column("state", SmallInteger, nullable=False),
    Column("step", Integer, nullable=False),  # number of its name; 0 when the way has ended
    Column("began_us", BigInteger, nullable=False),  # when what let the person in happened
    Column("at_us", BigInteger, nullable=False),  # when the step was reached
    Column("due_us", BigInteger),  # when somebody has to look at it; None: never again
    Column("entered_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("outcome", Integer),  # number of the name of how it ended
    Column("trigger_position", BigInteger, nullable=False),  # in the log; 0: no event let them in
    Column("converted_us", BigInteger),
    Column("value_minor", BigInteger, nullable=False),
    Column("path", LargeBinary, nullable=False),  # 12 bytes for each step passed; see paths.py
    # With the number: who is on the way is read from it alone, whatever ended long ago.
    Index("ix_enrolments_lane", "workspace_id", "journey_no", "step", "due_us", "number"),
    Index("ix_enrolments_number", "workspace_id", "number"),
)

# How often each way out of each step was taken; in shards, so that workers do not wait in line.
journey_counts = Table(
    "journey_counts",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("way", Integer, primary_key=True, autoincrement=False),
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("converted", BigInteger, nullable=False),  # of these, reached the goal after it
)

# The part of an experiment that everybody takes since it was proven best.
journey_winners = Table(
    "journey_winners",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    Column("tallies", LargeBinary, nullable=False),  # JSON: what proved it
)

# Why a person was last not let in, and the times before.
journey_refusals = Table(
    "journey_refusals",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    # The latest, newest first, nine bytes each; see refusing.py.
    Column("latest", LargeBinary, nullable=False),
    Index("ix_journey_refusals_number", "workspace_id", "number"),
)

# People who entered on one day of the shop, where a journey limits them.
journey_days = Table(
    "journey_days",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("n", Integer, nullable=False),
)

# What is written to staff about people.
journey_notices = Table(
    "journey_notices",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("journey_no", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),  # whom it is about
    Column("ordinal", Integer, nullable=False),  # of their entry
    Column("address", Text, nullable=False),
    Column("message_id", BigInteger, nullable=False),  # the same however often it is tried
    Column("attempts", Integer, nullable=False),
    Column("queued_us", BigInteger, nullable=False),
    Column("due_us", BigInteger),  # None: it has ended
    Column("said", Text, nullable=False),  # why it was not taken
    Index("ix_journey_notices_due", "workspace_id", "due_us"),
    Index("ix_journey_notices_address", "workspace_id", "address", "queued_us"),
    Index("ix_journey_notices_number", "workspace_id", "number"),
)

# A row to hold while it is decided how many more letters an address gets.
journey_notice_turns = Table(
    "journey_notice_turns",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("address", Text, primary_key=True),
)

# Until when the calendar of a journey has been looked at: what it missed is told from the rest.
journey_calendars = Table(
    "journey_calendars",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("journey_no", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_us", BigInteger, nullable=False),
)

# How far the log has been followed.
journey_marks = Table(
    "journey_marks",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
