"""Machines are told from people: rules one by one, and all together on a labelled set."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_visits import CHROME, SENT_AT, make_messages

from kikubari.deliver.visits import Act, Seen, Sign, find_machines, judge_alone
from kikubari.kit.instants import to_micros

SECOND = 1_000_000
ME, OTHER, THIRD = b"me", b"other", b"third"


def click(at, link, client=ME, **more):
    return Seen(at_us=round(at * SECOND), client=client, act=Act.CLICK, link=link, **more)


def judged(*seen: Seen) -> list[bool]:
    return find_machines(sorted(seen, key=lambda one: one.at_us))


def test_one_link_at_a_time_is_a_person():
    assert judged(click(0, 0), click(0.1, 0), click(2, 1), click(3, 2)) == [False] * 4


def test_two_links_faster_than_a_hand_are_a_program_and_so_is_what_it_did_around_them():
    opened = Seen(at_us=0, client=ME, act=Act.OPEN)
    later = click(60, 5)
    assert judged(opened, click(2, 0), click(2.2, 1), later) == [True, True, True, False]


def test_three_links_in_half_a_second_are_a_program_two_are_a_person():
    assert judged(click(0, 0), click(0.3, 1), click(0.6, 2)) == [True] * 3
    assert judged(click(0, 0), click(0.3, 1)) == [False] * 2
    assert judged(click(0, 0), click(0.3, 1), click(0.6, 0)) == [False] * 3


def test_whoever_follows_what_nobody_sees_did_everything_else_by_program_too():
    trap = Seen(at_us=60 * SECOND, client=ME, act=Act.TRAP)
    mine, late = click(1, 0), click(300, 1)
    theirs, at_the_same_time = click(90, 0, OTHER), click(61, 3, THIRD)
    assert judged(mine, trap, at_the_same_time, theirs, late) == [True, True, True, False, True]


def test_several_programs_that_share_the_links_are_found_together():
    crowd = [click(0, 0), click(0.5, 1, OTHER), click(1.5, 2, THIRD)]
    assert judged(*crowd, click(20, 3, OTHER)) == [True, True, True, False]


def test_a_link_that_is_checked_and_then_followed_is_followed_once():
    assert judged(click(0, 4), click(1.5, 4, OTHER)) == [True, False]
    assert judged(click(0, 4), click(30, 4, OTHER)) == [False, False]


def test_who_asks_for_headers_only_is_a_program_whatever_it_asks_for_next():
    head = click(0, 0, sign=Sign.PROGRAM)
    assert judged(head, click(1, 0), click(200, 3), click(4, 1, OTHER)) == [True, True, False, True]


def test_a_browser_that_fetches_ahead_is_still_a_persons():
    assert judged(click(0, 0, sign=Sign.MACHINE), click(1, 0)) == [True, False]


SEEN = st.lists(
    st.builds(
        Seen,
        at_us=st.integers(0, 20 * SECOND),
        client=st.sampled_from([ME, OTHER, THIRD]),
        act=st.sampled_from(Act),
        sign=st.sampled_from(Sign),
        link=st.integers(0, 4),
    ),
    max_size=12,
).map(lambda seen: sorted(seen, key=lambda one: one.at_us))


@given(SEEN, st.data())
def test_what_gives_a_program_away_is_never_outweighed(seen, data):
    found = find_machines(seen)
    for one, is_machine in zip(seen, found, strict=True):
        if one.sign is not Sign.NONE or one.act is Act.TRAP:
            assert is_machine
    clients = {one.client for one in seen if one.act is Act.TRAP}
    assert all(found[at] for at, one in enumerate(seen) if one.client in clients)
    # One more trap makes nobody more of a person.
    trap = Seen(at_us=data.draw(st.integers(0, 20 * SECOND)), client=OTHER, act=Act.TRAP)
    more = sorted([*enumerate(seen), (-1, trap)], key=lambda pair: pair[1].at_us)
    again = dict(zip((at for at, _ in more), find_machines([x for _, x in more]), strict=True))
    assert all(again[at] for at, was in enumerate(found) if was)


def judge_all(seed):
    """Return (maker, is a machine, was found to be one) of every request of a set."""
    answers = []
    for maker, requests in make_messages(seed):
        seen = [
            Seen(
                at_us=to_micros(one.visit.at),
                client=f"{one.visit.network} {one.visit.user_agent}".encode(),
                act=one.act,
                sign=judge_alone(one.visit, sent_at=SENT_AT),
                link=one.link,
            )
            for one in requests
        ]
        # As it is done: each with what came up to ten seconds after it, and ten minutes before.
        for one, labelled in zip(seen, requests, strict=True):
            near = [
                then for then in seen
                if -600 * SECOND <= then.at_us - one.at_us <= 10 * SECOND
            ]  # fmt: skip
            found = find_machines(near)[near.index(one)]
            answers.append((maker, labelled.is_machine, found))
    return answers


@pytest.mark.parametrize("seed", range(5))
def test_of_two_thousand_requests_nearly_all_are_told_right(seed):
    answers = judge_all(seed)
    assert len(answers) >= 2_000
    missed = Counter(maker for maker, is_machine, found in answers if is_machine and not found)
    accused = Counter(maker for maker, is_machine, found in answers if found and not is_machine)
    n_machines = sum(is_machine for _, is_machine, _ in answers)
    n_people = len(answers) - n_machines
    assert min(n_machines, n_people) > 700
    print(f"recall {1 - missed.total() / n_machines:.4f} of {n_machines}, {missed}")
    print(f"accused {accused.total() / n_people:.4f} of {n_people}, {accused}")
    assert missed.total() / n_machines <= 0.01, missed
    assert accused.total() / n_people <= 0.005, accused


def test_a_long_name_and_one_out_of_letters_are_judged_too():
    rng = random.Random(1)
    visit = next(make_messages(1))[1][0].visit
    for agent in ("\ud800", "x" * 10_000, CHROME * 50, rng.randbytes(50).decode("latin-1")):
        odd = type(visit)(at=SENT_AT + timedelta(minutes=1), user_agent=agent)
        assert judge_alone(odd, sent_at=SENT_AT) in set(Sign)
