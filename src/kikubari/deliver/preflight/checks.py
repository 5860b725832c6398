"""The requirements of large mail providers for bulk mail, one by one.

Gmail's and Yahoo's rules of 2024 and Microsoft's of 2025: SPF and DKIM, DMARC with alignment, TLS,
forward and reverse DNS, one-click unsubscribe; and the postal address that the law asks for.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from kikubari.deliver.addresses import to_ascii_domain
from kikubari.deliver.preflight.contracts import (
    Finding,
    Level,
    Resolver,
    SenderNotReadyError,
    SenderReport,
    SenderSetup,
)
from kikubari.deliver.preflight.installation import (
    check_one_click,
    check_postal_address,
    check_reverse_dns,
    check_tls,
)
from kikubari.deliver.preflight.spf import MAX_LOOKUPS, SpfFacts, read_spf
from kikubari.spec.errors import InvalidInputError, UnavailableError

_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)
_POLICIES = frozenset({"none", "quarantine", "reject"})
_FEWEST_LABELS = 2


def check_sender(domain: str, setup: SenderSetup, resolver: Resolver) -> SenderReport:
    """Check everything about mail from a domain.

    Raises:
        InvalidInputError: not a domain name.
    """
    domain = to_ascii_domain(domain)
    if "." not in domain:
        raise InvalidInputError(f"no mail comes from {domain}", hint="Such as shop.example.")
    checks: list[tuple[str, str, Callable[[], Finding]]] = [
        ("spf", setup.return_domain or domain, lambda: _spf(domain, setup, resolver)),
        ("dkim", setup.dkim_name or domain, lambda: _dkim(domain, setup, resolver)),
        ("dmarc", f"_dmarc.{domain}", lambda: _dmarc(domain, resolver)),
        ("alignment", domain, lambda: _alignment(domain, setup, resolver)),
        ("bounces", setup.return_domain or domain, lambda: _bounces(domain, setup, resolver)),
        ("reverse_dns", setup.smtp_host, lambda: check_reverse_dns(setup, resolver)),
        ("tls", "KIKUBARI_SMTP_URL", lambda: check_tls(setup)),
        ("one_click", "KIKUBARI_PUBLIC_URL", lambda: check_one_click(setup)),
        ("postal_address", "KIKUBARI_SHOP_ADDRESS", lambda: check_postal_address(setup)),
    ]
    # Together: a name server that does not answer is waited for once.
    with ThreadPoolExecutor(len(checks)) as pool:
        findings = list(pool.map(lambda one: _guarded(*one), checks))
    is_ready = all(one.level is not Level.FAIL for one in findings)
    return SenderReport(
        domain=domain,
        is_ready=is_ready,
        is_blocked=not (is_ready or setup.is_sandbox),
        is_sandbox=setup.is_sandbox,
        findings=findings,
    )


def refuse_if_not_ready(report: SenderReport) -> None:
    """Let no broadcast go out that large providers would refuse.

    Raises:
        SenderNotReadyError: the sender's mail is blocked; with what to mend.
    """
    if not report.is_blocked:
        return
    failed = [one for one in report.findings if one.level is Level.FAIL]
    raise SenderNotReadyError(
        f"mail from {report.domain} breaks rules of large mail providers: "
        + ", ".join(one.code for one in failed),
        hint=f"kikubari senders check {report.domain} tells what to publish. "
        "An admin may send unchecked and say why.",
        detail=[msgspec.to_builtins(one) for one in failed],
    )


def _guarded(code: str, where: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except UnavailableError as error:
        return Finding(
            code=code,
            level=Level.UNCHECKED,
            where=where,
            found=error.message,
            en="DNS did not answer. Try again.",
            ja="DNSから応答がありません。もう一度お試しください。",
        )


def _spf(domain: str, setup: SenderSetup, resolver: Resolver) -> Finding:
    where = setup.return_domain or domain
    facts = read_spf(where, resolver)
    found = " | ".join(facts.records)
    wanted = "v=spf1 include:YOUR_RELAY -all"
    problem = _spf_problem(facts)
    if problem is None:
        return Finding(
            code="spf",
            level=Level.OK,
            where=where,
            found=found,
            en="One SPF record, within its limits.",
            ja="SPFレコードは1つで、制限内です。",
        )
    level, en, ja = problem
    return Finding(code="spf", level=level, where=where, found=found, publish=wanted, en=en, ja=ja)


def _spf_problem(facts: SpfFacts) -> tuple[Level, str, str] | None:
    if not facts.records:
        return (
            Level.FAIL,
            "There is no SPF record. Publish one that names the servers your mail leaves by.",
            "SPFレコードがありません。送信サーバーを記載したレコードを公開してください。",
        )
    if len(facts.records) > 1:
        return (
            Level.FAIL,
            "There are several SPF records, which counts as an error. Make them one.",
            "SPFレコードが複数あり、エラーとして扱われます。1つにまとめてください。",
        )
    if facts.n_lookups > MAX_LOOKUPS:
        return (
            Level.FAIL,
            "Checking it takes more than ten DNS lookups, which counts as an error. Take some out.",
            "DNS参照が10回を超え、エラーとして扱われます。includeなどを減らしてください。",
        )
    if facts.all_sign == "+":
        return (
            Level.FAIL,
            "It lets everybody send in your name. End it in -all or ~all.",
            "誰でもなりすませる設定です。末尾を -all か ~all にしてください。",
        )
    if facts.all_sign in {"", "?"}:
        return (
            Level.WARN,
            "It does not say who may not send in your name. End it in -all or ~all.",
            "なりすましを拒否していません。末尾を -all か ~all にしてください。",
        )
    return None


def _dkim(domain: str, setup: SenderSetup, resolver: Resolver) -> Finding:
    if not setup.dkim_name:
        return Finding(
            code="dkim",
            level=Level.FAIL,
            where="KIKUBARI_MAIL_DOMAIN",
            publish=domain,
            en="Mail from this domain is not signed: KIKUBARI_MAIL_DOMAIN is another one.",
            ja="このドメインのメールには署名されません。KIKUBARI_MAIL_DOMAINが異なります。",
        )
    texts = resolver.list_texts(setup.dkim_name)
    ours = _tags(setup.dkim_value).get("p", "")
    has_ours = any(_tags(text).get("p", "") == ours for text in texts)
    if has_ours:
        en, ja = "The key that signs your mail is published.", "署名鍵は公開されています。"
    elif texts:
        en = "Another key is published than the one that signs. Replace the record."
        ja = "公開されている鍵が署名鍵と異なります。レコードを差し替えてください。"
    else:
        en = "The key that signs your mail is not published. Add this TXT record."
        ja = "署名鍵が公開されていません。このTXTレコードを追加してください。"
    return Finding(
        code="dkim",
        level=Level.OK if has_ours else Level.FAIL,
        where=setup.dkim_name,
        found=" | ".join(texts),
        publish="" if has_ours else setup.dkim_value,
        en=en,
        ja=ja,
    )


def _dmarc(domain: str, resolver: Resolver) -> Finding:
    name, text = _find_dmarc(domain, resolver)
    policy = _tags(text).get("p", "").lower()
    if policy not in _POLICIES:
        return Finding(
            code="dmarc",
            level=Level.FAIL,
            where=f"_dmarc.{domain}",
            found=text,
            publish=f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}",
            en="There is no valid DMARC record. Begin with p=none and read the reports.",
            ja="有効なDMARCレコードがありません。まず p=none で始め、レポートを確認してください。",
        )
    is_open = policy == "none"
    return Finding(
        code="dmarc",
        level=Level.OK,
        where=name,
        found=text,
        en="A DMARC policy is published."
        + (" p=none suffices; p=quarantine protects your name better." if is_open else ""),
        ja="DMARCポリシーは公開されています。"
        + ("p=none で足りますが、p=quarantine の方がなりすましを防げます。" if is_open else ""),
    )


def _find_dmarc(domain: str, resolver: Resolver) -> tuple[str, str]:
    """Return the name and text of the policy that holds for a domain: its own or a parent's."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - _FEWEST_LABELS + 1)):
        name = "_dmarc." + ".".join(labels[start:])
        for text in resolver.list_texts(name):
            if text.replace(" ", "").lower().startswith("v=dmarc1"):
                return name, text
    return f"_dmarc.{domain}", ""


