"""Keys and sessions open what they should and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from access_world import EMAIL, PASSWORD, ROOT, Browser

from kikubari.access import Access, Member, Policy, Role
from kikubari.access.attempts import ALLOWED_FAILURES, WINDOW
from kikubari.access.errors import (
    ConfirmationNeededError,
    LastAdminError,
    LinkSpentError,
    WeakPasswordError,
    WrongCredentialsError,
)
from kikubari.access.sessions import CONFIRMED_FOR
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RateLimitedError,
)
from kikubari.storage import StateStore

NEW = "slow amber lantern"


def test_a_key_opens_its_scopes_until_it_is_revoked(access: Access):
    key = access.keys.create("ci", ["read", "write"], ROOT)
    principal = access.keys.find_principal(key.secret)
    assert principal is not None
    assert principal.scopes == {"read", "write"}
    assert principal.session is None
    assert access.keys.find_principal(key.secret + "x") is None
    access.keys.revoke(key.id, ROOT)
    assert access.keys.find_principal(key.secret) is None
    with pytest.raises(NotFoundError):
        access.keys.revoke(key.id, ROOT)


def test_a_key_is_refused_beyond_its_rate_and_comes_back(access: Access, clock: ManualClock):
    key = access.keys.create("ci", ["read"], ROOT, per_minute=3)
    for _ in range(3):
        assert access.keys.find_principal(key.secret)
    with pytest.raises(RateLimitedError) as refusal:
        access.keys.find_principal(key.secret)
    assert refusal.value.retry_after_seconds == 20
    other = access.keys.create("other", ["read"], ROOT)
    assert access.keys.find_principal(other.secret)
    clock.advance(timedelta(seconds=20))
    assert access.keys.find_principal(key.secret)
    with pytest.raises(RateLimitedError):
        access.keys.find_principal(key.secret)


def test_secrets_are_nowhere_in_the_store(access: Access, browser: Browser, state: StateStore):
    key = access.keys.create("ci", ["read"], ROOT)
    setup = access.second_factors.begin_totp(browser.session, EMAIL)
    link = access.members.invite("ken@example.jp", Role.VIEWER, ROOT)
    tables = ("api_keys", "members", "sessions", "member_links", "audit_entries")
    with state.read() as connection:
        stored = repr(
            [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]
        )
    for secret in (key.secret, setup.secret, link.token, browser.token, PASSWORD):
        assert secret not in stored


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", "everything"]])
def test_a_key_needs_known_scopes(access: Access, scopes: list[str]):
    with pytest.raises(InvalidInputError, match="no such scope"):
        access.keys.create("ci", scopes, ROOT)


@pytest.mark.parametrize(("role", "minutes"), [(Role.SENDER, 480), (Role.ADMIN, 30)])
def test_a_session_lives_until_it_is_idle_too_long(
    access: Access, clock: ManualClock, role: Role, minutes: int
):
    member = access.members.create(" Hana@Example.jp", PASSWORD, role, ROOT)
    access.policies.change(Policy(longest_hours=48), ROOT)
    browser = Browser(access).log_in()
    for _ in range(2):
        clock.advance(timedelta(minutes=minutes - 1))
        assert browser.principal is not None
        while access.members.get(member.id).last_seen_at != clock.now():
            pass  # its use is noted behind the request
    clock.advance(timedelta(minutes=minutes))
    assert browser.principal is None


def test_a_session_ends_however_busy_it_is(access: Access, browser: Browser, clock: ManualClock):
    member_id = browser.session.member_id
    for _ in range(24):
        assert browser.principal is not None
        while access.members.get(member_id).last_seen_at != clock.now():
            pass  # its use is noted behind the request
        clock.advance(timedelta(minutes=30))
    assert browser.principal is None


def test_logging_out_ends_the_session(access: Access, browser: Browser):
    access.log_in.log_out(browser.session, ROOT)
    assert browser.principal is None


def test_a_wrong_password_and_an_unknown_address_are_the_same_answer(access: Access, hana: Member):
    refusals = []
    for email, password in ((EMAIL, "wrong horse battery"), ("nobody@example.jp", PASSWORD)):
        with pytest.raises(WrongCredentialsError) as refusal:
            access.log_in.by_password(email, password, ROOT)
        refusals.append((refusal.value.code, refusal.value.message, refusal.value.hint))
    assert refusals[0] == refusals[1]


def test_an_address_has_one_account(access: Access, hana: Member):
    with pytest.raises(ConflictError):
        access.members.create("HANA@example.jp ", PASSWORD, Role.VIEWER, ROOT)
    with pytest.raises(ConflictError):
        access.members.invite("HANA@example.jp ", Role.VIEWER, ROOT)
    with pytest.raises(InvalidInputError):
        access.members.invite("nobody", Role.VIEWER, ROOT)


@pytest.mark.parametrize(
    "password",
    ["short", "passwordpassword", "qwertyuiop123", "aaaaaaaaaaaa", "hana@example.jp", "x" * 257],
)
def test_a_password_that_is_easily_guessed_is_refused(access: Access, password: str):
    with pytest.raises(WeakPasswordError):
        access.members.create(EMAIL, password, Role.VIEWER, ROOT)


@pytest.mark.parametrize(
    "password",
    [
        "purple kikubari ladder",
        "purple K1kub4ri ladder",
        "purple 気配り ladder",
        "quiet T-h-e_S-h-0-p cedar",
    ],
)
def test_words_of_the_shop_and_the_product_are_in_no_password(
    access: Access, browser: Browser, password: str
):
    link = access.members.invite("ken@example.jp", Role.VIEWER, ROOT)
    for choose in (
        lambda: access.members.create("new@example.jp", password, Role.VIEWER, ROOT),
        lambda: access.members.redeem_link(link.token, password, ROOT),
        lambda: access.log_in.change_password(browser.session, EMAIL, PASSWORD, password, ROOT),
    ):
        with pytest.raises(WeakPasswordError, match="name"):
            choose()


def test_a_short_word_of_the_name_is_in_other_words_too(access: Access):
    """The shop's name is "The shop"."""
    access.members.create(EMAIL, "bishopric amber theorem", Role.VIEWER, ROOT)


