"""What a person may ask of journeys: everything that is held of them, and that it be forgotten."""

from journey_world import NOW, World, journey, message, wait

from kikubari.journeys import forget_ways, list_ways


def test_a_copy_tells_the_way_and_nothing_is_left_after_erasure(state):
    world = World(state)
    world.publish(journey(message("hello", "day"), wait("day", days=1)))
    for number in (1, 2):
        world.happen(number, "Signed Up")
    world.settle()
    world.pass_time(days=1)
    with state.read() as connection:
        [way] = list_ways(connection, [1])
    assert (way.journey, way.entered_at, way.state, way.outcome) == (
        "jny_1",
        NOW,
        "ended",
        "completed",
    )
    assert [(step, out) for step, out, _ in way.steps] == [("hello", "next"), ("day", "next")]
    state.write(lambda connection: forget_ways(connection, [1]))
    with state.read() as connection:
        assert list_ways(connection, [1]) == []
        assert len(list_ways(connection, [1, 2])) == 1
