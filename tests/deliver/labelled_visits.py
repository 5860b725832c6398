"""Requests about mails as scanners, proxies, previews and people make them, each labelled.

Made by a seed from what vendors and administrators have published of their programs: Safe Links
and detonation from several addresses, checks at the moment of a click, gateways that follow all
links in a row or at once, Apple's and Gmail's image proxies, previews of shared links.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kikubari.deliver.visits import Act, Visit

SENT_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
N_LINKS = 8

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{0}.0.0.0 Safari/537.36"
)
EDGE = CHROME + " Edg/{0}.0.1264.77"
IE = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAFARI = MAC + " Version/17.1 Safari/605.1.15"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Mobile Safari/537.36"
)
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.6.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TEXT_BROWSERS = [
    "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.1",
    "w3m/0.5.3+git20230121",
    "ELinks/0.16.1.1 (textmode; Linux; 80x24-2)",
    "Links (2.28; Linux 6.1.0 x86_64; GNU C 12.2; text)",
]
PREVIEWS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    SAFARI + " facebookexternalhit/1.1 Facebot Twitterbot/1.0",
]


class Labelled(NamedTuple):
    """A request, which link it was for, and who made it."""

    act: Act
    link: int
    visit: Visit
    is_machine: bool


Maker = Callable[[random.Random], Iterator[Labelled]]


def _visit(after: float, agent: str, network: str, **more: object) -> Visit:
    at = SENT_AT + timedelta(seconds=after)
    return Visit(at=at, user_agent=agent, network=network, **more)  # type: ignore[arg-type]


def _by(is_machine: bool, act: Act, after: float, agent: str, network: str, link: int = -1,  # noqa: PLR0917
        **more: object) -> Labelled:  # fmt: skip
    return Labelled(act, link, _visit(after, agent, network, **more), is_machine)


def _network(rng: random.Random, first: int) -> str:
    return f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.0/24"


# Programs.


def detonation(rng: random.Random) -> Iterator[Labelled]:
    """Several machines of one cloud open the mail and follow all that is in it, within seconds."""
    start = rng.uniform(3, 120)
    fleet = [
        (_network(rng, 40), rng.choice([CHROME, EDGE]).format(rng.choice([103, 109, 118])))
        for _ in range(rng.choice([1, 2, 4]))
    ]
    network, agent = fleet[0]
    yield _by(True, Act.OPEN, start, agent, network)
    yield _by(True, Act.TRAP, start + rng.uniform(0, 0.5), agent, network)
    for link in range(N_LINKS):
        network, agent = rng.choice(fleet)
        yield _by(True, Act.CLICK, start + rng.uniform(0, 1.5), agent, network, link)


def check_at_click(rng: random.Random) -> Iterator[Labelled]:
    """A service looks at the link the moment somebody follows it, then lets them."""
    at, link = rng.uniform(60, 86_400), rng.randrange(N_LINKS)
    yield _by(True, Act.CLICK, at, CHROME.format(109), _network(rng, 52), link)
    agent = rng.choice([CHROME.format(120), IPHONE, FIREFOX])
    yield _by(False, Act.CLICK, at + rng.uniform(0.3, 4), agent, _network(rng, 81), link)


def gateway_in_a_row(rng: random.Random) -> Iterator[Labelled]:
    """An appliance follows every link, one after the other, as an ordinary browser."""
    at, network = rng.uniform(4, 60), _network(rng, 64)
    agent = rng.choice([CHROME.format(99), IE, EDGE.format(110)])
    yield _by(True, Act.TRAP, at, agent, network)
    for link in range(N_LINKS):
        at += rng.uniform(0.15, 1.1)
        yield _by(True, Act.CLICK, at, agent, network, link)


def gateway_at_once(rng: random.Random) -> Iterator[Labelled]:
    """A rewriting service fetches what can be seen, at once; it leaves hidden links alone."""
    at, network = rng.uniform(3, 40), _network(rng, 67)
    agent = rng.choice([IE, CHROME.format(87)])
    for link in range(rng.choice([3, 5, N_LINKS])):
        yield _by(True, Act.CLICK, at, agent, network, link)
        at += rng.expovariate(1 / 0.05)


def gateway_by_name(rng: random.Random) -> Iterator[Labelled]:
    """Those that say who they are, or that they only ask for headers."""
    at, network = rng.uniform(3, 600), _network(rng, 91)
    agent, method = rng.choice(
        [
            ("Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", "GET"),
            ("Mimecast-URL-Protect/1.0", "GET"),
            ("Mozilla/5.0 (compatible; Proofpoint URL Defense)", "GET"),
            ("python-requests/2.31", "GET"),
            (CHROME.format(90), "HEAD"),
        ]
    )
    for link in range(rng.choice([1, 2, N_LINKS])):
        at += rng.uniform(0.2, 3)
        yield _by(True, Act.CLICK, at, agent, network, link, method=method)
        if method == "HEAD":
            yield _by(True, Act.CLICK, at + 0.2, agent, network, link)


def at_the_door(rng: random.Random) -> Iterator[Labelled]:
    """A gateway looks before it lets the mail in, and goes on for a while."""
    at, network = rng.uniform(0.1, 1.5), _network(rng, 12)
    for link in range(rng.choice([2, 4])):
        yield _by(True, Act.CLICK, at, CHROME.format(104), network, link)
        at += rng.uniform(0.3, 2)


def image_proxies(rng: random.Random) -> Iterator[Labelled]:
    """Apple's, Gmail's and Yahoo's proxies fetch images, whether anybody looks or not."""
    agent = rng.choice(
        [
            "Mozilla/5.0",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        ]
    )
    for _ in range(rng.choice([1, 1, 2])):
        yield _by(True, Act.OPEN, rng.uniform(3, 80_000), agent, _network(rng, 17))


