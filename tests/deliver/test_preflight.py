import msgspec
import pytest
from dns_server import SILENT, Zone, serving

from kikubari.deliver import (
    DnsResolver,
    Finding,
    Level,
    SenderSetup,
    check_sender,
    dns_record,
    generate_rsa_key,
)
from kikubari.spec.errors import InvalidInputError

DKIM = dns_record(generate_rsa_key("k1"), "shop.example")
SETUP = SenderSetup(
    dkim_name=DKIM.name,
    dkim_value=DKIM.value,
    return_domain="bounce.shop.example",
    has_bounce_address=True,
    smtp_host="relay.shop.example",
    encrypts=True,
    base_url="https://mail.shop.example",
    postal_address="1 High Street",
)
PTR = "4.2.0.192.in-addr.arpa"
KEY_STRINGS = " ".join(f'"{DKIM.value[at : at + 200]}"' for at in range(0, len(DKIM.value), 200))


def zone(**changes: list[str]) -> Zone:
    """Everything as it should be, but for what a test changes by a short name."""
    good = {
        "spf": ("bounce.shop.example", "TXT", ['"other text"', '"v=spf1 ip4:192.0.2.4 -all"']),
        "dkim": (DKIM.name.lower(), "TXT", [KEY_STRINGS]),
        "dmarc": ("_dmarc.shop.example", "TXT", ['"v=DMARC1; p=none"']),
        "mx": ("bounce.shop.example", "MX", ["10 relay.shop.example."]),
        "a": ("relay.shop.example", "A", ["192.0.2.4"]),
        "ptr": (PTR, "PTR", ["relay.shop.example."]),
    }
    return {
        (name, kind): changes.get(short, records) for short, (name, kind, records) in good.items()
    }


def check(of: Zone, domain: str = "shop.example", **setup: object) -> dict[str, Finding]:
    with serving(of) as server:
        report = check_sender(domain, msgspec.structs.replace(SETUP, **setup), DnsResolver(server))
    assert report.is_ready is all(one.level is not Level.FAIL for one in report.findings)
    return {one.code: one for one in report.findings}


def test_a_sender_as_it_should_be_is_ready():
    found = check(zone())
    assert {one.level for one in found.values()} == {Level.OK}
    assert not any(one.publish for one in found.values())
    assert found["dkim"].where == "k1._domainkey.shop.example"


@pytest.mark.parametrize(
    ("records", "level"),
    [
        ([], Level.FAIL),
        (['"v=spf1 -all"', '"v=spf1 a -all"'], Level.FAIL),
        (['"v=spf1 +all"'], Level.FAIL),
        (['"v=spf1 all"'], Level.FAIL),
        (['"v=spf1 ?all"'], Level.WARN),
        (['"v=spf1 ip4:192.0.2.4"'], Level.WARN),
        (['"v=spf1 ~all"'], Level.OK),
        (['"v=spf1 ip4:192.0.2.4 " "-all"'], Level.OK),
        (['"v=spf10 -all"'], Level.FAIL),
        (['"v=spf1 redirect=_spf.shop.example"'], Level.OK),
        (['"v=spf1 include:ten.shop.example -all"'], Level.FAIL),
        (['"v=spf1 include:loop.shop.example -all"'], Level.FAIL),
    ],
)
def test_spf(records, level):
    ten = " ".join(f"a:h{n}.shop.example" for n in range(10))
    more = {
        ("_spf.shop.example", "TXT"): ['"v=spf1 ip4:192.0.2.4 -all"'],
        ("ten.shop.example", "TXT"): [f'"v=spf1 {ten} -all"'],
        ("loop.shop.example", "TXT"): ['"v=spf1 include:loop.shop.example -all"'],
    }
    found = check(zone(spf=records) | more)["spf"]
    assert found.level is level
    assert bool(found.publish) is (level is not Level.OK)


