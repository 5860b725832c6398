"""The demo shop as a whole: reads the real sales, simulates the rest, writes the files."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from kikubari.demo import files
from kikubari.demo.agreements import consent_rows, suppression_rows
from kikubari.demo.articles import list_articles
from kikubari.demo.behaviour import Behaviour
from kikubari.demo.catalogue import build_catalogue
from kikubari.demo.contracts import DemoFile, DemoShop, Progress
from kikubari.demo.people import invent_people, invent_prospects, list_buyers
from kikubari.demo.restocking import plan_restocking
from kikubari.demo.sessions import plan_sessions
from kikubari.demo.source import DAY_SECONDS, read_sales
from kikubari.demo.stores import last_visits, plan_visits
from kikubari.demo.telling import plan_telling
from kikubari.demo.visitors import plan_visitors
from kikubari.kit.instants import EPOCH

DEFAULT_SEED = 20101201
VISITORS = "visitors.jsonl"
_Step = tuple[str, str, Callable[[Path], int]]


def write_demo_shop(
    folder: Path,
    *,
    newest_on: date,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> DemoShop:
    """Write the import files of the demo shop into a folder, made when missing.

    The same day and seed give the same bytes.

    Args:
        folder: where to write; files of the same name are replaced.
        newest_on: the shop's day on which the newest order falls (yesterday, for a fresh shop).
        seed: of everything that is simulated.
        progress: told after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    steps, visitors = _plan(newest_on, seed)
    written = []
    for done, (kind, name, write) in enumerate(steps, start=1):
        path = folder / name
        written.append(DemoFile(kind=kind, path=path, rows=write(path)))
        if progress:
            progress(done, len(steps), name)
    path = folder / VISITORS
    files.write_visitors(path, visitors)
    return DemoShop(files=tuple(written), visitors=path)


def _plan(newest_on: date, seed: int) -> tuple[list[_Step], Iterator[dict[str, Any]]]:
    """Return kind, name and writer of each file, in the order of import, and visitors' messages."""
    newest_day = (newest_on - EPOCH.date()).days
    evening = newest_day * DAY_SECONDS + 22 * 3600
    sales = read_sales(newest_on)
    products = build_catalogue(sales, seed)
    buyers = [*list_buyers(sales, products), *invent_prospects(newest_day, seed)]
    people = invent_people(buyers, newest_on, seed)
    visits = plan_visits(people, newest_day, seed)
    latest = last_visits(visits)
    consents = list(consent_rows(people, evening, seed))
    suppressions = suppression_rows(people, evening, seed)
    sessions = plan_sessions(people, sales, visits, newest_day, seed)
    behaviour = Behaviour(sales, products, seed)
    told = plan_telling(people, products, newest_day=newest_day, seed=seed)
    restocking = plan_restocking(products, seed)
    visitors = plan_visitors(people, consents, products, seed)
    articles = list_articles(newest_on)
    steps: list[_Step] = [
        ("products", "products.csv", lambda to: files.write_products(to, products)),
        ("products", "articles.csv", lambda to: files.write_articles(to, articles)),
        (
            "customers",
            "customers_ja.csv",
            lambda to: files.write_customers(to, people, latest, "ja"),
        ),
        (
            "customers",
            "customers_en.csv",
            lambda to: files.write_customers(to, people, latest, "en"),
        ),
        ("consents", "consents.csv", lambda to: files.write_consents(to, consents)),
        ("suppressions", "suppressions.csv", lambda to: files.write_suppressions(to, suppressions)),
        ("orders", "orders.csv", lambda to: files.write_orders(to, sales, products)),
        ("events", "events.jsonl", lambda to: files.write_events(to, sessions, behaviour, told)),
        ("products", "restocking.csv", lambda to: files.write_restocking(to, restocking)),
    ]
    return steps, visitors
