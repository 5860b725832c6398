"""What customers tell the shop beside looking and buying: sign-ups, wishes, answers, questions.

All of it is simulated, as messages of the shop's own server. It gives every recipe somebody.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from kikubari.demo._resources import dice, happens
from kikubari.demo.catalogue import Product
from kikubari.demo.people import Person
from kikubari.demo.source import DAY_SECONDS
from kikubari.demo.trail import Trail, product_properties
from kikubari.kit.instants import EPOCH

_SPAN_DAYS = 110
_TICKETS, _ANSWERS, _GUIDES, _STAGES, _REMINDERS = 150, 260, 140, 90, 120
_OPEN_TICKETS = 5  # of the newest day: somebody is still waiting
_PREORDERS, _PREORDER_PEOPLE = 3, 90
_PREORDER_DAYS = 14
_TOPICS = ("tea", "baking", "gardening", "letter writing")
_SUBJECTS = ("delivery", "damaged", "how to use", "invoice")
_PETS = ("puppy", "adult", "adult", "senior")
# Of a hundred answers from 0 to 10.
_SCORES = (*[10] * 28, *[9] * 22, *[8] * 20, *[7] * 12, *[6] * 6, *[5] * 5, *[3] * 4, *[0] * 3)
_HOUR = 3600

Told = tuple[float, list[dict[str, Any]]]


def plan_telling(
    people: Sequence[Person],
    products: Sequence[Product],
    *,
    newest_day: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Return messages of the last months, oldest first.

    Args:
        people: customers and prospects.
        products: of the catalogue.
        newest_day: since 1970; nothing is told after its evening.
        seed: of everything.
    """
    teller = _Teller(people, newest_day, seed)
    told: list[Told] = [
        *teller.sign_ups(),
        *teller.tickets(),
        *teller.spread("answers", _ANSWERS, _answer),
        *teller.spread("guides", _GUIDES, _ask_for_guide),
        *teller.spread("stages", _STAGES, _choose_stage),
        *teller.reminders(),
        *teller.preorders(products),
    ]
    return [message for _, messages in sorted(told, key=lambda one: one[0]) for message in messages]


class _Teller:
    def __init__(self, people: Sequence[Person], newest_day: int, seed: int) -> None:
        self._people = people
        self._newest_day = newest_day
        self._seed = seed
        self._evening = newest_day * DAY_SECONDS + 20 * _HOUR

    def sign_ups(self) -> Iterator[Told]:
        """Yield the form of everybody who signed up in that time; most want the newsletter."""
        rng = dice(self._seed, "sign-ups")
        oldest = (self._newest_day - _SPAN_DAYS) * DAY_SECONDS
        for person in self._people:
            if person.created_at > oldest:
                form = {"newsletter": happens(rng, 0.7), "form_id": "sign-up"}
                yield self._told(rng, person, person.created_at, ("Signed Up", form))

    def spread(
        self, purpose: str, count: int, say: Callable[[Random, Trail], None]
    ) -> Iterator[Told]:
        """Yield something that so many people say, each once, over the whole time."""
        rng = dice(self._seed, purpose)
        for person in rng.sample(self._people, count):
            at = self._moment(person, rng)
            trail = self._trail(rng, person)
            say(rng, trail)
            yield at, list(trail.messages(at))

    def tickets(self) -> Iterator[Told]:
        """Yield questions to the shop, and the answers that close them within three days."""
        rng = dice(self._seed, "tickets")
        chosen = rng.sample(self._people, _TICKETS + _OPEN_TICKETS)
        for number, person in enumerate(chosen, start=1):
            ticket = {"ticket_id": f"T{number:04}", "subject": rng.choice(_SUBJECTS)}
            at = self._moment(person, rng)
            if number > _TICKETS:
                at = max(person.created_at + _HOUR, self._evening - rng.randrange(6 * _HOUR))
                yield self._told(rng, person, at, ("Support Ticket Opened", ticket))
                continue
            closed_at = min(at + rng.randrange(2 * _HOUR, 72 * _HOUR), self._evening)
            yield self._told(rng, person, at, ("Support Ticket Opened", ticket))
            yield self._told(rng, person, closed_at, ("Support Ticket Closed", ticket))

    def reminders(self) -> Iterator[Told]:
        """Yield days that people want to be reminded of, past ones and coming ones."""
        rng = dice(self._seed, "reminders")
        for person in rng.sample(self._people, _REMINDERS):
            at = self._moment(person, rng)
            told_on = EPOCH.date() + timedelta(days=int(at // DAY_SECONDS))
            trail = self._trail(rng, person)
            trail.say({"reminder_on": _day_after(told_on, rng.randrange(20, 100))})
            yield at, list(trail.messages(at))

    def preorders(self, products: Sequence[Product]) -> Iterator[Told]:
        """Yield goods that can be ordered ahead, told to each who likes such goods."""
        rng = dice(self._seed, "pre-orders")
        for number in range(_PREORDERS):
            # One of them is still open.
            opened = self._newest_day - 5 - number * 34
            product = rng.choice([one for one in products if one.stock])
            likers = [one for one in self._people if product.category.slug in one.buyer.tastes]
            closes_on = _day_after(EPOCH.date() + timedelta(days=opened), _PREORDER_DAYS)
            said = {**product_properties(product), "closes_on": closes_on}
            for person in rng.sample(likers, min(_PREORDER_PEOPLE, len(likers))):
                at = opened * DAY_SECONDS + 10 * _HOUR + rng.randrange(600)
                if at > person.created_at:
                    yield self._told(rng, person, at, ("Preorder Opened", said))

    def _told(
        self, rng: Random, person: Person, at: float, said: tuple[str, dict[str, Any]]
    ) -> Told:
        trail = self._trail(rng, person)
        trail.track(*said)
        return at, list(trail.messages(at))

    def _trail(self, rng: Random, person: Person) -> Trail:
        return Trail(rng, device=None, user_id=person.customer_id, locale="", origin={})

    def _moment(self, person: Person, rng: Random) -> int:
        """Return a moment of the day, after the sign-up."""
        day = self._newest_day - 1 - rng.randrange(_SPAN_DAYS)
        at = day * DAY_SECONDS + rng.randrange(8 * _HOUR, 21 * _HOUR)
        return min(max(at, person.created_at + _HOUR), self._evening)


def _answer(rng: Random, trail: Trail) -> None:
    trail.track("Feedback Given", {"score": rng.choice(_SCORES), "form_id": "after-order"})


def _ask_for_guide(rng: Random, trail: Trail) -> None:
    trail.track("Guide Requested", {"topic": rng.choice(_TOPICS)})


def _choose_stage(rng: Random, trail: Trail) -> None:
    stage = rng.choice(_PETS)
    trail.say({"stage": stage})
    trail.track("Stage Chosen", {"stage": stage})


def _day_after(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()
