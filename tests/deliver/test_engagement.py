from datetime import timedelta

import pytest
from delivery_world import NOW, ORIGIN, World
from sqlalchemy import select

from kikubari.deliver import (
    Engagement,
    MessageState,
    SuppressionProjection,
    TrackingTokens,
    Unsubscribing,
    Visit,
    forget_contact,
    is_machine,
    public_id,
)
from kikubari.deliver._visit_rows import mail_visits
from kikubari.deliver.visits import PATIENCE
from kikubari.events import find_consent_assertion
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    UNSUBSCRIBED,
)

KEY = b"e" * 32
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


def engagement_of(world):
    return Engagement(world.store, TOKENS, world.consents, world.clock, key=KEY)


def tell(world, engagement, after=2 * PATIENCE):
    """Let the time pass after which everything is told."""
    world.clock.set(max(world.clock.now(), LATER) + after)
    while engagement.tell():
        pass


def click(engagement, message_id, index, at, **visit):
    url = f"https://shop.example/{index}"
    signed = token(TOKENS.click_path(message_id, index, url))
    made = Visit(at=at, **{"user_agent": CHROME, "network": "192.0.2.0/24", **visit})
    assert engagement.record_click(signed, str(index), url, made) == url


def told(world):
    """Return (link, whether a machine followed it) of the clicks in the log, in order."""
    clicks = [item.event.properties for item in events_of(world, EMAIL_LINK_CLICKED)]
    return sorted((one["link_index"], one["is_machine"]) for one in clicks)


def token(path):
    return path.split("/")[2]


def events_of(world, topic):
    return [item for item in world.events() if item.event.type == topic]


def test_an_open_is_recorded_with_its_message(state):
    world, (first, _) = sent_world(state)
    engagement = engagement_of(world)
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_open(token(TOKENS.open_path(first)), visit)
    tell(world, engagement)
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
    engagement = engagement_of(world)
    url = "https://shop.example/a?b=c"
    signed = token(TOKENS.click_path(first, 3, url))
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_click(signed, "3", url, visit) == url
    assert engagement.record_click(signed, "3", "https://evil.example/", visit) is None
    assert engagement.record_click("x" * 36, "3", url, visit) is None
    tell(world, engagement)
    [item] = events_of(world, EMAIL_LINK_CLICKED)
    assert (item.event.properties["url"], item.event.properties["link_index"]) == (url, 3)


def test_who_took_tracking_back_is_not_recorded_but_gets_there(state):
    world, (_, second) = sent_world(state)
    engagement = engagement_of(world)
    url = "https://shop.example/"
    visit = Visit(at=LATER, user_agent=CHROME)
    assert engagement.record_open(token(TOKENS.open_path(second)), visit)
    assert engagement.record_click(token(TOKENS.click_path(second, 0, url)), "0", url, visit) == url
    tell(world, engagement)
    assert events_of(world, EMAIL_OPENED) == events_of(world, EMAIL_LINK_CLICKED) == []


def test_nothing_is_told_before_what_follows_is_known(state):
    world, (first, _) = sent_world(state)
    engagement = engagement_of(world)
    click(engagement, first, 0, LATER)
    tell(world, engagement, PATIENCE - timedelta(microseconds=1))
    assert told(world) == []
    tell(world, engagement, timedelta(microseconds=1))
    assert told(world) == [(0, False)]
    tell(world, engagement)
    assert told(world) == [(0, False)]


def test_the_first_link_of_a_burst_was_a_machines_too(state):
    world, (first, _) = sent_world(state)
    engagement = engagement_of(world)
    for index in range(4):
        click(engagement, first, index, LATER + index * timedelta(seconds=0.2))
    click(engagement, first, 5, LATER + timedelta(seconds=1), network="198.51.100.0/24")
    tell(world, engagement)
    assert told(world) == [(0, True), (1, True), (2, True), (3, True), (5, True)]
    click(engagement, first, 6, LATER + timedelta(seconds=40), network="198.51.100.0/24")
    tell(world, engagement, timedelta(minutes=1))
    assert told(world)[-1] == (6, False)


def test_the_unseen_link_gives_a_program_away_before_and_after(state):
    world, (first, second) = sent_world(state)
    world.consents.granted.add((2, "tracking"))
    engagement = engagement_of(world)
    click(engagement, first, 0, LATER)
    trap = Visit(at=LATER + timedelta(seconds=9), user_agent=CHROME, network="192.0.2.0/24")
    assert engagement.record_trap(token(TOKENS.trap_path(first)), trap)
    assert not engagement.record_trap(token(TOKENS.open_path(first)), trap)
    click(engagement, first, 1, LATER + timedelta(minutes=5))
    click(engagement, first, 2, LATER + timedelta(minutes=5), network="198.51.100.0/24")
    # Of another person's message it says nothing.
    click(engagement, second, 3, LATER + timedelta(minutes=5))
    tell(world, engagement, timedelta(minutes=6))
    assert told(world) == [(0, True), (1, True), (2, False), (3, False)]


def test_consent_taken_back_while_a_request_waits_counts(state):
    world, (first, _) = sent_world(state)
    engagement = engagement_of(world)
    click(engagement, first, 0, LATER)
    world.consents.granted.discard((1, "tracking"))
    tell(world, engagement)
    assert told(world) == []


def test_requests_are_forgotten_after_minutes_and_with_the_person(state):
    world, (first, second) = sent_world(state)
    world.consents.granted.add((2, "tracking"))
    engagement = engagement_of(world)
    click(engagement, first, 0, LATER)
    click(engagement, second, 0, LATER)
    state.write(lambda connection: forget_contact(connection, [1]))
    tell(world, engagement)
    assert [item.number for item in events_of(world, EMAIL_LINK_CLICKED)] == [2]

    def kept():
        with state.read() as connection:
            return connection.execute(select(mail_visits)).all()

    [row] = kept()
    # No address of a page, no network and no program: what is left compares, and says nothing.
    assert (row.url, row.is_told, len(row.client)) == ("", 1, 16)
    tell(world, engagement, timedelta(minutes=10))
    assert kept() == []


def test_what_waits_survives_the_end_of_the_process(state):
    world, (first, _) = sent_world(state)
    click(engagement_of(world), first, 0, LATER)
    tell(world, engagement_of(world))
    assert told(world) == [(0, False)]


@pytest.mark.parametrize("agent", [CHROME, IPHONE, THUNDERBIRD, "Lynx/2.9.0 libwww-FM/2.14"])
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


def test_consents_of_two_channels_are_taken_back_at_the_same_instant(state):
    world, (first, _) = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    page = token(TOKENS.preferences_path(first))
    for channel in ("sms", "line"):
        assert unsubscribing.change_consent(
            page, "marketing", is_granted=False, at=LATER, proof="page", channel=channel
        )
    said = [find_consent_assertion(one.event) for one in events_of(world, CONSENT_CHANGED)]
    assert {one.channel for one in said} == {"sms", "line"}


@pytest.mark.parametrize("forged", ["", "x" * 36, "../../etc/passwd", "é" * 36])
def test_forged_tokens_do_nothing(state, forged):
    world, _ = sent_world(state)
    unsubscribing = Unsubscribing(state, TOKENS)
    assert unsubscribing.find_recipient(forged) is None
    assert not unsubscribing.unsubscribe(forged, at=LATER, proof="POST")
    assert not engagement_of(world).record_open(forged, Visit(at=LATER))


def test_a_token_of_a_message_that_is_gone_is_not_found(state):
    sent_world(state)
    assert Unsubscribing(state, TOKENS).find_recipient(token(TOKENS.unsubscribe_path(5))) is None
