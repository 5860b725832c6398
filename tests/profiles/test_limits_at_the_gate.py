"""Who asked that their data be left alone gets no message; who objects gets no marketing."""

from datetime import UTC, datetime

import pytest

from kikubari.app.limits import PeopleLimits
from kikubari.deliver import Candidate, DispatchState, LimitCheck, Purpose, Reason
from kikubari.profiles import Limit, LimitReceipt, Restrictions

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BOTH, RESTRICTED, OBJECTING, FREE = "u1", "u2", "u3", "u4"


@pytest.fixture
def gate(shop, make):
    """Return a function that says why a message to somebody is stopped, None if it is not."""
    rules = Restrictions()
    shop.take_in(*[make.identify(one) for one in (BOTH, RESTRICTED, OBJECTING, FREE)])
    placed = [
        (BOTH, Limit.RESTRICTION),
        (BOTH, Limit.OBJECTION),
        (RESTRICTED, Limit.RESTRICTION),
        (OBJECTING, Limit.OBJECTION),
    ]
    for index, (who, kind) in enumerate(placed):
        receipt = LimitReceipt(
            receipt_id=f"lim_{index}", profile=shop.find(who), kind=kind, placed_at=NOW,
            placed_by="support", reason="asked by letter",
        )  # fmt: skip
        shop.state.write(lambda c, receipt=receipt: rules.place(c, receipt))
    limits = PeopleLimits(shop.state, rules)

    def stopped(purpose):
        check = LimitCheck(limits)
        candidates = {
            who: Candidate(
                message_id=index, dispatch_id=1, dispatch_state=DispatchState.RUNNING,
                number=shop.find(who), address_key=b"k", purpose=purpose, channel="email",
                workspace_id=1,
            )
            for index, who in enumerate((BOTH, RESTRICTED, OBJECTING, FREE))
        }  # fmt: skip
        verdicts = shop.ask(check.judge, list(candidates.values()))
        return {
            who: verdicts[one.message_id].reason
            for who, one in candidates.items()
            if one.message_id in verdicts
        }

    stopped.limits = limits
    return stopped


def test_marketing_goes_to_nobody_with_a_limit(gate):
    assert gate(Purpose.MARKETING) == {
        BOTH: Reason.RESTRICTED,
        RESTRICTED: Reason.RESTRICTED,
        OBJECTING: Reason.OBJECTED,
    }


def test_who_objects_to_marketing_still_hears_of_their_order(gate):
    assert gate(Purpose.TRANSACTIONAL) == {BOTH: Reason.RESTRICTED, RESTRICTED: Reason.RESTRICTED}


def test_those_who_object_are_known_whatever_else_they_asked_for(gate, shop):
    numbers = [shop.find(one) for one in (BOTH, RESTRICTED, OBJECTING, FREE)]
    objecting = shop.ask(gate.limits.find_unprofiled, numbers)
    assert objecting == {shop.find(BOTH), shop.find(OBJECTING)}
