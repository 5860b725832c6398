"""A role that owns nothing and may change rows alone is enough to serve, once tables are there."""

import uuid

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from installation import MEMBER, PASSWORD, Installation

pytestmark = pytest.mark.postgres

# What the role that serves is given, in a data base that another one owns and has migrated.
GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
# What somebody who found a hole in the product might ask for next.
HARMFUL = (
    "CREATE TABLE public.planted (id int)",
    "DROP TABLE audit_entries",
    "TRUNCATE audit_entries",
    "ALTER TABLE members ADD COLUMN planted text",
    "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA planted",
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/kikubari-was-here'",
    "SELECT pg_read_file('/etc/passwd')",
    "CREATE ROLE another SUPERUSER",
)


def as_role(url, role):
    return make_url(url).set(username=role, password="modest")


@pytest.fixture
def roles(postgres_url):
    """Addresses of a data base: as its owner, and as a role that has no rights yet."""
    name = uuid.uuid4().hex[:12]
    owner, server = f"owner_{name}", f"server_{name}"
    engine = create_engine(
        make_url(postgres_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for role in (owner, server):
            connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'modest'"))
        connection.execute(text(f"CREATE DATABASE {owner} OWNER {owner}"))
    yield tuple(
        as_role(postgres_url, role).set(database=owner).render_as_string(hide_password=False)
        for role in (owner, server)
    )
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {owner} WITH (FORCE)"))
        for role in (owner, server):
            connection.execute(text(f"DROP ROLE {role}"))
    engine.dispose()


def connected(url):
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )


def test_serving_needs_no_tables_of_its_own(roles, tmp_path):
    as_owner, as_server = roles
    with Installation(tmp_path / "home", DATABASE_URL=as_owner).served() as first:
        first.get("/api/segments")
    owner = connected(as_owner)
    with owner.connect() as connection:
        for grant in GRANTS:
            role = make_url(as_server).username
            connection.execute(text(grant.format(role=role)))
    owner.dispose()
    with Installation(tmp_path / "home", DATABASE_URL=as_server).served() as running:
        use(running)
        assert running.health()["is_ready"]
        assert running.json("doctor")["needless_rights"] == []
        errors = [line for line in running.log.read_text().splitlines() if "permission" in line]
        assert errors == []
    serving = connected(as_server)
    with serving.connect() as connection:
        for harmful in HARMFUL:
            with pytest.raises(ProgrammingError, match=r"permission denied|must be|denied"):
                connection.execute(text(harmful))
    serving.dispose()


def use(running):
    """Do what a shop does: data in, people looked at, a definition, a log-in, an erasure."""
    key = running.post("/api/sources", {"name": "shop"})["write_key"]
    messages = [
        {"type": "identify", "userId": "A1", "traits": {"email": "a1@example.jp", "city": "Nara"}},
        {"type": "track", "userId": "A1", "event": "Order Completed", "properties": {"total": 9}},
    ]
    with running.stranger() as shop:
        answer = shop.post("/v1/batch", json={"batch": messages}, auth=(key, ""))
        answer.raise_for_status()
    running.settle()
    (person,) = running.get("/api/people", q="a1@example.jp")["people"]
    body = {"name": "All", "condition": {"type": "everyone"}}
    segment = running.post("/api/segments", body)
    assert segment["id"] in running.client.get("/api/segments").text
    member = {"email": MEMBER, "password": PASSWORD, "role": "viewer"}
    running.post("/api/members", member)
    asked = {"confirm": person["id"], "reason": "asked"}
    running.post(f"/api/profiles/{person['id']}/erase", asked)
    assert running.get("/api/people", q="a1@example.jp")["people"] == []
    assert running.get("/api/audit-log/check")["is_intact"]