def test_a_passphrase_in_japanese_is_one_however_it_is_composed(access: Access):
    access.members.create(EMAIL, "さくらが咲く頃にガラス窓", Role.VIEWER, ROOT)
    assert Browser(access).log_in("さくらが咲く頃にガラス窓").principal


def test_guessing_is_slowed_down_for_the_account_alone(
    access: Access, hana: Member, clock: ManualClock
):
    access.members.create("ken@example.jp", NEW, Role.VIEWER, ROOT)
    for _ in range(ALLOWED_FAILURES):
        with pytest.raises(WrongCredentialsError):
            access.log_in.by_password(EMAIL, "wrong horse battery", ROOT)
    with pytest.raises(RateLimitedError) as refusal:
        access.log_in.by_password("Hana@example.jp", PASSWORD, ROOT)
    assert 0 < refusal.value.retry_after_seconds <= WINDOW.total_seconds()
    assert Browser(access).log_in(NEW, "ken@example.jp").principal
    clock.advance(WINDOW)
    assert Browser(access).log_in().principal


def test_changing_the_password_ends_every_session_and_renews_this_one(
    access: Access, browser: Browser
):
    elsewhere = Browser(access).log_in()
    with pytest.raises(WrongCredentialsError):
        access.log_in.change_password(browser.session, EMAIL, "wrong", NEW, ROOT)
    renewed = access.log_in.change_password(browser.session, EMAIL, PASSWORD, NEW, ROOT)
    assert elsewhere.principal is None
    assert browser.principal is None
    assert Browser(access, renewed.token).principal
    assert Browser(access).log_in(NEW).principal
    with pytest.raises(WrongCredentialsError):
        Browser(access).log_in(PASSWORD)


def test_a_browser_left_open_proves_itself_before_a_grave_change(
    access: Access, browser: Browser, clock: ManualClock
):
    clock.advance(CONFIRMED_FOR + timedelta(seconds=1))
    with pytest.raises(ConfirmationNeededError):
        access.second_factors.begin_totp(browser.session, EMAIL)
    renewed = access.log_in.confirm(browser.session, EMAIL, PASSWORD, ROOT)
    assert browser.principal is None
    browser.token = renewed.token
    assert access.second_factors.begin_totp(browser.session, EMAIL).secret


def test_another_role_ends_sessions_and_opens_other_things(
    access: Access, hana: Member, browser: Browser
):
    access.members.change(hana.id, Role.VIEWER, ROOT, name="Hana")
    assert browser.principal is None
    principal = browser.log_in().principal
    assert principal is not None
    assert principal.scopes == {"read"}


def test_a_removed_member_is_out_at_once(access: Access, hana: Member, browser: Browser):
    access.members.remove(hana.id, ROOT)
    assert browser.principal is None
    with pytest.raises(WrongCredentialsError):
        browser.log_in()


