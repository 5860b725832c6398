"""What the installation itself has to offer: a server with a name, TLS, addresses to show."""

from ipaddress import ip_address

from kikubari.deliver.preflight.contracts import Finding, Level, Resolver, SenderSetup

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def check_reverse_dns(setup: SenderSetup, resolver: Resolver) -> Finding:
    """Say whether the addresses that mail leaves from have names that lead back to them."""
    host = setup.smtp_host
    if not host or host in _LOCAL_HOSTS:
        return Finding(
            code="reverse_dns",
            level=Level.UNCHECKED,
            where=host or "KIKUBARI_SMTP_URL",
            en="The server your mail leaves by cannot be seen from here. Check that the name of its"
            " address leads back to that address.",
            ja="送信サーバーをここから確認できません。逆引きと正引きの一致をご確認ください。",
        )
    addresses = [host] if _is_address(host) else list(resolver.list_addresses(host))
    wrong = [one for one in addresses if not _leads_back(one, resolver)]
    is_good = bool(addresses) and not wrong
    return Finding(
        code="reverse_dns",
        level=Level.OK if is_good else Level.FAIL,
        where=host,
        found=", ".join(addresses),
        publish="" if is_good else "PTR " + ", ".join(f"{one} → {host}" for one in wrong),
        en="Addresses and names agree in both directions."
        if is_good
        else "An address has no name that leads back to it: large providers refuse such mail.",
        ja="正引きと逆引きが一致しています。"
        if is_good
        else "逆引きが正引きと一致しないアドレスがあり、大手事業者に拒否されます。",
    )


def _leads_back(address: str, resolver: Resolver) -> bool:
    wanted = ip_address(address)
    return any(
        wanted in {ip_address(one) for one in resolver.list_addresses(name)}
        for name in resolver.list_names(address)
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def check_tls(setup: SenderSetup) -> Finding:
    """Say whether mail is handed over encrypted."""
    is_local = not setup.smtp_host or setup.smtp_host in _LOCAL_HOSTS
    level = Level.OK
    en, ja = "Mail is handed over encrypted.", "暗号化して送信します。"
    if is_local:
        level = Level.UNCHECKED
        en = "Mail is handed to this machine; see that its server uses TLS towards others."
        ja = "このマシン上のサーバーに渡しています。外部へのTLS設定をご確認ください。"
    elif setup.encrypts is None:
        level = Level.WARN
        en = "Mail is encrypted when the server offers it. Ask for it."
        ja = "サーバーが対応する場合のみ暗号化します。必須にしてください。"
    elif not setup.encrypts:
        level = Level.FAIL
        en, ja = "Mail is handed over in the clear.", "暗号化せずに送信しています。"
    return Finding(
        code="tls",
        level=level,
        where="KIKUBARI_SMTP_URL",
        found=setup.smtp_host,
        publish="?starttls=required" if level in {Level.WARN, Level.FAIL} else "",
        en=en,
        ja=ja,
    )


def check_one_click(setup: SenderSetup) -> Finding:
    """Say whether one click can unsubscribe: by an https address."""
    is_good = setup.base_url.startswith("https://")
    return Finding(
        code="one_click",
        level=Level.OK if is_good else Level.FAIL,
        where="KIKUBARI_PUBLIC_URL",
        found=setup.base_url,
        publish="" if is_good else "https://…",
        en="One click unsubscribes."
        if is_good
        else "One-click unsubscribe needs an https address that everybody can reach.",
        ja="ワンクリックで配信停止できます。"
        if is_good
        else "ワンクリック配信停止には、外部から届くhttpsのアドレスが必要です。",
    )


def check_postal_address(setup: SenderSetup) -> Finding:
    """Say whether there is a postal address to show, as the law asks."""
    is_good = bool(setup.postal_address.strip())
    return Finding(
        code="postal_address",
        level=Level.OK if is_good else Level.FAIL,
        where="KIKUBARI_SHOP_ADDRESS",
        found=setup.postal_address,
        publish="" if is_good else "KIKUBARI_SHOP_ADDRESS=…",
        en="Templates can print {{ shop.address }}."
        if is_good
        else "Advertisements must show the advertiser's postal address. Set it, and print"
        " {{ shop.address }}.",
        ja="{{ shop.address }} で住所を表示できます。"
        if is_good
        else "広告メールには住所の表示が必要です。設定し、{{ shop.address }} を入れてください。",
    )