def previews(rng: random.Random) -> Iterator[Labelled]:
    """Somebody shares a link from the mail, and the place where they do shows what it is."""
    at, link = rng.uniform(60, 80_000), rng.randrange(N_LINKS)
    yield _by(True, Act.CLICK, at, rng.choice(PREVIEWS), _network(rng, 54), link)
    browser = rng.choice([CHROME.format(120), SAFARI])
    prefetch = rng.random() < 0.3
    if prefetch:
        yield _by(True, Act.CLICK, at + 60, browser, "203.0.113.0/24", link, is_prefetch=True)
        yield _by(False, Act.CLICK, at + 61, browser, "203.0.113.0/24", link)


def patient_gateway(rng: random.Random) -> Iterator[Labelled]:
    """Takes its time, says it is a browser and leaves hidden links alone: nothing tells it."""
    at, network = rng.uniform(20, 600), _network(rng, 13)
    for link in range(2):
        yield _by(True, Act.CLICK, at, CHROME.format(108), network, link)
        at += rng.uniform(2, 30)


# People.


def fast_reader(rng: random.Random) -> Iterator[Labelled]:
    """Opens the mail as it arrives, and follows one link at once."""
    agent, network = rng.choice([IPHONE, ANDROID, CHROME.format(121)]), _network(rng, 81)
    at = rng.uniform(2.5, 9)
    yield _by(False, Act.OPEN, at, agent, network)
    link = rng.randrange(N_LINKS)
    yield _by(False, Act.CLICK, at + rng.uniform(1, 6), agent, network, link)


def double_click(rng: random.Random) -> Iterator[Labelled]:
    """Clicks twice, by habit, and comes back for another link."""
    agent, network = rng.choice([THUNDERBIRD, CHROME.format(119), IE]), _network(rng, 82)
    at, link = rng.uniform(30, 86_400), rng.randrange(N_LINKS)
    yield _by(False, Act.CLICK, at, agent, network, link)
    yield _by(False, Act.CLICK, at + rng.uniform(0.05, 0.4), agent, network, link)
    other = (link + 1) % N_LINKS
    yield _by(False, Act.CLICK, at + rng.uniform(3, 90), agent, network, other)


def corporate_proxy(rng: random.Random) -> Iterator[Labelled]:
    """Works behind the one address of a large company, with the browser all have there."""
    agent, network = EDGE.format(120), "198.51.100.0/24"
    at = rng.uniform(20, 40_000)
    yield _by(False, Act.OPEN, at, agent, network)
    for _ in range(rng.choice([1, 2, 3])):
        at += rng.uniform(1.2, 40)
        yield _by(False, Act.CLICK, at, agent, network, rng.randrange(N_LINKS))


def text_browser(rng: random.Random) -> Iterator[Labelled]:
    """Reads mail in a terminal."""
    agent, network = rng.choice(TEXT_BROWSERS), _network(rng, 83)
    at = rng.uniform(60, 80_000)
    for _ in range(rng.choice([1, 2])):
        at += rng.uniform(2, 60)
        yield _by(False, Act.CLICK, at, agent, network, rng.randrange(N_LINKS))


def many_tabs(rng: random.Random) -> Iterator[Labelled]:
    """Opens whatever looks good in tabs, about one a second, now and then two in half of one."""
    agent, network = rng.choice([CHROME.format(120), FIREFOX, SAFARI]), _network(rng, 84)
    at = rng.uniform(20, 80_000)
    yield _by(False, Act.OPEN, at, agent, network)
    for link in sorted(rng.sample(range(N_LINKS), rng.choice([3, 5, 7]))):
        at += max(0.3, rng.lognormvariate(0, 0.5))
        yield _by(False, Act.CLICK, at, agent, network, link)


def two_devices(rng: random.Random) -> Iterator[Labelled]:
    """Reads on the phone, and later at the desk; or hands the mail on to somebody."""
    at = rng.uniform(20, 40_000)
    for agent, first in ((IPHONE, 85), (MAC, 86)):
        network = _network(rng, first)
        yield _by(False, Act.OPEN, at, agent, network)
        link = rng.randrange(N_LINKS)
        yield _by(False, Act.CLICK, at + rng.uniform(1, 60), agent, network, link)
        at += rng.uniform(30, 40_000)


PROGRAMS: list[Maker] = [
    detonation, check_at_click, gateway_in_a_row, gateway_at_once, gateway_by_name, at_the_door,
    image_proxies, previews,
]  # fmt: skip
PEOPLE: list[Maker] = [
    fast_reader, double_click, corporate_proxy, text_browser, many_tabs, two_devices,
]  # fmt: skip


def make_messages(seed: int, n_each: int = 45) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the requests about one message after the other, in the order of time, by maker."""
    rng = random.Random(seed)
    for maker in [*PROGRAMS, *PEOPLE, patient_gateway]:
        n_messages = n_each + 30 if maker in PEOPLE else n_each
        for _ in range(3 if maker is patient_gateway else n_messages):
            yield maker.__name__, sorted(maker(rng), key=lambda one: one.visit.at)
