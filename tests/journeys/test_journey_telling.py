"""What steps tell staff and other systems: once, within what a mailbox can take, with reasons."""

import threading
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
from journey_world import NOW, World, journey, wait

from kikubari.decide.personalise import Facts, SandboxError
from kikubari.deliver import MailSettings, Outbox, QueueAnswer, Sender
from kikubari.journeys.definition import JourneyFaultError, NotifyStep, WebhookStep
from kikubari.journeys.running import Explaining, NoticeQueue, Notices, Occasions, Programs, Telling
from kikubari.journeys.running.travellers import Traveller
from kikubari.spec.errors import UnavailableError
from kikubari.testing.deliver import InlineComposer, ListedRecipients, person
from kikubari.testing.events import PlainSealing

TEAM = "team@shop.example"
LETTER = NotifyStep(
    id="tell",
    to=(TEAM,),
    subject="{{ customer.first_name }} waits",
    text="Call <{{ customer.first_name }}>\nabout {{ trigger.product_name }} & more",
)


class Calls:
    def __init__(self, *answers: QueueAnswer) -> None:
        self.answers = list(answers)
        self.calls = []

    def queue_many_in(self, connection, calls, *, at):
        self.calls += calls
        return [self.answers.pop(0) if self.answers else QueueAnswer.QUEUED for _ in calls]


class ClosableComposer(InlineComposer):
    is_closed = False

    async def compose(self, dispatch, people):
        if self.is_closed:
            raise SandboxError("the sandbox pool is closed")
        return await super().compose(dispatch, people)


class Office:
    """A world whose steps tell; the mail server answers as a test says."""

    def __init__(self, state, *, per_hour=30, calls=None) -> None:
        self.world = World(state)
        self.calls = calls or Calls()
        self.staff = {TEAM, "hana@shop.example"}
        self.handed = []
        self.answer = ""
        programs = Programs(state, workspace_id=1)
        queue = NoticeQueue(per_hour=per_hour)
        self.world.stepper = self.world.make_stepper(
            tell=Telling(self.calls, queue, self.world.log, self.world.clock)
        )
        names = {1: "Aiko", 2: "Ben & Co", 3: "Chie"}
        people = [
            person(n, facts=Facts({"customer": {"first_name": name}}, {}))
            for n, name in names.items()
        ]
        self.composer = ClosableComposer(
            MailSettings(base_url="http://shop.example", tracking_key=b"k" * 32), self.world.clock
        )
        self.notices = Notices(
            state,
            programs,
            self.world.clock,
            sender=Sender(from_address="news@shop.example"),
            recipients=ListedRecipients(people),
            occasions=Occasions(state, self.world.log),
            composer=self.composer,
            hand_over=self.hand_over,
            is_staff=lambda address: address in self.staff,
        )

    def hand_over(self, from_address, to, message_id, data):
        if self.answer == "away":
            raise UnavailableError("away")
        mail = message_from_bytes(data, policy=policy.default)
        self.handed.append((to, mail))
        return self.answer

    def send(self):
        while self.notices.step():
            pass

    def enter(self, *numbers: int):
        for number in numbers:
            self.world.happen(number, "Signed Up", product_name="tea")
        self.world.settle()

    def reasons(self, number):
        explaining = Explaining(
            self.world.around, Outbox(self.world.store, PlainSealing(), self.world.clock)
        )
        [entry] = explaining.explain("jny_1", number).entries
        return [(one.step, one.way, one.reason) for one in entry.path]


def test_a_letter_to_staff_tells_of_the_person_and_acts_on_nobody(state):
    office = Office(state)
    office.world.publish(journey(LETTER))
    office.enter(2)
    office.send()
    [(to, mail)] = office.handed
    assert (to, mail["To"], mail["Subject"]) == (TEAM, TEAM, "Ben & Co waits")
    assert (
        mail.get_body(("plain",)).get_content().replace("\r", "")
        == "Call <Ben & Co>\nabout tea & more\n"
    )
    html = mail.get_body(("html",)).get_content().replace("\r", "")
    assert "Call &lt;Ben &amp; Co&gt;\nabout tea &amp; more" in html
    assert mail["List-Unsubscribe"] is None
    assert office.world.rows("SELECT id FROM messages") == []
    assert office.world.rows("SELECT id FROM dispatches") == []


