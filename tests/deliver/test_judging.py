"""What the guard said of one message holds for those alike, and for no others."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kikubari.decide.guard import (
    LAW,
    FactOfUse,
    Guard,
    GuardPolicy,
    Level,
    Moment,
    Standing,
    message_of,
    note_of,
)
from kikubari.decide.personalise import FactUse, Lineage, Provenance, RenderedEmail, Use
from kikubari.deliver.judging import Judged, MessageJudge

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # noon in Tokyo
STRICT = GuardPolicy(interest_days=30, declared_days=60, levels={"R06": Level.BLOCK})
NAMES = ("Hanako", "花子", "Taro", "太郎")
LINES = (
    "Dear {name},",
    "{name}様",
    "New linen shirts, {name}.",
    "Now that you are pregnant, {name}, everything changes.",
    "We noticed you viewed this 7 times, {name}!",
    "If you are planning a wedding, have a look.",
    "Is {name} right?",
    "{name}さんへ、赤ちゃんのお誕生おめでとうございます。",
    "Only 3 left!",
)
PATHS = ("first_name", "hobby", "orders[0].name", "orders[1].name", "due_date", "city", "goal")

lineages = st.builds(
    Lineage,
    provenance=st.sampled_from([*Provenance, None]),
    confidence=st.sampled_from([None, 0.3, 0.6, 1.0]),
    observed_at=st.sampled_from([None, 0, 29.5, 30, 60.5, 90, 90.01, 400, 731]).map(
        lambda days: None if days is None else NOW - timedelta(days=days)
    ),
    sources_agree=st.sampled_from([None, True, False]),
    category=st.sampled_from([None, "purchase", "health", "interest"]),
    sensitivity=st.sampled_from([None, "S1", "S3"]),
)
uses = st.builds(
    FactUse,
    path=st.sampled_from(PATHS).map(lambda name: f"customer.{name}"),
    use=st.sampled_from(Use),
    lineage=lineages,
)
lines = st.tuples(st.sampled_from(LINES), st.sampled_from(NAMES)).map(
    lambda drawn: drawn[0].format(name=drawn[1])
)
emails = st.builds(
    RenderedEmail,
    language=st.just("en"),
    subject=st.one_of(st.just(""), lines),
    preheader=st.one_of(st.just(""), lines),
    html=st.just(""),
    text=st.lists(lines, max_size=3).map("\n".join),
    facts=st.lists(uses, max_size=4).map(tuple),
)
besides = st.builds(
    Judged,
    moment=st.builds(
        Moment,
        at=st.sampled_from([NOW, NOW + timedelta(seconds=59), NOW + timedelta(hours=12)]),
        zone=st.sampled_from(["Asia/Tokyo", "Europe/London"]),
        is_zone_assumed=st.booleans(),
        purpose=st.sampled_from(["marketing", "transactional"]),
    ),
    standing=st.builds(
        Standing,
        privacy_signal=st.sampled_from(["none", "objected_profiling"]),
        recipient_age=st.sampled_from([None, 15]),
        third_party_disclosed=st.booleans(),
        shares_device=st.booleans(),
    ),
    selected_by=st.sampled_from([(), (FactOfUse(attribute="event:wedding"),)]),
)
# One for all examples: what it remembers of one must be right for the others.
REMEMBERING = {policy.interest_days: MessageJudge(policy) for policy in (LAW, STRICT)}


@settings(max_examples=400, deadline=None)
@given(emails, besides, st.sampled_from([LAW, STRICT]))
def test_what_is_remembered_is_what_the_guard_would_say(rendered, beside, policy):
    message = message_of(rendered, beside.moment, beside.standing, selected_by=beside.selected_by)
    fresh = note_of(Guard(policy).judge(message))
    judge = REMEMBERING[policy.interest_days]
    assert judge.judge(rendered, beside) == fresh
    assert judge.judge(rendered, beside) == fresh


def test_the_guard_is_asked_once_for_messages_that_differ_in_neutral_words(monkeypatch):
    asked = []
    judge_one = Guard.judge
    monkeypatch.setattr(
        Guard, "judge", lambda self, message: asked.append(message) or judge_one(self, message)
    )
    judge = MessageJudge()
    beside = Judged(
        Moment(at=NOW, zone="UTC", is_zone_assumed=False, purpose="marketing"), Standing(), ()
    )
    for name in NAMES:
        told = RenderedEmail(
            language="en", subject=f"For {name}", preheader="", html="", text=f"{name}様", facts=()
        )
        judge.judge(told, beside)
    assert len(asked) == 1


def test_what_is_delicate_is_kept_from_a_device_that_others_use():
    judge, noon = MessageJudge(), NOW.replace(hour=12)
    moment = Moment(at=noon, zone="UTC", is_zone_assumed=False, purpose="marketing")
    plain = RenderedEmail(
        language="en", subject="News", preheader="", html="", text="New tea.", facts=()
    )
    gift = msgspec.structs.replace(plain, text="The gift for your wife is on its way.")
    for rendered, standing, rules in (
        (plain, Standing(shares_device=True), ()),
        (gift, Standing(), ()),
        (gift, Standing(shares_device=True), ("R12",)),
    ):
        assert judge.judge(rendered, Judged(moment, standing, ())).rules == rules