def test_the_last_admin_stays(access: Access):
    admin = access.members.create("root@example.jp", PASSWORD, Role.ADMIN, ROOT)
    access.members.invite("later@example.jp", Role.ADMIN, ROOT)  # who cannot log in yet
    with pytest.raises(LastAdminError):
        access.members.remove(admin.id, ROOT)
    with pytest.raises(LastAdminError):
        access.members.change(admin.id, Role.SENDER, ROOT, name="")
    access.members.create("second@example.jp", NEW, Role.ADMIN, ROOT)
    access.members.remove(admin.id, ROOT)


def test_of_two_admins_who_remove_each_other_at_once_one_stays(access: Access):
    last = access.members.create("first@example.jp", PASSWORD, Role.ADMIN, ROOT)
    for name in ("second", "third", "fourth", "fifth"):
        other = access.members.create(f"{name}@example.jp", PASSWORD, Role.ADMIN, ROOT)
        both_are_there = Barrier(2)

        def remove(member: Member, both_are_there: Barrier = both_are_there) -> bool:
            both_are_there.wait()
            try:
                access.members.remove(member.id, ROOT)
            except LastAdminError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(remove, (last, other))) == [False, True]
        [last] = access.members.list_members()


def test_an_invitation_is_taken_up_once_and_in_time(access: Access, clock: ManualClock):
    link = access.members.invite("ken@example.jp", Role.EDITOR, ROOT)
    assert link.member.is_invited
    assert access.members.read_link(link.token).email == "ken@example.jp"
    with pytest.raises(WeakPasswordError):
        access.members.redeem_link(link.token, "short", ROOT)
    access.members.redeem_link(link.token, NEW, ROOT)
    with pytest.raises(LinkSpentError):
        access.members.redeem_link(link.token, NEW, ROOT)
    assert Browser(access).log_in(NEW, "ken@example.jp").principal

    late = access.members.invite("late@example.jp", Role.EDITOR, ROOT)
    clock.advance(timedelta(days=7))
    with pytest.raises(LinkSpentError):
        access.members.read_link(late.token)


def test_nobody_logs_in_by_an_empty_password_before_the_invitation_is_taken_up(access: Access):
    access.members.invite("ken@example.jp", Role.EDITOR, ROOT)
    for password in ("", "None", NEW):
        with pytest.raises(WrongCredentialsError):
            access.log_in.by_password("ken@example.jp", password, ROOT)


def test_a_new_password_by_link_ends_sessions_and_the_newest_link_alone_works(
    access: Access, hana: Member, browser: Browser
):
    first = access.members.reset(hana.id, ROOT, forgets_second_factor=False)
    second = access.members.reset(hana.id, ROOT, forgets_second_factor=False)
    assert browser.principal is not None
    with pytest.raises(LinkSpentError):
        access.members.redeem_link(first.token, NEW, ROOT)
    access.members.redeem_link(second.token, NEW, ROOT)
    assert browser.principal is None
    assert browser.log_in(NEW).principal


def test_own_sessions_are_listed_and_ended(access: Access, browser: Browser):
    elsewhere, third = Browser(access).log_in(), Browser(access).log_in()
    ken = access.members.create("ken@example.jp", NEW, Role.VIEWER, ROOT)
    theirs = Browser(access).log_in(NEW, ken.email)
    listed = access.sessions.list_sessions(browser.session)
    assert len(listed) == 3
    assert [one.id for one in listed if one.is_this] == [browser.session.id]
    access.sessions.end(browser.session, elsewhere.session.id, ROOT)
    assert elsewhere.principal is None
    with pytest.raises(NotFoundError):
        access.sessions.end(browser.session, theirs.session.id, ROOT)
    access.sessions.end_others(browser.session, ROOT)
    assert third.principal is None
    assert browser.principal is not None
    assert theirs.principal is not None


def test_another_session_is_ended_only_after_a_proof(
    access: Access, browser: Browser, clock: ManualClock
):
    elsewhere = Browser(access).log_in()
    clock.advance(CONFIRMED_FOR + timedelta(seconds=1))
    with pytest.raises(ConfirmationNeededError):
        access.sessions.end(browser.session, elsewhere.session.id, ROOT)
    with pytest.raises(ConfirmationNeededError):
        access.sessions.end_others(browser.session, ROOT)
    assert elsewhere.principal is not None
    access.log_in.log_out(browser.session, ROOT)
    assert browser.principal is None


def test_the_policy_is_followed_by_running_sessions(
    access: Access, browser: Browser, clock: ManualClock
):
    with pytest.raises(InvalidInputError):
        access.policies.change(Policy(idle_minutes=1), ROOT)
    access.policies.change(Policy(requires_second_factor=True, idle_minutes=10), ROOT)
    principal = browser.principal
    assert principal is not None
    assert principal.scopes == frozenset()
    assert browser.session.must_enrol
    clock.advance(timedelta(minutes=10))
    assert browser.principal is None