def test_an_address_gets_so_many_an_hour_and_the_rest_is_said_to_be_too_many(state):
    office = Office(state, per_hour=2)
    office.world.publish(journey(LETTER))
    office.enter(1, 2, 3)
    office.send()
    assert len(office.handed) == 2
    assert office.reasons(2) == [("tell", "next", "")]
    assert office.reasons(3) == [("tell", "next", "too_many")]
    office.world.pass_time(hours=1, minutes=1)
    office.world.publish(journey(LETTER), "jny_2")
    office.enter(3)
    office.send()
    assert len(office.handed) == 3


def test_workers_that_write_to_one_address_at_once_stay_within_its_limit(state):
    office = Office(state)
    office.world.publish(journey(LETTER))
    [live] = Programs(state, workspace_id=1).list_live().values()
    queue, n_workers = NoticeQueue(per_hour=5), 6
    together = threading.Barrier(n_workers)

    def work(worker):
        here = [Traveller(n, 1, n, 1, 1, 0, 0, 0, 0, b"") for n in (2 * worker + 1, 2 * worker + 2)]
        together.wait(timeout=30)
        return state.write(
            lambda c: queue.add(c, live.newest, LETTER, here, now=office.world.clock.now())
        )

    with ThreadPoolExecutor(n_workers) as pool:
        untold = list(pool.map(work, range(n_workers)))
    [(n_queued,)] = office.world.rows("SELECT count(*) FROM journey_notices")
    assert n_queued == 5
    assert sum(len(one) for one in untold) == 2 * n_workers - 5


def test_a_letter_waits_for_a_mail_server_that_is_away_with_one_message_id(state):
    office = Office(state)
    office.world.publish(journey(LETTER))
    office.enter(1)
    office.answer = "away"
    office.send()
    [(message_id, attempts, said)] = office.world.rows(
        "SELECT message_id, attempts, said FROM journey_notices"
    )
    assert (attempts, said) == (1, "away")
    office.answer = ""
    office.send()
    assert office.handed == []
    office.world.pass_time(minutes=1)
    office.send()
    assert len(office.handed) == 1
    [(same, due)] = office.world.rows("SELECT message_id, due_us FROM journey_notices")
    assert (same, due) == (message_id, None)


def test_a_letter_waits_for_a_composer_that_is_away(state):
    office = Office(state)
    office.world.publish(journey(LETTER))
    office.enter(1)
    office.composer.is_closed = True
    office.send()
    assert office.handed == []
    office.composer.is_closed = False
    office.world.pass_time(minutes=1)
    office.send()
    assert len(office.handed) == 1


def test_who_left_the_staff_is_told_nothing_any_more(state):
    office = Office(state)
    office.world.publish(journey(LETTER))
    office.enter(1)
    office.staff.clear()
    office.send()
    assert office.handed == []
    assert office.world.rows("SELECT said FROM journey_notices") == [("no_member",)]


def test_a_letter_that_cannot_be_made_keeps_a_journey_from_being_published(state):
    office = Office(state)
    broken = NotifyStep(id="tell", to=(TEAM,), subject="Hi", text="{{ customer.")
    with pytest.raises(JourneyFaultError) as caught:
        office.world.publish(journey(broken))
    assert [fault["path"] for fault in caught.value.detail] == ["steps.tell.text"]


def test_a_webhook_is_queued_with_what_let_the_person_in(state):
    office = Office(state)
    step = WebhookStep(id="crm", endpoint="ep_1", next="day")
    office.world.publish(journey(step, wait("day", days=1)))
    office.enter(1)
    [call] = office.calls.calls
    assert (call.endpoint_id, call.type, call.number) == ("ep_1", "journey.step_reached", 1)
    assert call.idempotency_key == "jny_1/1/1/crm"
    assert call.data["trigger"] == {"event": "Signed Up", "properties": {"product_name": "tea"}}
    assert (call.data["step"], call.data["entry"], call.data["began_at"]) == ("crm", 1, NOW)


def test_a_call_that_reached_no_endpoint_says_so_on_the_way(state):
    office = Office(state, calls=Calls(QueueAnswer.NO_ENDPOINT, QueueAnswer.KNOWN))
    office.world.publish(journey(WebhookStep(id="crm", endpoint="ep_1")))
    office.enter(1, 2)
    assert office.reasons(1) == [("crm", "next", "no_endpoint")]
    assert office.reasons(2) == [("crm", "next", "")]
