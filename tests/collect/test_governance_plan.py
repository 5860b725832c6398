"""The tracking plan in the tracking path: allow, flag, block, on a real HTTP server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from segment.analytics.client import Client as SegmentClient
from tracking_server import LoopbackServer, Tracking, open_store

from kikubari.collect import (
    Mode,
    PlanChangedError,
    PlanGate,
    PlanRule,
    TrackingPlan,
    TrackingPlans,
    Violations,
    group_violations,
)
from kikubari.collect.governance.compiled_plan import Fault
from kikubari.collect.governance.enforcement import MAX_KINDS_PER_DAY, OTHER, SAMPLES_PER_KIND
from kikubari.events import EventLog
from kikubari.kit.clock import SystemClock
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore
from kikubari.testing.events import PlainSealing

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string", "minLength": 1},
        "total": {"type": "number", "minimum": 0},
        "currency": {"enum": ["JPY", "USD"]},
        "email": {"type": "string", "format": "email"},
        "products": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"product_id": {"type": "string"}},
                "required": ["product_id"],
            },
        },
    },
    "required": ["order_id"],
}


class Governed:
    """A tracking API with a plan."""

    def __init__(self, store: StateStore) -> None:
        self.violations = Violations(store)
        self.gate = PlanGate(self.violations)
        self.plans = TrackingPlans(store, self.gate, SystemClock(), EventLog(store, PlainSealing()))
        self.tracking = Tracking(store, gate=self.gate)
        self.http: httpx.Client

    def apply(self, **fields: Any) -> None:
        self.plans.apply(TrackingPlan(**fields), by="test")

    def send(self, *messages: dict[str, Any], path: str = "/v1/batch") -> httpx.Response:
        batch = [{"type": "track", "userId": "u"} | message for message in messages]
        return self.http.post(path, json={"batch": batch})

    def counts(self) -> dict[tuple[str, str, str, str], int]:
        since = datetime.now(UTC).date() - timedelta(days=1)
        return {
            (one.subject, one.path, one.code, one.mode.value): one.n
            for one in group_violations(self.violations.list_counts(since=since))
        }


@pytest.fixture
def governed(server: LoopbackServer, tmp_path: Path) -> Iterator[Governed]:
    store = open_store(tmp_path / "intake.db")
    made = Governed(store)
    with (
        server.serve(made.tracking) as served,
        httpx.Client(base_url=served.url, auth=(served.server.write_key, "")) as client,
    ):
        made.http = client
        yield made
    store.close()


def order(**properties: Any) -> dict[str, Any]:
    return {"event": "Order Completed", "properties": {"order_id": "A-1"} | properties}


def test_without_a_plan_everything_passes(governed: Governed):
    assert governed.send({"event": "Whatever", "properties": {"x": 1}}).json() == {"success": True}
    assert governed.counts() == {}


def test_flag_takes_and_counts(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.FLAG)})
    answer = governed.send(order(total="4980"), order(total=4980), {"event": "Other"})
    assert answer.json() == {"success": True}
    assert len(governed.tracking.events()) == 3
    assert governed.counts() == {("Order Completed", "$.total", "type", "flag"): 1}


def test_block_refuses_with_the_reason_and_takes_the_neighbours(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.BLOCK)})
    answer = governed.send(order(total="4980"), order(total=4980))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["rejected"]) == (1, 1)
    error = body["errors"][0]
    assert (error["index"], error["code"]) == (0, "plan_violation")
    assert error["path"] == "$.properties.total"
    assert "type: number" in error["reason"]
    assert "4980" not in error["reason"]
    assert [event.properties["total"] for event in governed.tracking.events()] == [4980]
    rejected = governed.tracking.rejected.list_newest()
    assert [(one.code, one.path) for one in rejected] == [("plan_violation", "$.properties.total")]
    assert governed.counts() == {("Order Completed", "$.total", "type", "block"): 1}


def test_a_request_that_is_all_refused_is_final_for_its_sender(governed: Governed):
    governed.apply(unknown_events=Mode.BLOCK)
    answer = governed.send({"event": "Misspelt"})
    assert answer.status_code == 400  # not 429 or 5xx: SDKs give up on it
    assert answer.json()["code"] == "unplanned_event"
    assert governed.tracking.events() == []


def test_unknown_events_leave_pages_and_reserved_names_alone(governed: Governed):
    governed.apply(unknown_events=Mode.BLOCK, events={"Known": PlanRule()})
    answer = governed.send(
        {"event": "Known"},
        {"type": "page", "name": "Home"},
        {"type": "identify", "traits": {"tier": "gold"}},
        {"event": "Kikubari Trait Computed", "traits": {"churn": 0.2}},
    )
    assert answer.json() == {"success": True}


def test_a_missing_property_is_named(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.BLOCK)})
    answer = governed.send({"event": "Order Completed", "properties": {}})
    assert answer.json()["errors"][0]["path"] == "$.properties.order_id"
    assert governed.counts() == {("Order Completed", "$.order_id", "required", "block"): 1}


def test_single_properties_have_modes_of_their_own(governed: Governed):
    rule = PlanRule(
        ORDER,
        Mode.FLAG,
        Mode.FLAG,
        {"order_id": Mode.BLOCK, "currency": Mode.ALLOW, "secret": Mode.BLOCK},
    )
    governed.apply(events={"Order Completed": rule})
    flagged = order(total="1", currency="EUR", odd=1)
    assert governed.send(flagged).json() == {"success": True}
    assert governed.send(order(order_id="")).status_code == 400
    assert governed.send(order(secret=1)).status_code == 400
    assert governed.counts() == {
        ("Order Completed", "$.total", "type", "flag"): 1,
        ("Order Completed", "$.odd", "unknown_property", "flag"): 1,
        ("Order Completed", "$.order_id", "minLength", "block"): 1,
        ("Order Completed", "$.secret", "unknown_property", "block"): 1,
    }


def test_elements_of_lists_count_as_one_place(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER)})
    governed.send(order(products=[{}, {"product_id": 7}, {"product_id": "x"}]))
    assert governed.counts() == {
        ("Order Completed", "$.products[].product_id", "required", "flag"): 1,
        ("Order Completed", "$.products[].product_id", "type", "flag"): 1,
    }


def test_properties_known_by_pattern(governed: Governed):
    schema = {"patternProperties": {"^utm_": {"type": "string"}}}
    governed.apply(events={"Landed": PlanRule(schema, Mode.FLAG, Mode.BLOCK)})
    good = {"event": "Landed", "properties": {"utm_source": "x"}}
    bad = {"event": "Landed", "properties": {"xutm_source": "x"}}
    assert governed.send(good, bad).json()["errors"][0]["index"] == 1


def test_traits_have_a_rule(governed: Governed):
    schema = {"properties": {"tier": {"enum": ["gold", "silver"]}}}
    governed.apply(traits=PlanRule(schema, Mode.BLOCK))
    answer = governed.send(
        {"type": "identify", "traits": {"tier": "wood"}},
        {"type": "identify", "traits": {"tier": "gold"}},
        {"type": "group", "groupId": "g", "traits": {"tier": "wood"}},
    )
    assert [error["index"] for error in answer.json()["errors"]] == [0]
    assert answer.json()["errors"][0]["path"] == "$.traits.tier"
    assert governed.counts() == {("", "$.tier", "enum", "block"): 1}


def test_history_is_judged_as_well(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.BLOCK)})
    assert governed.send(order(total="1"), path="/v1/import").status_code == 400


def test_a_plan_holds_from_the_next_request_on(governed: Governed):
    assert governed.send(order(total="1")).status_code == 200
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.BLOCK)})
    assert governed.send(order(total="1")).status_code == 400
    governed.apply()
    assert governed.send(order(total="1")).status_code == 200


def test_samples_show_what_is_nobodys_secret_only(governed: Governed):
    schema = {
        "properties": {
            name: {"type": "boolean"}
            for name in ("total", "size", "last_name", "contact", "religion", "comment", "items")
        }
    }
    governed.apply(events={"Order Completed": PlanRule(schema, Mode.FLAG, Mode.FLAG)})
    governed.send(
        order(
            total=4980,
            size="XL",
            last_name="山田",
            contact="hanako@example.jp",
            religion="x",
            comment="私は東京に住んでいます。" * 5,
            items=[1, 2],
            odd="value",
        )
    )
    found = {one.path: one.found for one in governed.violations.list_samples()}
    assert found == {
        "$.total": "4980",
        "$.size": '"XL"',
        "$.last_name": "text of 2",
        "$.contact": "text of 17",
        "$.religion": "text of 1",
        "$.comment": "text of 60",
        "$.items": "list of 2",
        "$.odd": "text of 5",
        "$.order_id": "text of 3",
    }


def test_samples_are_few_and_counts_are_all(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER)})
    governed.send(*[order(total="1") for _ in range(SAMPLES_PER_KIND + 3)])
    assert len(governed.violations.list_samples()) == SAMPLES_PER_KIND
    assert list(governed.counts().values()) == [SAMPLES_PER_KIND + 3]
    newest, *_ = governed.violations.list_samples()
    older = governed.violations.list_samples(before_id=newest.id)
    assert len(older) == SAMPLES_PER_KIND - 1
    assert governed.violations.list_samples(subject="Other") == []


def test_names_that_senders_invent_do_not_fill_the_store(governed: Governed):
    governed.apply(events={"Order Completed": PlanRule(ORDER, Mode.FLAG, Mode.FLAG)})
    n = MAX_KINDS_PER_DAY + 40
    for start in range(0, n, 20):
        names = {f"odd_{number}": 1 for number in range(start, start + 20)}
        governed.send(order(**names))
    counts = governed.counts()
    assert sum(counts.values()) == n
    assert len(counts) <= MAX_KINDS_PER_DAY + 1
    assert counts["Order Completed", OTHER, "unknown_property", "flag"] == 40


def test_versions(state: StateStore):
    plans = TrackingPlans(
        state, PlanGate(Violations(state)), SystemClock(), EventLog(state, PlainSealing())
    )
    assert plans.current().version == 0
    first = plans.apply(TrackingPlan(events={"A": PlanRule(ORDER)}), by="hana", note="begin")
    assert (first.version, first.by, first.note) == (1, "hana", "begin")
    again = plans.apply(TrackingPlan(events={"A": PlanRule(ORDER)}), by="taro")
    assert again == first  # the same file applied again changes nothing
    second = plans.apply(TrackingPlan(), by="taro", expected_version=1)
    with pytest.raises(PlanChangedError):
        plans.apply(TrackingPlan(events={"B": PlanRule()}), by="hana", expected_version=1)
    assert [one.version for one in plans.list_versions()] == [2, 1]
    assert plans.list_versions(before=2) == [first]
    assert plans.get(1).plan.events["A"].schema == ORDER
    assert plans.current() == second
    with pytest.raises(NotFoundError):
        plans.get(9)


def test_another_process_follows(state: StateStore):
    log = EventLog(state, PlainSealing())
    gates = [PlanGate(Violations(state)) for _ in range(2)]
    one, other = (TrackingPlans(state, gate, SystemClock(), log) for gate in gates)
    one.apply(TrackingPlan(unknown_events=Mode.BLOCK), by="hana")
    source = Tracking(state).server
    assert gates[1].begin(source, datetime.now(UTC)) is None
    other.refresh()
    assert gates[1].begin(source, datetime.now(UTC)) is not None


def test_counts_add_up_on_every_engine(state: StateStore):
    violations = Violations(state)
    plans = TrackingPlans(
        state, PlanGate(violations), SystemClock(), EventLog(state, PlainSealing())
    )
    plans.apply(TrackingPlan(unknown_events=Mode.FLAG), by="hana")
    tracking = Tracking(state)
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    fault = Fault("X", "$", "unknown_event", "an event of the tracking plan", Mode.FLAG)
    for days in (0, 0, 1):
        violations.record(
            tracking.server.id, at + timedelta(days=days), [("m", fault), ("n", fault)]
        ).result()
    counts = violations.list_counts(since=at.date())
    assert [(one.on.day, one.n) for one in counts] == [(23, 2), (22, 4)]
    (group,) = group_violations(counts)
    assert (group.n, group.n_by_day) == (6, {"2026-11-22": 4, "2026-11-23": 2})
    violations.forget_old(at.date() + timedelta(days=401))
    assert [one.on.day for one in violations.list_counts(since=at.date())] == [23]


@pytest.mark.parametrize("is_mixed", [True, False])
def test_an_official_sdk_does_not_try_a_blocked_event_again(governed: Governed, is_mixed: bool):
    governed.apply(unknown_events=Mode.BLOCK, events={"Known": PlanRule()})
    client = SegmentClient(
        governed.tracking.server.write_key,
        host=governed.tracking.url,
        upload_interval=0.05,
        max_retries=8,
    )
    client.track("u1", "Misspelt")
    if is_mixed:
        client.track("u1", "Known")
    client.shutdown()
    assert [event.type for event in governed.tracking.events()] == ["Known"] * is_mixed
    # Each refusal is counted when it arrives: once, if it arrived once.
    assert governed.counts() == {("Misspelt", "$", "unknown_event", "block"): 1}
