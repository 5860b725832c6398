"""Under any interleaving of handing out, taking back and paying, limits and budget hold."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from offer_world import Shop

from empty_stores import open_empty_sqlite
from kikubari.decide.offers import CodeSource, Limits, RedemptionProjection, Refusal
from kikubari.events import SequencedEvent
from kikubari.spec.envelope import Event, EventKind

MOST, PER_PERSON, BUDGET, N_CODES = 6, 2, 900, 8
people = st.integers(1, 5)
messages = st.integers(1, 9).map(lambda n: f"m{n}")
sources = st.sampled_from(list(CodeSource))


class OfferMachine(RuleBasedStateMachine):
    """Compares the offers with what was handed out, as the outside sees it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        store = open_empty_sqlite(Path(self._folder.name) / "state.db")
        self.shop = Shop(store)
        self.redemptions = RedemptionProjection("JPY")
        limits = Limits(most=MOST, per_person=PER_PERSON, budget_minor=BUDGET)
        self.ids = {
            CodeSource.GENERATED: self.shop.offer(limits=limits),
            CodeSource.UPLOADED: self.shop.offer(
                limits=limits,
                source=CodeSource.UPLOADED,
                codes_text="\n".join(f"SHOP-{n}" for n in range(N_CODES)),
            ),
        }
        self.held = {source: {} for source in CodeSource}  # claim -> (number, code)
        self.paid = {source: {} for source in CodeSource}  # order -> discount
        self.used = set()
        self.n_orders = 0

    @rule(source=sources, wanted=st.dictionaries(messages, people, min_size=1, max_size=4))
    def hand_out(self, source, wanted):
        # A message is one person's, of one offer.
        asked = {f"{source}:{m}:{number}": number for m, number in wanted.items()}
        held = self.held[source]
        is_spent = sum(self.paid[source].values()) >= BUDGET
        for claim, got in self.shop.issue(self.ids[source], *asked.items()).items():
            if claim in held:
                assert got.code == held[claim][1]
            elif not isinstance(got, Refusal):
                assert not is_spent
                held[claim] = (asked[claim], got.code)

    @rule(source=sources, data=st.data())
    def take_back(self, source, data):
        held = self.held[source]
        claim = data.draw(st.sampled_from([*held, "nobody's"]))
        self.shop.release(claim)
        if claim in held and held[claim][1] not in self.used:
            del held[claim]

    @rule(source=sources, data=st.data(), discount=st.integers(1, 600))
    def pay(self, source, data, discount):
        codes = [code for _, code in self.held[source].values()]
        code = data.draw(st.sampled_from([*codes, "UNKNOWN-1"]))
        self.n_orders += 1
        at = self.shop.clock.now() + timedelta(seconds=self.n_orders)
        event = Event(
            message_id=f"e{self.n_orders}",
            kind=EventKind.TRACK,
            type="Order Completed",
            occurred_at=at,
            received_at=at,
            source_id=1,
            properties={"order_id": self.n_orders, "coupon": code.lower(), "discount": discount},
        )
        self.shop.store.write(
            lambda c: self.redemptions.apply(c, [SequencedEvent(self.n_orders, 1, event)])
        )
        if code in codes:
            self.paid[source][self.n_orders] = discount
            self.used.add(code)

    @invariant()
    def limits_hold(self):
        for source, held in self.held.items():
            figures = self.shop.figures(self.ids[source])
            assert figures.n_issued == len(held) <= MOST
            assert figures.discount_minor == sum(self.paid[source].values())
            assert figures.n_redeemed == len(self.paid[source])
            if source is CodeSource.UPLOADED:
                assert figures.n_free == N_CODES - len(held)
            codes = [code for _, code in held.values()]
            assert len(set(codes)) == len(codes)
            numbers = [number for number, _ in held.values()]
            assert all(numbers.count(number) <= PER_PERSON for number in numbers)

    def teardown(self):
        self.shop.store.close()
        self._folder.cleanup()


OfferMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow]
)
TestOfferLimits = OfferMachine.TestCase