@pytest.mark.parametrize("records", [[], ['"v=DKIM1; k=rsa; p=AAAA"'], ['"v=DKIM1; p="']])
def test_another_key_than_the_one_that_signs_fails_and_ours_is_what_to_publish(records):
    found = check(zone(dkim=records))["dkim"]
    assert (found.level, found.publish) == (Level.FAIL, DKIM.value)


@pytest.mark.parametrize(
    ("records", "level"),
    [
        ([], Level.FAIL),
        (['"v=DMARC1; p=sometimes"'], Level.FAIL),
        (['"v=DMARC1;p=reject"'], Level.OK),
    ],
)
def test_dmarc(records, level):
    assert check(zone(dmarc=records))["dmarc"].level is level


def test_a_subdomain_is_under_the_policy_of_its_parent():
    found = check(zone(), "news.shop.example")
    assert (found["dmarc"].level, found["dmarc"].where) == (Level.OK, "_dmarc.shop.example")


@pytest.mark.parametrize(
    ("setup", "policy", "level"),
    [
        ({}, '"v=DMARC1; p=none; aspf=s"', Level.WARN),
        ({"return_domain": "shop.example"}, '"v=DMARC1; p=none; aspf=s"', Level.OK),
        ({"return_domain": "relay.example"}, '"v=DMARC1; p=none"', Level.WARN),
        ({"return_domain": "badshop.example", "dkim_name": ""}, '"v=DMARC1; p=none"', Level.FAIL),
    ],
)
def test_alignment(setup, policy, level):
    assert check(zone(dmarc=[policy]), **setup)["alignment"].level is level


@pytest.mark.parametrize(
    ("code", "changes", "setup", "level"),
    [
        ("bounces", {"mx": []}, {}, Level.FAIL),
        ("bounces", {"mx": ["0 ."]}, {}, Level.FAIL),
        ("bounces", {}, {"has_bounce_address": False}, Level.WARN),
        ("reverse_dns", {"ptr": []}, {}, Level.FAIL),
        ("reverse_dns", {"ptr": ["elsewhere.example."]}, {}, Level.FAIL),
        ("reverse_dns", {"a": []}, {}, Level.FAIL),
        ("reverse_dns", {}, {"smtp_host": "192.0.2.4"}, Level.OK),
        ("reverse_dns", {}, {"smtp_host": "127.0.0.1"}, Level.UNCHECKED),
        ("tls", {}, {"encrypts": None}, Level.WARN),
        ("tls", {}, {"encrypts": False}, Level.FAIL),
        ("tls", {}, {"smtp_host": ""}, Level.UNCHECKED),
        ("one_click", {}, {"base_url": "http://mail.shop.example"}, Level.FAIL),
        ("postal_address", {}, {"postal_address": " "}, Level.FAIL),
        ("dkim", {}, {"dkim_name": ""}, Level.FAIL),
    ],
)
def test_each_requirement_fails_by_itself(code, changes, setup, level):
    found = check(zone(**changes), **setup)
    assert found[code].level is level
    others = {one.level for one in found.values() if one.code not in {code, "alignment"}}
    assert others <= {Level.OK, Level.UNCHECKED}


def test_a_name_server_that_does_not_answer_is_no_verdict(monkeypatch):
    monkeypatch.setattr("kikubari.deliver.preflight.resolver._SECONDS", 0.3)
    found = check(zone(dmarc=[SILENT]))
    assert found["dmarc"].level is Level.UNCHECKED
    assert found["spf"].level is Level.OK


@pytest.mark.parametrize("domain", ["", "localhost", "no domain", "a/b", "x" * 300])
def test_what_is_no_domain_is_refused(domain):
    with serving({}) as server, pytest.raises(InvalidInputError):
        check_sender(domain, SETUP, DnsResolver(server))


def test_an_international_domain_is_looked_up_in_its_ascii_form():
    found = check({("_dmarc.xn--wgv71a119e.jp", "TXT"): ['"v=DMARC1; p=none"']}, "日本語.jp")
    assert found["dmarc"].level is Level.OK
