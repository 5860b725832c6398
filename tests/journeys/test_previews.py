import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, Facts
from kikubari.deliver import MailSettings, Reason, SandboxComposer, Sender
from kikubari.journeys import BroadcastDefinition, Previews
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import NotFoundError
from kikubari.testing.deliver import ListedRecipients, person

CLOCK = ManualClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
SETTINGS = MailSettings(base_url="https://m.example", tracking_key=b"t" * 32)


@pytest.fixture(scope="module")
def preview():
    composer = SandboxComposer(SETTINGS, CLOCK, workers=1)
    people = ListedRecipients([person(1, facts=Facts({"customer": {"name": "花子", "n": 0}}))])
    previews = Previews(people, composer, CLOCK)

    def show(html, number=1):
        definition = BroadcastDefinition(
            name="Draft",
            segment="all",
            template=EmailTemplateSource(
                variants={"ja": EmailVariant(subject="{{ customer.name }}様", html=html)},
                default_language="ja",
            ),
            sender=Sender(from_address="news@shop.example"),
        )
        return asyncio.run(previews.preview(definition, number))

    yield show
    composer.close()


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
        preview("<p>x</p>", number=2)
