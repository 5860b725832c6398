"""Authenticator apps and recovery codes: right ones once, wrong ones never."""

from datetime import UTC, datetime, timedelta

import pytest
from access_world import EMAIL, PASSWORD, ROOT, Browser

from kikubari.access import Access, Member, Method, Policy, totp
from kikubari.access.errors import LogInExpiredError, WrongCredentialsError
from kikubari.access.tickets import LIFE, MAX_TRIES
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import ConflictError

# RFC 6238, appendix B, SHA-1, shortened to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.fixture
def secret(access: Access, browser: Browser, clock: ManualClock) -> str:
    """The secret of Hana's app, which is set up."""
    setup = access.second_factors.begin_totp(browser.session, EMAIL)
    renewed, _ = access.second_factors.confirm_totp(
        browser.session, current(setup.secret, clock), ROOT
    )
    browser.token = renewed.token
    clock.advance(timedelta(minutes=1))
    return setup.secret


def current(secret: str, clock: ManualClock) -> str:
    return totp.code_at(secret, totp.step_of(clock.now()))


def ticket(access: Access) -> str:
    return access.log_in.by_password(EMAIL, PASSWORD, ROOT).ticket


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(seconds: int, code: str):
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(RFC_SECRET, totp.step_of(at)) == code
    for drift in (-30, 0, 30):
        assert totp.find_step(RFC_SECRET, code, at + timedelta(seconds=drift)) == seconds // 30
    for drift in (-60, 90):
        assert totp.find_step(RFC_SECRET, code, at + timedelta(seconds=drift)) is None


def test_an_app_counts_once_it_is_confirmed(access: Access, browser: Browser, clock: ManualClock):
    setup = access.second_factors.begin_totp(browser.session, EMAIL)
    assert setup.uri.startswith("otpauth://totp/The%20shop:hana%40example.jp?secret=")
    assert Browser(access).log_in().principal  # not yet
    with pytest.raises(WrongCredentialsError):
        access.second_factors.confirm_totp(browser.session, "000000", ROOT)
    renewed, codes = access.second_factors.confirm_totp(
        browser.session, current(setup.secret, clock), ROOT
    )
    assert len(set(codes)) == 10
    assert browser.principal is None
    browser.token = renewed.token
    step = access.log_in.by_password(EMAIL, PASSWORD, ROOT)
    assert step.session is None
    assert set(step.methods) == {Method.TOTP, Method.RECOVERY_CODE}
    with pytest.raises(ConflictError):
        access.second_factors.begin_totp(browser.session, EMAIL)


def test_a_code_opens_and_never_again(access: Access, secret: str, clock: ManualClock):
    code = current(secret, clock)
    opened = access.log_in.by_code(ticket(access), f"{code[:3]} {code[3:]}", ROOT)
    assert access.sessions.find_principal(opened.token)
    with pytest.raises(WrongCredentialsError):
        access.log_in.by_code(ticket(access), code, ROOT)
    # An earlier code than one that was taken, though still within its time, is no good either.
    earlier = totp.code_at(secret, totp.step_of(clock.now()) - 1)
    with pytest.raises(WrongCredentialsError):
        access.log_in.by_code(ticket(access), earlier, ROOT)
    clock.advance(timedelta(seconds=30))
    assert access.log_in.by_code(ticket(access), current(secret, clock), ROOT)


def test_the_code_that_confirmed_the_app_does_not_open(
    access: Access, browser: Browser, clock: ManualClock
):
    setup = access.second_factors.begin_totp(browser.session, EMAIL)
    code = current(setup.secret, clock)
    access.second_factors.confirm_totp(browser.session, code, ROOT)
    with pytest.raises(WrongCredentialsError):
        access.log_in.by_code(ticket(access), code, ROOT)


def test_a_ticket_bears_few_guesses_and_not_for_long(
    access: Access, secret: str, clock: ManualClock
):
    begun = ticket(access)
    for _ in range(MAX_TRIES):
        with pytest.raises(WrongCredentialsError):
            access.log_in.by_code(begun, "000000", ROOT)
    with pytest.raises(LogInExpiredError):
        access.log_in.by_code(begun, current(secret, clock), ROOT)
    begun = ticket(access)
    clock.advance(LIFE)
    with pytest.raises(LogInExpiredError):
        access.log_in.by_code(begun, current(secret, clock), ROOT)
    with pytest.raises(LogInExpiredError):
        access.log_in.by_code("guessed", current(secret, clock), ROOT)


def test_a_ticket_opens_one_session(access: Access, secret: str, clock: ManualClock):
    begun = ticket(access)
    access.log_in.by_code(begun, current(secret, clock), ROOT)
    clock.advance(timedelta(seconds=30))
    with pytest.raises(LogInExpiredError):
        access.log_in.by_code(begun, current(secret, clock), ROOT)


def test_a_recovery_code_works_once(access: Access, browser: Browser, secret: str):
    first, second, *_ = access.second_factors.renew_recovery_codes(browser.session, ROOT)
    assert len(first.replace("-", "")) == 24  # of 29 signs: more than 112 bits
    assert access.log_in.by_code(ticket(access), first.upper(), ROOT)
    with pytest.raises(WrongCredentialsError):
        access.log_in.by_code(ticket(access), first, ROOT)
    assert access.log_in.by_code(ticket(access), second.replace("-", " "), ROOT)
    assert access.enrolled(browser.session).recovery_codes_left == 8
    renewed = access.second_factors.renew_recovery_codes(browser.session, ROOT)
    assert second not in renewed


def test_without_the_app_the_password_suffices_and_its_codes_are_gone(
    access: Access, browser: Browser, secret: str
):
    browser.token = access.second_factors.remove_totp(browser.session, ROOT).token
    assert access.enrolled(browser.session).recovery_codes_left == 0
    assert Browser(access).log_in().principal
    with pytest.raises(ConflictError):
        access.second_factors.renew_recovery_codes(browser.session, ROOT)


def test_setting_one_up_satisfies_a_policy_that_requires_it(
    access: Access, browser: Browser, clock
):
    access.policies.change(Policy(requires_second_factor=True), ROOT)
    setup = access.second_factors.begin_totp(browser.session, EMAIL)
    renewed, _ = access.second_factors.confirm_totp(
        browser.session, current(setup.secret, clock), ROOT
    )
    principal = access.sessions.find_principal(renewed.token)
    assert principal is not None
    assert principal.scopes == {"read", "write", "send"}


def test_an_admin_helps_who_lost_the_device(
    access: Access, hana: Member, browser: Browser, secret: str
):
    link = access.members.reset(hana.id, ROOT, forgets_second_factor=True)
    assert not link.member.has_second_factor
    assert browser.principal is None
    access.members.redeem_link(link.token, "slow amber lantern", ROOT)
    assert Browser(access).log_in("slow amber lantern").principal
