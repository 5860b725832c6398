"""Asking again: a segment and a draft for those whose consent is old or of outdated words.

Only people whose consent holds are asked. To ask the others would itself be advertising without
consent (特定電子メール法 3条, ePrivacy 13); and the last gate lets nothing go to them anyway.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
from pyroaring import BitMap

from kikubari.decide.personalise import EmailTemplateSource
from kikubari.deliver import EMAIL, Purpose, Sender
from kikubari.journeys.broadcasts import Broadcasts
from kikubari.journeys.contracts import Broadcast, BroadcastDefinition
from kikubari.kit.clock import Clock
from kikubari.profiles import ConsentLedger, Wordings
from kikubari.segments import Segments, StoredLists
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import ConflictError, InvalidInputError
from kikubari.storage import StateStore

RENEWAL = "consent-to-renew"  # id of the list and of the segment, which are made anew each time
_MARKETING = Purpose.MARKETING.value
_CHUNK = 5_000
_AGREED: dict[str, Any] = {
    "type": "consent", "purpose": _MARKETING, "channel": EMAIL, "status": "granted",
}  # fmt: skip
_CONDITION = convert_condition({"type": "all", "of": [{"type": "list", "list": RENEWAL}, _AGREED]})


def _variant(subject: str, text: str, label: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "blocks": {
            "blocks": [
                {"kind": "heading", "id": "ask", "text": subject},
                {"kind": "text", "id": "why", "paragraphs": [{"spans": [{"text": text}]}]},
                {"kind": "button", "id": "choose", "label": label,
                 "href": "{{ preferences_url }}"},
                {"kind": "footer", "id": "foot",
                 "lines": ["{{ shop.name }}", "{{ shop.address }}", "{{ shop.contact }}"]},
            ]
        },
    }  # fmt: skip


_TEMPLATE = msgspec.convert(
    {
        "default_language": "ja",
        "variants": {
            "ja": _variant(
                "これからもお便りをお送りしてよろしいですか",
                "以前、お便りの受け取りに同意いただきました。今もご希望かどうか、お届けする内容とともに"
                "ご確認ください。ご不要でしたら、そのまま配信停止もできます。",
                "内容を確認して選ぶ",
            ),
            "en": _variant(
                "May we go on writing to you?",
                "Some time ago you agreed to hear from us. Please look at what we send and say "
                "whether you still want it. If you do not, you can stop it in the same place.",
                "Look and choose",
            ),
        },
    },
    EmailTemplateSource,
)


class RenewalCount(msgspec.Struct, frozen=True, kw_only=True):
    """People whose consent to marketing e-mail holds, and of them those to ask again.

    Attributes:
        n_agreed: whose consent holds.
        n_old: given longer ago than asked about.
        n_outdated: given under other words than those shown now.
        n_to_ask: old or outdated.
    """

    n_agreed: int
    n_old: int
    n_outdated: int
    n_to_ask: int


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """A segment and a draft to it, ready to be looked at and sent."""

    count: RenewalCount
    segment_id: str
    broadcast: Broadcast


class Renewals:
    """Finds whom to ask again, and prepares asking them."""

    def __init__(
        self,
        store: StateStore,
        *,
        consents: ConsentLedger,
        wordings: Wordings,
        lists: StoredLists,
        segments: Segments,
        broadcasts: Broadcasts,
        clock: Clock,
    ) -> None:
        self._store = store
        self._consents = consents
        self._wordings = wordings
        self._lists = lists
        self._segments = segments
        self._broadcasts = broadcasts
        self._clock = clock

    def count(self, older_than: timedelta) -> RenewalCount:
        """Say how many would be asked."""
        return self._find(older_than)[0]

    def prepare(self, older_than: timedelta, sender: Sender) -> Renewal:
        """Store who is to be asked, and write a draft to them; nothing is sent.

        Raises:
            InvalidInputError: there is nobody to ask.
        """
        count, people = self._find(older_than)
        if not people:
            raise InvalidInputError(
                "everybody who agreed did so lately, and in the words shown now",
                hint="Ask about a shorter time, or word consent anew first.",
            )
        now = self._clock.now()
        self._store.write(
            lambda connection: self._lists.save_in(
                connection, RENEWAL, people, name_ja="同意を確認する人", name_en="Ask again", at=now
            )
        )
        # One that is there from the last time reads the newest list.
        with suppress(ConflictError):
            self._segments.create("同意を確認する人 / Ask again", _CONDITION, id_=RENEWAL)
        definition = BroadcastDefinition(
            name=f"同意の確認 / Asking again {now:%Y-%m-%d}",
            segment=RENEWAL,
            template=_TEMPLATE,
            sender=sender,
        )
        made = self._broadcasts.create(definition)
        return Renewal(count=count, segment_id=RENEWAL, broadcast=made)

    def _find(self, older_than: timedelta) -> tuple[RenewalCount, BitMap]:
        before = self._clock.now() - older_than
        current = self._wordings.find_current(_MARKETING, EMAIL)
        agreed = list(self._broadcasts.list_audience(_AGREED))
        old, outdated = BitMap(), BitMap()
        with self._store.read() as connection:
            for start in range(0, len(agreed), _CHUNK):
                some = agreed[start : start + _CHUNK]
                states = self._consents.state(connection, some, _MARKETING, EMAIL)
                for number, state in states.items():
                    if not state.is_granted:
                        continue  # taken back since the copy of the log was read
                    if state.at is not None and state.at < before:
                        old.add(number)
                    if current is not None and state.wording_version != current.version:
                        outdated.add(number)
        people = old | outdated
        count = RenewalCount(
            n_agreed=len(agreed), n_old=len(old), n_outdated=len(outdated), n_to_ask=len(people)
        )
        return count, people
