"""A small installation for tests of pages: the real composition, a few people, one broadcast."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from kikubari.api import Services, create_api
from kikubari.app.house import House
from kikubari.app.settings import Settings
from kikubari.collect import SourceKind
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import InboxMail, MessageState, Sender
from kikubari.events import append_in
from kikubari.journeys import BroadcastDefinition, BroadcastState
from kikubari.spec.envelope import PAGE_VIEWED, Event, EventKind
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED, PRODUCT_VIEWED

HOSTILE = "\"'><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
HOSTILE_URL = "javascript:window.hacked=1"
_PATIENCE_SECONDS = 90


class PageWorld:
    """A running house with people in it.

    `broadcast_id` was sent to all who agreed.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.services: Services = house.services
        self.app = create_api(house.services)
        self._serial = 0
        self._source_id = self.services.sources.create("Web shop", SourceKind.SERVER).id
        for number, language, name in (
            ("1001", "ja", ("結衣", "山田")),
            ("1002", "en", ("Grace", "Hopper")),
            ("1003", "en", ("No", "Consent")),
        ):
            self.add_person(number, language, name, agrees=number != "1003")
        self.add_person("6666", "en", (HOSTILE, HOSTILE), agrees=True, city=HOSTILE)
        self.say("6666", PAGE_VIEWED, {"url": HOSTILE_URL, "title": HOSTILE, "referrer": HOSTILE})
        self.say("6666", HOSTILE, {HOSTILE: HOSTILE})
        self.settle()
        self.broadcast_id = self.broadcast("Autumn news", is_sent=True)
        self.settle()

    def add_person(
        self,
        user_id: str,
        language: str,
        name: tuple[str, str],
        *,
        agrees: bool,
        city: str = "Bath",
        more: dict[str, Any] | None = None,
    ) -> None:
        traits = {
            "email": f"user{user_id}@example.com",
            "first_name": name[0],
            "last_name": name[1],
            "language": language,
            "city": city,
            **(more or {}),
        }
        marks = {"kikubari": {"simulated_traits": ["first_name", "last_name", "email"]}}
        self._append(
            user_id, EventKind.IDENTIFY, "Kikubari Identified", traits=traits, context=marks
        )
        self.say(user_id, PRODUCT_VIEWED, {"product_id": "P1", "name": "Teapot"})
        order = {
            "order_id": f"O-{user_id}",
            "total": 42.5,
            "currency": "GBP",
            "products": [{"product_id": "P1", "name": "Teapot", "price": 42.5, "quantity": 1}],
        }
        self.say(user_id, ORDER_COMPLETED, order)
        if agrees:
            for purpose in ("marketing", "tracking"):
                said = {"purpose": purpose, "channel": "email", "status": "granted"}
                self.say(user_id, CONSENT_CHANGED, {**said, "source": "sign-up form"})

    def say_of(self, user_id: str, traits: dict[str, Any], *, provenance: str) -> None:
        """Tell traits of somebody that they did not tell themselves."""
        marks = {"kikubari": {"provenance": provenance}}
        self._append(
            user_id, EventKind.IDENTIFY, "Kikubari Identified", traits=traits, context=marks
        )

    def say(self, user_id: str, event_type: str, properties: dict[str, Any]) -> None:
        kind = EventKind.PAGE if event_type == PAGE_VIEWED else EventKind.TRACK
        self._append(user_id, kind, event_type, properties=properties)

    def broadcast(self, name: str, *, is_sent: bool) -> str:
        template = EmailTemplateSource(
            default_language="en",
            variants={
                "en": _variant("Hello {{ customer.first_name }}", "Come and look"),
                "ja": _variant("{{ customer.last_name }}様へ", "新しい品物です"),
            },
        )
        definition = BroadcastDefinition(
            name=name,
            segment="builtin:everyone",
            template=template,
            sender=Sender(from_address="shop@example.com", from_name="The Shop"),
        )
        made = self.services.broadcasts.create(definition)
        if is_sent:
            self.services.broadcasts.send(made.id)
            self.wait(
                lambda: (
                    self.services.broadcasts.progress(made.id).state is BroadcastState.DONE
                    and self.services.inbox.count() >= 3
                )
            )
        return made.id

    def send_and_wait(self, name: str, user_id: str, state: MessageState) -> None:
        """Send the newest draft of a name; wait until somebody's message has come to a state."""
        found = self.services.broadcasts.list_broadcasts()
        broadcast_id = next(one.id for one in found if one.definition.name == name)
        self.services.broadcasts.send(broadcast_id)
        with self.services.store.read() as connection:
            numbers = self.services.profiles.get_profile(connection, user_id).numbers

        def has_come() -> bool:
            messages = self.services.outbox.list_for_person(numbers)
            mine = [one for one in messages if one.origin.id == broadcast_id]
            return any(one.state is state and one.attempts + bool(one.reason) for one in mine)

        self.wait(has_come)

    def settle(self) -> None:
        """Wait until the log, profiles and the copy hold everything that was said."""
        self.wait(lambda: not any(one.lag for one in self.services.health().consumers))

    def wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_done():
            assert time.monotonic() < deadline, self.services.health()
            time.sleep(0.05)

    def mail_to(self, user_id: str) -> InboxMail:
        entry = self.services.inbox.list_mail(search=f"user{user_id}@example.com")[0]
        return self.services.inbox.get(entry.id)

    def link(self, user_id: str, prefix: str) -> str:
        """Return the path in somebody's mail that begins with a prefix, such as ``/u/``."""
        source = self.mail_to(user_id)
        text = source.html.replace("&amp;", "&") + source.text
        start = text.index(self.services.settings.base_url + prefix)
        path = text[start:].removeprefix(self.services.settings.base_url)
        return path.split('"')[0].split()[0].split(")")[0].split("<")[0]

    def _append(
        self,
        user_id: str,
        kind: EventKind,
        event_type: str,
        *,
        properties: dict[str, Any] | None = None,
        traits: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
    ) -> None:
        self._serial += 1
        at = datetime.now(UTC) - timedelta(days=20) + timedelta(minutes=self._serial)
        event = Event(
            message_id=f"m{self._serial}",
            kind=kind,
            type=event_type,
            occurred_at=at,
            received_at=at,
            source_id=self._source_id,
            user_id=user_id,
            properties=properties or {},
            traits=traits or {},
            context=context or {},
        )
        self.services.store.write(lambda connection: append_in(connection, [event]))


def _variant(subject: str, line: str) -> EmailVariant:
    body = (
        f"<mjml><mj-body><mj-section><mj-column><mj-text>{line}, {{{{ customer.city }}}}"
        '</mj-text><mj-button href="https://shop.example/tea?a=1&amp;b=2">Tea</mj-button>'
        '<mj-text><a href="{{ unsubscribe_url }}">Stop</a> '
        '<a href="{{ preferences_url }}">Choose</a></mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )
    return EmailVariant(subject=subject, preheader=line, mjml=body)


@contextmanager
def running_world(folder: Path, columnar_dsn: str, port: int) -> Iterator[PageWorld]:
    settings = Settings(
        home=str(folder),
        port=port,
        clickhouse_url=columnar_dsn,
        render_workers=1,
        smtp_connections=1,
        shop_name="Teapot & Sons",
    )
    house = House(settings, local_token="local")
    try:
        house.start()
        yield PageWorld(house)
    finally:
        house.services.columnar.command("DROP DATABASE IF EXISTS kikubari SYNC")
        house.close()


@contextmanager
def serving(world: PageWorld, port: int) -> Iterator[str]:
    config = uvicorn.Config(world.app, port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    world.wait(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
