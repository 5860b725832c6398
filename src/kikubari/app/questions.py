"""Whether conditions held for one person, and what they say: for the stories of journeys."""

from datetime import datetime

from kikubari.app.journeying import JourneyPeople
from kikubari.events import EventLog, RowBuilder
from kikubari.journeys import InWords, JudgedCondition, JudgedWay
from kikubari.journeys.definition import Who
from kikubari.kit.instants import EARLIEST
from kikubari.segments import Explained, Explainer, Person, SegmentEngine, Segments, as_term
from kikubari.spec.conditions import Condition, Events, InSegment, convert_condition
from kikubari.spec.errors import NotFoundError


class PersonQuestions:
    """Implements `journeys.Judges` on the log and on segments.

    Args:
        log: what people did.
        people: who is who.
        segments: answers conditions.
        engine: knows stored segments, and who is in none.
        explainer: says conditions in words.
        builder: makes rows of events, as the copy has them.
    """

    def __init__(
        self,
        log: EventLog,
        people: JourneyPeople,
        segments: Segments,
        *,
        engine: SegmentEngine,
        explainer: Explainer,
        builder: RowBuilder,
    ) -> None:
        self._log = log
        self._people = people
        self._segments = segments
        self._engine = engine
        self._explainer = explainer
        self._builder = builder

    def about(self, person: int) -> "PersonAnswers":
        """Return what answers about a person."""
        numbers = set(self._people.numbers_of([person])) | {person}
        history = self._log.read_since(numbers, EARLIEST, last=self._log.position())
        return PersonAnswers(self, Person.from_events(person, history, self._builder))

    def say(self, who: Who) -> InWords:
        """Return in words who is meant."""
        tree = InSegment(who) if isinstance(who, str) else convert_condition(who)
        return InWords(
            self._explainer.explain(tree, "ja").text, self._explainer.explain(tree, "en").text
        )

    def say_events(self, events: Events) -> InWords:
        """Return in words which event is meant."""
        return InWords(self._explainer.event(events, "ja"), self._explainer.event(events, "en"))

    def answer(self, way: str, who: Who, person: Person, as_of: datetime | None) -> JudgedWay:
        """Put a condition to a person; a segment that is no more has nobody in it."""
        text = self.say(who)
        try:
            tree = self._engine.definition(who) if isinstance(who, str) else convert_condition(who)
            told = self._segments.explain(tree, person, as_of)
        except NotFoundError:
            return JudgedWay(way=way, holds=False, text=text)
        is_left_out = as_of is None and person.profile in self._engine.list_left_out()
        return JudgedWay(
            way=way,
            holds=told[0].is_true and not is_left_out,
            text=text,
            conditions=self._conditions(told) if self._is_worth(tree, who) else [],
        )

    def _is_worth(self, tree: Condition, who: Who) -> bool:
        """Say whether single conditions tell more than the whole."""
        return isinstance(who, str) or as_term(tree) is None

    def _conditions(self, told: list[Explained]) -> list[JudgedCondition]:
        found: list[JudgedCondition] = []
        said = ""
        for one in told:
            if said and one.path.startswith(said):
                continue  # below a condition that was turned round, which was said as a whole
            if as_term(one.condition) is None:
                continue
            said = f"{one.path}."
            leaf = self._explainer.leaf
            text = InWords(leaf(one.condition, "ja"), leaf(one.condition, "en"))
            found.append(JudgedCondition(text, one.is_true))
        return found


class PersonAnswers:
    """Implements `journeys.Judge` for one person."""

    def __init__(self, questions: PersonQuestions, person: Person) -> None:
        self._questions = questions
        self._person = person

    def judge(self, way: str, who: Who, *, as_of: datetime | None) -> JudgedWay:
        """Say whether the person was one of those."""
        return self._questions.answer(way, who, self._person, as_of)
