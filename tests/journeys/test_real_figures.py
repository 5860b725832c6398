"""What a journey really did, which a simulation is held against: read a page at a time."""

from datetime import timedelta

from journey_world import NOW, World, journey, message, wait

from kikubari.journeys.definition import Goal, Rules
from kikubari.journeys.simulation import comparing
from kikubari.spec.conditions import Events

DAY = timedelta(days=1)
PEOPLE = range(1, 41)


def test_figures_are_those_of_everybody_who_entered_meanwhile(state, monkeypatch):
    monkeypatch.setattr(comparing, "_PATHS", 7)
    world = World(state)
    rules = Rules(
        goal=Goal(events=Events("Order Completed"), ends_journey=False), holdout_percent=30
    )
    definition = journey(message("hello", "w"), wait("w", "more", days=1), message("more"),
                         rules=rules)  # fmt: skip
    world.publish(definition)

    def read(since, until):
        return comparing.read_real(
            state, "jny_1", definition, since=since, until=until, workspace_id=1
        )

    assert read(NOW - DAY, NOW + DAY) is None
    for number in PEOPLE:
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(hours=1))
    for number in PEOPLE[:20]:
        world.happen(number, "Order Completed", revenue=500, currency="JPY")
    world.settle()
    world.pass_time(days=2)
    rows = world.rows("SELECT number, state FROM journey_enrolments")
    entered = {number for number, state in rows if state != 3}
    found = read(NOW - DAY, NOW + DAY)
    assert found.entries == found.people == len(entered)
    assert found.held_out == len(PEOPLE) - len(entered) > 0
    assert found.messages == 2 * len(entered)
    assert found.reached_goal == len(entered & set(PEOPLE[:20]))
    assert found.value_minor == 500 * found.reached_goal
    assert read(NOW + DAY, NOW + 2 * DAY) is None
