from datetime import timedelta

import pytest
from delivery_world import NOW, ORIGIN, World

from kikubari.deliver import (
    Engagement,
    MessageState,
    SuppressionProjection,
    TrackingTokens,
    Unsubscribing,
    Visit,
    is_machine,
    public_id,
)
from kikubari.events import find_consent_assertion
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    UNSUBSCRIBED,
)

TOKENS = TrackingTokens(b"t" * 32)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148"
)
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.6.0"
LATER = NOW + timedelta(minutes=5)


def sent_world(store):
    """Two people who got a message; the first agreed to tracking."""
    world = World(store, [1, 2])
    dispatch_id = world.enqueue()
    world.deliver()
    world.consents.granted.add((1, "tracking"))
    return world, [dispatch_id << 32 | number for number in (1, 2)]


def token(path):
    return path.split("/")[2]


def events_of(world, topic):
    return [item for item in world.events() if item.event.type == topic]


def test_an_open_is_recorded_with_its_message(state):
    world, (first, _) = sent_world(state)
    engagement = Engagement(state, TOKENS, world.consents)
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_open(token(TOKENS.open_path(first)), visit)
    [item] = events_of(world, EMAIL_OPENED)
    assert item.number == 1
    assert item.event.properties == {
        "broadcast_id": ORIGIN.id,
        "message_id": public_id(first),
        "channel": "email",
        "is_machine": False,
    }


def test_a_click_leads_to_the_signed_address_only(state):
    world, (first, _) = sent_world(state)
    engagement = Engagement(state, TOKENS, world.consents)
    url = "https://shop.example/a?b=c"
    signed = token(TOKENS.click_path(first, 3, url))
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_click(signed, "3", url, visit) == url
    assert engagement.record_click(signed, "3", "https://evil.example/", visit) is None
    assert engagement.record_click("x" * 36, "3", url, visit) is None
    [item] = events_of(world, EMAIL_LINK_CLICKED)
    assert (item.event.properties["url"], item.event.properties["link_index"]) == (url, 3)


def test_who_took_tracking_back_is_not_recorded_but_gets_there(state):
    world, (_, second) = sent_world(state)
    engagement = Engagement(state, TOKENS, world.consents)
    url = "https://shop.example/"
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_open(token(TOKENS.open_path(second)), visit)
    assert engagement.record_click(token(TOKENS.click_path(second, 0, url)), "0", url, visit) == url
    assert events_of(world, EMAIL_OPENED) == events_of(world, EMAIL_LINK_CLICKED) == []


@pytest.mark.parametrize("agent", [CHROME, IPHONE, THUNDERBIRD])
def test_people_are_taken_for_people(agent):
    assert not is_machine(Visit(at=LATER, user_agent=agent), sent_at=NOW)


@pytest.mark.parametrize(
    "visit",
    [
        Visit(at=LATER, user_agent=""),
        Visit(at=LATER, user_agent="Mozilla/5.0"),
        Visit(at=LATER, user_agent="Mozilla/5.0 (via ggpht.com GoogleImageProxy)"),
        Visit(at=LATER, user_agent="YahooMailProxy; https://help.yahoo.com/kb/"),
        Visit(at=LATER, user_agent="Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"),
        Visit(at=LATER, user_agent="python-requests/2.31"),
        Visit(at=LATER, user_agent="Mozilla/5.0 (compatible; bingbot/2.0)"),
        Visit(at=LATER, user_agent=CHROME, method="HEAD"),
        Visit(at=LATER, user_agent=CHROME, is_prefetch=True),
        Visit(at=NOW + timedelta(seconds=1), user_agent=CHROME),
    ],
)
def test_machines_are_taken_for_machines(visit):
    assert is_machine(visit, sent_at=NOW)


def test_an_unsubscribe_stops_what_is_queued_and_stands_in_the_ledger(state):
    world, (first, _) = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    link = token(TOKENS.unsubscribe_path(first))
    assert not unsubscribing.find_recipient(link).is_unsubscribed
    assert unsubscribing.unsubscribe(link, at=LATER, proof="one-click POST")
    found = unsubscribing.find_recipient(link)
    assert (found.number, found.is_unsubscribed, found.state) == (1, True, MessageState.SENT)
    # The consent ledger has not seen it yet, and the next broadcast stops all the same.
    world.transport.accepted.clear()
    other = ORIGIN.__class__("broadcast", "brd_2")
    world.enqueue(origin=other)
    world.deliver()
    assert world.reached == ["p2@example.com"]
    [change] = events_of(world, CONSENT_CHANGED)
    consent = find_consent_assertion(change.event)
    assert change.number == 1
    assert (consent.purpose, consent.channel, consent.status) == ("marketing", "email", "withdrawn")
    assert consent.proof == "one-click POST"
    assert [item.number for item in events_of(world, UNSUBSCRIBED)] == [1]


def test_unsubscribing_twice_says_it_once(state):
    world, (first, _) = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    link = token(TOKENS.unsubscribe_path(first))
    for minutes in (1, 2):
        at = NOW + timedelta(minutes=minutes)
        assert unsubscribing.unsubscribe(link, at=at, proof="POST")
    assert len(events_of(world, UNSUBSCRIBED)) == 1


def test_the_preference_page_can_grant_again_and_a_link_to_unsubscribe_cannot(state):
    world, (first, _) = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    stop, page = token(TOKENS.unsubscribe_path(first)), token(TOKENS.preferences_path(first))
    unsubscribing.unsubscribe(page, at=NOW + timedelta(minutes=1), proof="page")
    grant = {"purpose": "marketing", "is_granted": True, "at": LATER, "proof": "page"}
    assert not unsubscribing.change_consent(stop, **grant)
    assert unsubscribing.change_consent(page, **grant)
    assert not unsubscribing.find_recipient(page).is_unsubscribed
    # Read back from the log, in any order, it is the same.
    items = world.events()
    projection = SuppressionProjection(world.hasher)
    state.write(lambda connection: projection.apply(connection, items[::-1]))
    assert not unsubscribing.find_recipient(page).is_unsubscribed


def test_tracking_can_be_withdrawn_apart_from_marketing(state):
    world, (first, _) = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    page = token(TOKENS.preferences_path(first))
    assert unsubscribing.change_consent(page, "tracking", is_granted=False, at=LATER, proof="page")
    assert not unsubscribing.find_recipient(page).is_unsubscribed
    assert events_of(world, UNSUBSCRIBED) == []


@pytest.mark.parametrize("forged", ["", "x" * 36, "../../etc/passwd", "é" * 36])
def test_forged_tokens_do_nothing(state, forged):
    world, _ = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    assert unsubscribing.find_recipient(forged) is None
    assert not unsubscribing.unsubscribe(forged, at=LATER, proof="POST")
    assert not Engagement(state, TOKENS, world.consents).record_open(forged, Visit(at=LATER))


def test_a_token_of_a_message_that_is_gone_is_not_found(state):
    sent_world(state)
    assert Unsubscribing(state, TOKENS).find_recipient(token(TOKENS.unsubscribe_path(5))) is None
