import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from kikubari.decide.personalise import (
    Countdown,
    Document,
    EmailTemplateSource,
    EmailVariant,
    Facts,
    Footer,
    Severity,
)
from kikubari.deliver import MailSettings, Reason, SandboxComposer, Sender
from kikubari.journeys import BroadcastDefinition, Freshness, Previews
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import NotFoundError
from kikubari.testing.deliver import ListedRecipients, person

CLOCK = ManualClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
SETTINGS = MailSettings(base_url="https://m.example", tracking_key=b"t" * 32)


def draft(html):
    return BroadcastDefinition(
        name="Draft",
        segment="all",
        template=EmailTemplateSource(
            variants={"ja": EmailVariant(subject="{{ customer.name }}様", html=html)},
            default_language="ja",
        ),
        sender=Sender(from_address="news@shop.example"),
    )


@pytest.fixture(scope="module")
def previews():
    composer = SandboxComposer(SETTINGS, CLOCK, workers=1)
    known = [Facts({"customer": {"name": "花子", "n": 0}}), Facts({"customer": {"n": 0}})]
    people = ListedRecipients([person(n, facts=facts) for n, facts in enumerate(known, 1)])
    freshness = Freshness(lambda ids: {}, lambda ids: {}, CLOCK, ZoneInfo("Asia/Tokyo"))
    yield Previews(people, composer, CLOCK, freshness=freshness)
    composer.close()


@pytest.fixture
def preview(previews):
    return lambda html, number=1: asyncio.run(previews.preview(draft(html), number))


@pytest.fixture
def checks(previews):
    return lambda html, numbers: asyncio.run(previews.check(draft(html), numbers))


def test_a_preview_is_the_message_itself(preview):
    shown = preview("<p>{{ customer.name }}</p>")
    message = message_from_bytes(shown.source, policy=policy.default)
    assert message["Subject"] == "花子様"
    assert "花子" in message.get_body(("html",)).get_content()
    assert "customer.name" in [fact["path"] for fact in shown.record.facts]


def test_what_is_wrong_is_told(preview):
    shown = preview("<p>{{ 1 | divided_by: customer.n }}</p>")
    assert shown.stopped_by is Reason.RENDER_FAILED
    assert shown.problem
    assert shown.source == b""


def test_nobody_by_that_number_is_not_found(preview):
    with pytest.raises(NotFoundError):
        preview("<p>x</p>", number=9)


def test_a_draft_is_checked_with_the_people_it_is_for(checks):
    report = checks("<p>{{ customer.name }} {{ customer.town }}</p>", [1, 2, 9])
    assert report.problems == []
    assert (report.people, report.failed) == (2, 0)
    assert report.largest_bytes > 0
    assert "customer.town: missing for 2 of 2 people" in [str(one) for one in report.missing]
    assert "customer.name: missing for 1 of 2 people" in [str(one) for one in report.missing]


def test_who_cannot_get_a_message_is_counted(checks):
    report = checks("<p>{{ 1 | divided_by: customer.n }}</p>", [1, 2])
    assert (report.people, report.failed) == (2, 2)
    assert [problem.code for problem in report.problems] == ["render_failed"]
    assert "2 of 2" in report.problems[0].message


def test_nothing_is_made_of_a_draft_with_errors(checks):
    report = checks("<p>{{ custmer.name }}</p>", [1, 2])
    assert [problem.code for problem in report.problems] == ["name_unknown"]
    assert report.people == 0


def test_what_the_guard_says_is_counted_over_the_people_a_draft_is_for(checks):
    report = checks("<p>Now that you are pregnant, {{ customer.name }}, rest.</p>", [1, 2])
    [objection] = report.objections
    assert (objection.rule, objection.people, objection.stopped) == ("R03", 2, 2)
    assert objection.about.startswith("Now that you are pregnant")
    assert objection.mend.ja


def test_what_is_over_when_a_draft_goes_is_a_warning_beside_its_block(previews):
    over = Countdown(id="count", until="2026-11-20T08:00:00Z", text="{{ left }}", ended="Over")
    blocks = Document(blocks=(over, Footer(id="foot")))
    template = EmailTemplateSource(
        variants={"en": EmailVariant(subject="Hi", blocks=blocks)}, default_language="en"
    )
    stale = replace(draft("<p>x</p>"), template=template)
    report = asyncio.run(previews.check(stale, [1, 2]))
    [problem] = [one for one in report.problems if one.code == "countdown_over"]
    assert (problem.block, problem.language, problem.severity) == ("count", "en", Severity.WARNING)
    assert (report.people, report.failed) == (2, 0)
