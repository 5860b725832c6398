"""What one member asks for, another answers: exactly that, once, and in time."""

from datetime import timedelta

import msgspec
import pytest
from access_world import ROOT
from sqlalchemy import Connection

from kikubari.access import (
    Access,
    Actor,
    Approval,
    ApprovalPolicy,
    ApprovalReason,
    ApprovalState,
    MemberSession,
    Principal,
    Role,
    Wish,
)
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import ConflictError, ForbiddenError
from kikubari.storage import StateStore

WISH = Wish(
    action="broadcast.send",
    target="brd_1",
    version=3,
    n_people=1_000,
    reasons=(ApprovalReason.SIZE,),
    title="Spring",
)


def member(name: str, clock: ManualClock) -> Principal:
    now = clock.now()
    session = MemberSession(name, name, Role.SENDER, "", now, now, must_enrol=False)
    return Principal(f"{name}@example.jp", frozenset({"read", "write", "send"}), session)


@pytest.fixture
def asker(clock: ManualClock) -> Principal:
    return member("mem_asker", clock)


@pytest.fixture
def other(clock: ManualClock) -> Principal:
    return member("mem_other", clock)


def actor(principal: Principal) -> Actor:
    return Actor(principal.name, "192.0.2.2")


def ask(access: Access, principal: Principal, wish: Wish = WISH) -> Approval:
    return access.approvals.ask(wish, principal, actor(principal))


def decide(access: Access, one: Approval, principal: Principal, *, approves: bool) -> Approval:
    return access.approvals.decide(one.id, principal, actor(principal), approves=approves)


def spend(access: Access, state: StateStore, wish: Wish = WISH) -> bool:
    def work(connection: Connection) -> bool:
        return access.approvals.spend(connection, wish, ROOT)

    return state.write(work)


def changed(**values: object) -> Wish:
    return msgspec.structs.replace(WISH, **values)


def test_what_another_approved_may_be_done_once(access, state, asker, other):
    waiting = ask(access, asker)
    assert waiting.state is ApprovalState.WAITING
    assert not spend(access, state)
    assert decide(access, waiting, other, approves=True).state is ApprovalState.APPROVED
    assert spend(access, state)
    assert not spend(access, state)
    assert access.approvals.get(waiting.id).state is ApprovalState.SPENT
    actions = [one.action for one in access.audit.list_entries(action="approval")]
    assert actions == ["approval.spent", "approval.approved", "approval.asked"]


def test_nobody_answers_themselves_and_no_key_answers(access, asker):
    waiting = ask(access, asker)
    again = Principal("renamed@example.jp", asker.scopes, asker.session)
    key = Principal("ci", frozenset({"send", "admin"}))
    for principal in (asker, again, key):
        for approves in (True, False):
            with pytest.raises(ForbiddenError):
                decide(access, waiting, principal, approves=approves)
    assert access.approvals.get(waiting.id).state is ApprovalState.WAITING


def test_what_was_declined_is_not_approved_after(access, state, asker, other, clock):
    waiting = ask(access, asker)
    decide(access, waiting, other, approves=False)
    with pytest.raises(ConflictError):
        decide(access, waiting, member("mem_third", clock), approves=True)
    assert not spend(access, state)


@pytest.mark.parametrize(
    "wish",
    [
        changed(version=4),
        changed(n_people=1_101),
        changed(n_people=899),
        changed(target="brd_2"),
        changed(action="broadcast.send_unchecked"),
        changed(reasons=(ApprovalReason.SIZE, ApprovalReason.GUARD)),
        changed(note="another reason"),
    ],
)
def test_something_else_is_not_what_was_approved(access, state, asker, other, wish):
    decide(access, ask(access, asker), other, approves=True)
    assert not spend(access, state, wish)
    assert spend(access, state)


@pytest.mark.parametrize("n_people", [900, 1_100])
def test_an_audience_may_move_by_a_tenth(access, state, asker, other, n_people):
    decide(access, ask(access, asker), other, approves=True)
    assert spend(access, state, changed(n_people=n_people))


def test_it_ends_with_its_time(access, state, asker, other, clock):
    access.approvals.change_policy(ApprovalPolicy(over_people=10, valid_hours=2), ROOT)
    late, approved = ask(access, asker), ask(access, asker, changed(target="brd_2"))
    decide(access, approved, other, approves=True)
    clock.advance(timedelta(hours=2))
    assert access.approvals.get(late.id).state is ApprovalState.EXPIRED
    assert access.approvals.list_approvals(is_waiting=True) == []
    with pytest.raises(ConflictError):
        decide(access, late, other, approves=True)
    assert not spend(access, state, changed(target="brd_2"))
    assert ask(access, asker).id != late.id


def test_asking_again_is_the_same_question_until_the_draft_is_another(access, asker):
    first = ask(access, asker)
    assert ask(access, asker).id == first.id
    newer = ask(access, asker, changed(version=4))
    assert access.approvals.get(first.id).state is ApprovalState.REPLACED
    assert [one.id for one in access.approvals.list_approvals(is_waiting=True)] == [newer.id]
    assert len(access.approvals.list_approvals(target="brd_1")) == 2


def test_nobody_is_needed_until_somebody_says_so(access):
    assert access.approvals.policy() == ApprovalPolicy()
    policy = ApprovalPolicy(over_people=500, on_guard=True, on_unchecked=True, valid_hours=48)
    access.approvals.change_policy(policy, ROOT)
    assert access.approvals.policy() == policy
    (entry,) = access.audit.list_entries(action="approval.policy_changed")
    assert "over_people=500" in entry.detail


@pytest.mark.parametrize(
    ("over", "permitted", "now", "is_outgrown"),
    [
        (None, 10, 10_000, False),
        (1_000, 1_000, 1_100, False),
        (1_000, 1_000, 1_101, True),
        (1_000, 10, 1_000, False),
        (1_000, 10, 1_001, True),
        (0, 5_000, 4_000, False),
    ],
)
def test_an_audience_outgrows_its_permission_by_more_than_a_tenth_past_the_rule(
    access, over, permitted, now, is_outgrown
):
    access.approvals.change_policy(ApprovalPolicy(over_people=over), ROOT)
    assert access.approvals.is_outgrown(permitted, now) is is_outgrown
