from collections import Counter
from datetime import UTC, datetime

import pytest
from pyroaring import BitMap

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, TemplateError
from kikubari.deliver import MessageState, Outbox, Purpose, Sender
from kikubari.journeys import BroadcastDefinition, Broadcasts, BroadcastState
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.testing.events import PlainSealing

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HTML = '<p>Hi</p><a href="{{ unsubscribe_url }}">stop</a>'


class Members:
    def __init__(self, numbers) -> None:
        self.numbers = BitMap(numbers)
        self.asked = []

    def evaluate(self, segment, *, as_of, workspace_id):
        self.asked.append((segment, as_of))
        return self.numbers


class DiesAfter:
    """A store whose process dies after so many writes."""

    def __init__(self, store, writes) -> None:
        self._store, self._left = store, writes
        self.read = store.read

    def write(self, work, **options):
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        return self._store.write(work, **options)


def definition(html=HTML, **changes):
    return BroadcastDefinition(
        **{
            "name": "Autumn",
            "segment": "vip",
            "template": EmailTemplateSource(
                variants={"en": EmailVariant(subject="Hi {{ customer.name }}", html=html)},
                default_language="en",
            ),
            "sender": Sender(from_address="news@shop.example"),
            **changes,
        }
    )


def service(store, numbers, *, chunk=7):
    clock = ManualClock(NOW)
    outbox = Outbox(store, PlainSealing(), clock)
    return Broadcasts(store, outbox, Members(numbers), clock, TimeOrderedIds(), chunk=chunk)


def test_a_broadcast_queues_each_member_once(state):
    broadcasts = service(state, range(1, 51))
    draft = broadcasts.create(definition())
    assert draft.state is BroadcastState.DRAFT
    sent = broadcasts.send(draft.id)
    assert (sent.state, sent.n_audience, sent.n_enqueued) == (BroadcastState.SENDING, 50, 50)
    numbers = [message.number for message in broadcasts.list_messages(draft.id)]
    assert numbers == list(range(1, 51))
    assert broadcasts.progress(draft.id).counts.states == {MessageState.QUEUED: 50}


@pytest.mark.parametrize("writes", range(2, 11))
def test_a_send_that_dies_is_finished_by_the_next_start(state, writes):
    broadcasts = service(state, range(1, 51))
    draft = broadcasts.create(definition())
    dying = service(DiesAfter(state, writes), range(1, 51))
    try:
        dying.send(draft.id)
    except KeyboardInterrupt:
        after = broadcasts.get(draft.id)
        assert after.state in {BroadcastState.ENQUEUING, BroadcastState.SENDING}
    # The segment has changed meanwhile: those it was begun with count.
    again = service(state, [99])
    again.resume_enqueuing()
    again.resume_enqueuing()
    numbers = Counter(message.number for message in again.list_messages(draft.id))
    assert numbers == Counter(range(1, 51))
    assert again.get(draft.id).state is BroadcastState.SENDING


def test_a_broadcast_is_sent_once(state):
    broadcasts = service(state, [1])
    draft = broadcasts.create(definition())
    broadcasts.send(draft.id)
    with pytest.raises(ConflictError):
        broadcasts.send(draft.id)
    with pytest.raises(ConflictError):
        broadcasts.change(draft.id, definition(name="Other"))


def test_what_was_sent_is_the_version_that_was_current(state):
    broadcasts = service(state, [1])
    draft = broadcasts.create(definition())
    changed = broadcasts.change(draft.id, definition(name="Winter"))
    assert (changed.version, changed.definition.name) == (2, "Winter")
    assert broadcasts.send(draft.id).version == 2


def test_a_version_that_was_not_seen_is_not_written_over(state):
    broadcasts = service(state, [1])
    draft = broadcasts.create(definition())
    broadcasts.change(draft.id, definition(name="Mine"), based_on=1)
    with pytest.raises(ConflictError, match="at version 2, not 1"):
        broadcasts.change(draft.id, definition(name="Theirs"), based_on=1)
    assert broadcasts.get(draft.id).definition.name == "Mine"


def test_nobody_in_the_segment_is_done_at_once(state):
    broadcasts = service(state, [])
    draft = broadcasts.create(definition())
    broadcasts.send(draft.id)
    assert broadcasts.progress(draft.id).state is BroadcastState.DONE


def test_pause_resume_cancel(state):
    broadcasts = service(state, [1, 2])
    draft = broadcasts.create(definition())
    with pytest.raises(ConflictError):
        broadcasts.pause(draft.id)
    broadcasts.send(draft.id)
    assert broadcasts.pause(draft.id).state is BroadcastState.PAUSED
    assert broadcasts.resume(draft.id).state is BroadcastState.SENDING
    assert broadcasts.cancel(draft.id).state is BroadcastState.CANCELLED
    with pytest.raises(ConflictError):
        broadcasts.resume(draft.id)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (definition(html="<p>no way out</p>"), InvalidInputError),
        (definition(name=" "), InvalidInputError),
        (definition(resends_unknown=True), InvalidInputError),
        (definition(html="{% if %}" + HTML), TemplateError),
    ],
)
def test_a_draft_that_could_not_be_sent_is_refused(state, bad, error):
    broadcasts = service(state, [1])
    with pytest.raises(error):
        broadcasts.create(bad)
    assert broadcasts.list_broadcasts() == []


def test_a_transactional_letter_needs_no_way_out(state):
    broadcasts = service(state, [1])
    receipt = definition(html="<p>Thanks</p>", purpose=Purpose.TRANSACTIONAL)
    assert broadcasts.create(receipt).definition.purpose is Purpose.TRANSACTIONAL


def test_unknown_ids_are_not_found(state):
    broadcasts = service(state, [1])
    for verb in (broadcasts.get, broadcasts.send, broadcasts.cancel, broadcasts.progress):
        with pytest.raises(NotFoundError):
            verb("brd_0")
