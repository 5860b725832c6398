from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kikubari.decide.offers import (
    CodeSource,
    Issuing,
    Limits,
    OfferDefinition,
    Offers,
    PercentOff,
    Wanted,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.testing.deliver import Selves

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ten_percent(**changes):
    return OfferDefinition(**{"name": "Tea", "benefit": PercentOff(percent=10), **changes})


class Shop:
    """Offers on one store, in Tokyo."""

    def __init__(self, store, *, same=None, **random) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.offers = Offers(store, self.clock, TimeOrderedIds(), currency="JPY")
        self.issuing = Issuing(Selves(same), ZoneInfo("Asia/Tokyo"), **random)

    def offer(self, *, codes_text="", source=CodeSource.GENERATED, **changes):
        made = self.offers.create(ten_percent(codes=source, **changes))
        if codes_text:
            self.offers.import_codes(made.id, codes_text)
        return made.id

    def limited(self, **limits):
        return self.offer(limits=Limits(**limits))

    def issue(self, offer_id, *wanted: tuple[str, int]):
        """Hand out codes for (claim, number) each."""
        asked = [Wanted(claim, number, offer_id) for claim, number in wanted]
        return self.store.write(lambda c: self.issuing.issue(c, asked, now=self.clock.now()))

    def release(self, *claims: str):
        self.store.write(lambda c: self.issuing.release(c, claims))

    def figures(self, offer_id):
        return self.offers.get(offer_id).figures