def _alignment(domain: str, setup: SenderSetup, resolver: Resolver) -> Finding:
    _, policy = _find_dmarc(domain, resolver)
    tags = _tags(policy)
    by_dkim = bool(setup.dkim_name)
    return_domain = (setup.return_domain or domain).lower()
    is_strict = tags.get("aspf", "r").lower() == "s"
    by_spf = return_domain == domain or (not is_strict and _are_related(return_domain, domain))
    if by_dkim and by_spf:
        level, en, ja = (
            Level.OK,
            "The From address agrees with both signature and return path.",
            "Fromアドレスは署名・リターンパスの両方と一致しています。",
        )
    elif by_dkim or by_spf:
        level, en, ja = (
            Level.WARN,
            "The From address agrees with signature or return path only. DMARC asks for no more.",
            "Fromアドレスは署名とリターンパスの一方とのみ一致しています。",
        )
    else:
        level, en, ja = (
            Level.FAIL,
            "The From address agrees with neither signature nor return path: DMARC fails.",
            "Fromアドレスが署名ともリターンパスとも一致せず、DMARCに失敗します。",
        )
    return Finding(
        code="alignment",
        level=level,
        where=domain,
        found=f"From {domain}, return path {return_domain}, signature "
        + (domain if by_dkim else "none"),
        publish="" if level is Level.OK else f"KIKUBARI_BOUNCE_ADDRESS=bounces@bounce.{domain}",
        en=en,
        ja=ja,
    )


def _bounces(domain: str, setup: SenderSetup, resolver: Resolver) -> Finding:
    where = setup.return_domain or domain
    hosts = resolver.list_mail_hosts(where)
    is_reachable = bool(hosts) or bool(resolver.list_addresses(where))
    if not is_reachable:
        return Finding(
            code="bounces",
            level=Level.FAIL,
            where=where,
            publish=f"MX 10 YOUR_MAIL_SERVER at {where}",
            en="Nothing receives mail there, so bounces are lost and some servers refuse yours.",
            ja="この宛先でメールを受信できず、バウンスが失われ、受信拒否の原因になります。",
        )
    if not setup.has_bounce_address:
        return Finding(
            code="bounces",
            level=Level.WARN,
            where="KIKUBARI_BOUNCE_ADDRESS",
            found=", ".join(hosts),
            publish=f"bounces@{domain}",
            en="Bounces go to the From address, and Kikubari does not learn of them.",
            ja="バウンスがFromアドレスに届くため、Kikubariで処理できません。",
        )
    return Finding(
        code="bounces",
        level=Level.OK,
        where=where,
        found=", ".join(hosts),
        en="Bounces can come in.",
        ja="バウンスを受信できます。",
    )


def _are_related(left: str, right: str) -> bool:
    """Say whether two domains are of one owner, as far as names tell: one is within the other."""
    return left.endswith("." + right) or right.endswith("." + left)


def _tags(record: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record; blanks inside of values do not count."""
    pairs = (_TAG.fullmatch(part.strip()) for part in record.split(";"))
    return {m[1].lower(): "".join(m[2].split()) for m in pairs if m}
