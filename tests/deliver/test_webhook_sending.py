"""Webhooks out, over the wire: signed, repeated, given up, sent again; nowhere they must not go."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from http_peer import DROP, STALL, serving
from kikubari.deliver import (
    EndpointDefinition,
    EndpointProjection,
    QueueAnswer,
    WebhookSettings,
    forget_calls,
    hold_sending,
    release_restored,
    reseal_endpoint_secrets,
)
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_endpoints
from kikubari.deliver.endpoints.retrying import PATIENCE, SCHEDULE
from kikubari.deliver.endpoints.signing import new_secret, sign
from kikubari.events import EventLog, SequencedEvent, Sequencer
from kikubari.kit.sealing import Seal
from kikubari.profiles import Restrictions
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.spec.topics import ENDPOINT_DISABLED, ORDER_COMPLETED
from kikubari.testing.events import CountingNumbers
from query_plans import list_plans
from webhook_world import NOW, WebhookWorld

OUTSIDE = EndpointDefinition(name="CRM", url="https://93.184.216.34/in")


def one_call(world, peer, answer=(200, {}, {})):
    peer.script[:] = [answer]
    endpoint_id = world.add(f"{peer.url}/in?shop=1")
    world.call(endpoint_id, "k1", 名前="花子")
    return endpoint_id


def test_the_signature_is_that_of_the_published_example():
    """The test vector of the Standard Webhooks libraries."""
    headers = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        NOW.fromtimestamp(1614265330, tz=NOW.tzinfo),
        b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_call_arrives_once_signed_and_its_body_is_kept_no_longer(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer)
        world.settle(endpoint_id)
    [(path, headers, body)] = peer.requests
    assert path == "/in?shop=1"
    assert body == {
        "type": "journey.step",
        "timestamp": "2026-11-20T09:00:00Z",
        "data": {"名前": "花子"},
    }
    [call] = world.endpoints.list_calls(endpoint_id)
    assert (call.state, call.attempts, call.status) == ("delivered", 1, 200)
    assert headers["webhook-id"] == call.id
    with state.read() as connection:
        assert connection.execute(webhook_calls.select()).one().body is None


def test_both_secrets_sign_for_a_day_after_an_exchange(state):
    world = WebhookWorld(state)
    with serving() as peer:
        made = world.endpoints.create(EndpointDefinition(name="CRM", url=peer.url))
        new = world.endpoints.rotate_secret(made.endpoint.id)
        world.call(made.endpoint.id, "k1")
        world.settle(made.endpoint.id)
        world.clock.advance(timedelta(hours=25))
        world.call(made.endpoint.id, "k2")
        world.settle(made.endpoint.id)
    raw = [msgspec.json.encode(body) for _, _, body in peer.requests]
    for index, secrets, at in (
        (0, [new.secret, made.secret], NOW),
        (1, [new.secret], NOW + timedelta(hours=25)),
    ):
        headers = peer.requests[index][1]
        expected = sign(secrets, headers["webhook-id"], at, raw[index])
        assert headers["webhook-signature"] == expected["webhook-signature"]


@pytest.mark.parametrize(
    "answer",
    [(500, {}, {}), (404, {}, {}), (301, {"Location": "http://127.0.0.1:1/"}, {}), (DROP, {}, {})],
)
def test_what_was_not_taken_is_tried_again_under_the_same_id(state, answer):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer, answer)
        world.settle(endpoint_id)
        [call] = world.endpoints.list_calls(endpoint_id)
        assert call.state == "queued"
        assert SCHEDULE[0] <= call.next_at - NOW <= SCHEDULE[0] * 1.2
        assert world.endpoints.get(endpoint_id).failing_since == NOW
        world.clock.set(call.next_at)
        world.settle(endpoint_id)
    assert world.states(endpoint_id) == ["delivered"]
    assert world.endpoints.get(endpoint_id).failing_since is None
    assert len({headers["webhook-id"] for _, headers, _ in peer.requests}) == 1
    assert len(peer.requests) == 2


def test_an_endpoint_that_does_not_answer_is_given_up_in_time(state):
    world = WebhookWorld(state, settings=WebhookSettings(seconds=0.3))
    with serving() as peer:
        endpoint_id = one_call(world, peer, (STALL, {}, 1.0))
        world.settle(endpoint_id)
    [call] = world.endpoints.list_calls(endpoint_id)
    assert (call.state, call.status, call.said) == (
        "queued", None, "no whole answer within 0.3 s",
    )  # fmt: skip


def test_the_endpoint_may_ask_for_more_time(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer, (429, {"Retry-After": "7200"}, {}))
        world.settle(endpoint_id)
    [call] = world.endpoints.list_calls(endpoint_id)
    assert call.next_at == NOW + timedelta(hours=2)


def test_retries_go_on_for_three_days_and_then_the_endpoint_is_disabled_with_notice(state):
    world = WebhookWorld(state)
    assert timedelta(days=3) <= PATIENCE
    with serving(*[(500, {}, {})] * (len(SCHEDULE) + 1)) as peer:
        endpoint_id = world.add(peer.url)
        world.call(endpoint_id, "k1")
        for _ in range(len(SCHEDULE)):
            world.settle(endpoint_id)
            [call] = world.endpoints.list_calls(endpoint_id)
            assert call.state == "queued"
            world.clock.set(call.next_at)
        world.call(endpoint_id, "later")
        state.write(
            lambda c: c.execute(
                update(webhook_calls)
                .where(webhook_calls.c.attempts == 0)
                .values(due_us=webhook_calls.c.due_us + 10**9)
            )
        )
        world.send_until(lambda: world.states(endpoint_id) == ["dead", "dead"])
        endpoint = world.endpoints.get(endpoint_id)
        assert (endpoint.state, endpoint.disabled_because) == ("disabled", "failing")
        assert len(peer.requests) == len(SCHEDULE) + 1
        with pytest.raises(ConflictError):
            world.endpoints.replay(endpoint_id)
        world.endpoints.enable(endpoint_id)
        assert world.endpoints.replay(endpoint_id) == 2
        world.settle(endpoint_id)
    assert world.states(endpoint_id) == ["delivered", "delivered"]
    log = EventLog(state, world.sealing)
    Sequencer(state, [state], CountingNumbers(), world.sealing, projections=[]).run_once()
    notices = [item.event for item in log.read_range(1, log.position())]
    assert [one.type for one in notices] == [ENDPOINT_DISABLED]
    assert notices[0].properties == {"endpoint_id": endpoint_id, "because": "failing"}


def test_an_endpoint_that_is_gone_is_disabled_at_once(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer, (410, {}, {}))
        world.send_until(lambda: world.states(endpoint_id) == ["dead"])
    assert world.endpoints.get(endpoint_id).disabled_because == "gone"


def test_some_dead_letters_are_sent_again(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = world.add(peer.url)
        world.endpoints.disable(endpoint_id)
        for key in ("a", "b", "c"):
            world.call(endpoint_id, key)
        world.endpoints.enable(endpoint_id)
        chosen = [one.id for one in world.endpoints.list_calls(endpoint_id)][:2]
        assert world.endpoints.replay(endpoint_id, chosen) == 2
        world.settle(endpoint_id)
    assert sorted(world.states(endpoint_id)) == ["dead", "delivered", "delivered"]
    assert {headers["webhook-id"] for _, headers, _ in peer.requests} == set(chosen)


def test_what_a_caller_died_with_is_called_again(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer)
        state.write(
            lambda c: c.execute(update(webhook_calls).values(state=1, attempts=1, due_us=0))
        )
        world.settle(endpoint_id)
    [call] = world.endpoints.list_calls(endpoint_id)
    assert (call.state, call.attempts) == ("delivered", 2)


def test_calls_about_the_erased_are_not_made(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = world.add(peer.url, ORDER_COMPLETED)
        tell(world, [order("m1", number=7)])
        state.write(lambda connection: forget_calls(connection, [7]))
        tell(world, [order("m2", number=8)])
        world.settle(endpoint_id)
    assert [body["data"]["profile"] for _, _, body in peer.requests] == ["prf_8"]


def order(message_id, *, number=3, kind=ORDER_COMPLETED, late=timedelta()):
    event = Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=kind,
        occurred_at=NOW - late,
        received_at=NOW,
        source_id=2,
        user_id="u-1",
        properties={"total": 12},
    )
    return SequencedEvent(1, number, event)


def tell(world, items):
    projection = EndpointProjection(world.queue, Restrictions())
    world.store.write(lambda connection: projection.apply(connection, items))


def test_endpoints_are_told_of_the_events_they_asked_for(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = world.add(peer.url, ORDER_COMPLETED)
        silent = world.add(peer.url, "Unsubscribed")
        history = order("m2", late=timedelta(days=2))
        tell(world, [order("m1"), history, order("m3", kind="Page Viewed"), order("m1")])
        world.settle(endpoint_id)
    [(_, _, body)] = peer.requests
    assert body["type"] == ORDER_COMPLETED
    assert body["data"] == {
        "messageId": "m1",
        "event": ORDER_COMPLETED,
        "timestamp": "2026-11-20T09:00:00Z",
        "userId": "u-1",
        "profile": "prf_3",
        "properties": {"total": 12},
    }
    assert world.states(silent) == []


def test_many_events_are_told_of_in_as_few_statements_as_few(state):
    world = WebhookWorld(state)
    endpoint_ids = [
        world.endpoints.create(
            EndpointDefinition(name="CRM", url=OUTSIDE.url, types=(ORDER_COMPLETED,))
        ).endpoint.id
        for _ in range(3)
    ]
    projection = EndpointProjection(world.queue, Restrictions())

    def count_statements(first, n):
        items = [order(f"{first}-{number}") for number in range(n)]
        return len(list_plans(state, lambda connection: projection.apply(connection, items)))

    assert count_statements("few", 2) == count_statements("many", 200)
    tell(world, [order(f"m-{number}") for number in range(400)])
    assert {len(world.states(one)) for one in endpoint_ids} == {400}


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://0.0.0.0/", "https://10.1.2.3/",
        "https://192.168.0.1/", "https://172.16.0.1/", "https://169.254.169.254/latest",
        "https://100.64.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/", "https://[fe80::1]/", "https://[fc00::1]/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://2130706433/",
        "https://0x7f000001/", "https://017700000001/", "https://127.1/", "https://0/",
        "https://224.0.0.1/", "https://255.255.255.255/", "https://[::]/",
        "http://93.184.216.34/", "ftp://93.184.216.34/", "https://a:b@93.184.216.34/",
        "https://93.184.216.34/#x", "https://93.184.216.34:99999/", "https:///in", "//x/", "",
        "https://127.0.0.1:8443/", "https://127.255.255.254/", "https://0177.0.0.1/",
        "https://0x7f.1/", "https://0x7f.0x0.0x0.0x1/", "https://127.0.1/", "https://3232235777/",
        "https://192.168.1/", "https://10.0/", "https://169.254.1.1/", "https://172.31.255.255/",
        "https://192.0.2.5/", "https://198.51.100.7/", "https://203.0.113.9/", "https://198.18.0.1/",
        "https://240.0.0.1/", "https://[fd12::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
        "https://[::ffff:10.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/", "https://[::127.0.0.1]/", "https://[fe80::1%25lo]/",
        "https://ip6-localhost/", "https://localhost./", "https://LOCALHOST/",
        "gopher://127.0.0.1/", "javascript:alert(1)", "http:93.184.216.34", "https://",
        "https://[::1", "https://93.184.216.34@127.0.0.1/", "https://127.0.0.1\\@93.184.216.34/",
        "https://例え.jp/", "https://93.184.216.34/\r\nx: y", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_an_endpoint_is_nowhere_within(state, url):
    world = WebhookWorld(state, networks="")
    with pytest.raises(InvalidInputError):
        world.endpoints.create(EndpointDefinition(name="CRM", url=url))
    made = world.endpoints.create(OUTSIDE).endpoint
    with pytest.raises(InvalidInputError):
        world.endpoints.change(made.id, EndpointDefinition(name="CRM", url=url))


def test_an_address_that_leads_within_later_is_not_called(state):
    """A name may lead elsewhere by the time of a call; here, the stored address was altered."""
    world = WebhookWorld(state, networks="")
    with serving() as peer:
        endpoint_id = world.endpoints.create(OUTSIDE).endpoint.id
        state.write(lambda c: c.execute(update(webhook_endpoints).values(url=peer.url)))
        world.call(endpoint_id, "k1")
        world.settle(endpoint_id)
        with pytest.raises(InvalidInputError):
            world.endpoints.enable(endpoint_id)
    [call] = world.endpoints.list_calls(endpoint_id)
    assert "not public" in call.said
    assert peer.requests == []


def test_a_test_says_nothing_and_shows_what_came_of_it(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = world.add(peer.url)
        assert world.endpoints.test(endpoint_id) is QueueAnswer.QUEUED
        world.settle(endpoint_id)
    assert peer.body["type"] == "kikubari.test"


def test_endpoints_are_forgotten_with_their_calls(state):
    world = WebhookWorld(state)
    endpoint_id = world.endpoints.create(OUTSIDE).endpoint.id
    world.call(endpoint_id, "k1")
    world.endpoints.delete(endpoint_id)
    with pytest.raises(NotFoundError):
        world.endpoints.get(endpoint_id)
    assert world.endpoints.list_some() == []


def test_a_back_up_calls_nobody_and_what_waited_in_it_is_for_a_person_to_send_again(state):
    world = WebhookWorld(state)
    with serving() as peer:
        endpoint_id = one_call(world, peer)
        state.write(lambda connection: hold_sending(connection, now=NOW))
        with pytest.raises(TimeoutError):
            world.send_until(lambda: world.is_settled(endpoint_id), seconds=0.5)
        state.write(release_restored)
        assert world.states(endpoint_id) == ["dead"]
        assert peer.requests == []
        world.endpoints.replay(endpoint_id)
        world.settle(endpoint_id)
    assert world.states(endpoint_id) == ["delivered"]


def test_what_ended_long_ago_is_forgotten(state):
    world = WebhookWorld(state)
    endpoint_id = world.endpoints.create(OUTSIDE).endpoint.id
    world.call(endpoint_id, "waits")
    world.endpoints.disable(endpoint_id)
    world.clock.advance(timedelta(days=31))
    world.endpoints.enable(endpoint_id)
    world.call(endpoint_id, "new")
    world.endpoints.forget_some()
    assert world.states(endpoint_id) == ["queued"]


def test_secrets_are_long_sealed_and_sealed_anew(state):
    world = WebhookWorld(state)
    made = world.endpoints.create(OUTSIDE)
    assert made.secret.startswith("whsec_")
    assert len(made.secret) > 40
    assert made.secret != new_secret()
    with state.read() as connection:
        assert (
            made.secret.encode() not in connection.execute(webhook_endpoints.select()).one().secret
        )
    other = Seal(b"o" * 32)
    assert reseal_endpoint_secrets(state, world.seal, other) == 1
    assert reseal_endpoint_secrets(state, world.seal, other) == 0
    with state.read() as connection:
        row = connection.execute(webhook_endpoints.select()).one()
    assert other.open(row.secret, of=made.endpoint.id) == made.secret
