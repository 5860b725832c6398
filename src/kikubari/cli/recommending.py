"""`kikubari recommend`: lists for a customer of this shop, or from any file of purchases."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kikubari.app import Settings
from kikubari.app.recommending import (
    MODES,
    STRATEGIES,
    HistoryFile,
    evaluate_file,
    export_file,
)
from kikubari.cli.connection import connect
from kikubari.cli.output import as_json_option, show

_COLUMNS = ("ranking", "NDCG@10", "recall@10", "coverage", "novelty", "blend's gain")


@click.group()
def recommend() -> None:
    """What to recommend, and how good it is."""


def _about_a_file(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name a file of purchases and what is asked of it."""

    @wraps(command)
    def gathered(history: Path, as_of: str, mode: str, **others: object) -> None:
        names = tuple(str(others.pop(f"{name}_column")) for name in _NAMES)
        asked = HistoryFile(
            path=history,
            columns=(names[0], names[1], names[2], names[3]),
            as_of=as_of,
            mode=mode,
            horizon=str(others.pop("horizon")),
            seed=int(str(others.pop("draw_seed"))),
        )
        command(asked, **others)

    options = [
        click.option(
            "--history",
            required=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Parquet or CSV: a line per product bought.",
        ),
        click.option("--as-of", required=True, help="Date, or time with zone; UTC without."),
        click.option(
            "--mode",
            type=click.Choice(MODES),
            default="all",
            show_default=True,
            help="Everything, or only what a customer has never bought.",
        ),
        click.option(
            "--seed",
            "draw_seed",
            type=click.IntRange(0),
            default=0,
            show_default=True,
            help="Of all draws: the same file and seed give the same answer.",
        ),
        *(
            click.option(
                f"--{name}-column",
                default=name,
                show_default=True,
                help=f"What the {name} is called in the file.",
            )
            for name in _NAMES
        ),
    ]
    for option in reversed(options):
        gathered = option(gathered)
    return gathered


_NAMES = ("customer", "item", "time", "value")


@recommend.command()
@_about_a_file
@click.option("--horizon", required=True, help="How far ahead: 7d, 4w.")
@as_json_option
def evaluate(asked: HistoryFile, *, as_json: bool) -> None:
    """Recommend as of an instant and hold it against what was bought after it."""
    found = evaluate_file(asked)
    if as_json:
        show(found, as_json=True)
        return
    click.echo(
        f"{found.n_customers:,} customers, {found.n_items:,} items;"
        f" ranked by {found.chosen}, ready in {found.seconds_to_fit:.0f} s,"
        f" seed {found.seed}"
    )
    _tell_skipped(found.n_skipped)
    lines = [
        {
            "ranking": one.ranking,
            "NDCG@10": _told(one.ndcg),
            "recall@10": _told(one.recall),
            "coverage": _told(one.coverage),
            "novelty": _told(one.novelty, digits=2),
            "blend's gain": _told(one.gain) if one.gain else "",
        }
        for one in found.scores
    ]
    show(lines, as_json=False, columns=_COLUMNS)


@recommend.command()
@_about_a_file
@click.option("--horizon", default="", help="How far ahead; by default the history says.")
@click.option(
    "--k",
    "limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="Items per customer.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Parquet or CSV file to write.",
)
@as_json_option
def export(asked: HistoryFile, *, limit: int, out: Path, as_json: bool) -> None:
    """Write the best items of every customer: customer, item, rank, score, reason."""
    found = export_file(asked, out, limit=limit)
    if as_json:
        show(found, as_json=True)
        return
    click.echo(
        f"{found.n_rows:,} rows for {found.n_customers:,} customers,"
        f" {found.horizon_days:g} days ahead, ranked by {found.chosen}"
    )
    _tell_skipped(found.n_skipped)


@recommend.command("show")
@click.argument("customer")
@click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    default=STRATEGIES[0],
    show_default=True,
    help="What the list is meant to do.",
)
@click.option("--seed", "seeds", multiple=True, help="A product the list goes out from.")
@click.option(
    "--limit", type=click.IntRange(1, 50), default=4, show_default=True, help="Items at most."
)
@click.option("--ja", "is_ja", is_flag=True, help="Titles and reasons in Japanese.")
@as_json_option
@click.pass_obj
def show_customer(
    settings: Settings,
    customer: str,
    *,
    strategy: str,
    seeds: tuple[str, ...],
    limit: int,
    is_ja: bool,
    as_json: bool,
) -> None:
    """Show what a customer would be recommended now, and why; nothing is sent."""
    asked = {"profile": customer, "strategy": strategy, "seeds": seeds, "limit": limit}
    with connect(settings) as client:
        answer = client.post("/api/recommendations", asked)
    if as_json:
        show(answer, as_json=True)
        return
    language = "ja" if is_ja else "en"
    lines = [
        {
            "product": one["product"]["product_id"],
            "title": (is_ja and one["product"]["title_ja"]) or one["product"]["title"],
            "strategy": one["strategy"],
            "why": one["reason"][language],
        }
        for one in answer["items"]
    ]
    show(lines, as_json=False, columns=("product", "title", "strategy", "why"))


@recommend.command("suggestions")
@click.argument("customer")
@click.option(
    "--kind",
    type=click.Choice(["categories", "searches"]),
    default="categories",
    show_default=True,
    help="What to suggest.",
)
@click.option(
    "--limit", type=click.IntRange(1, 50), default=6, show_default=True, help="Lines at most."
)
@click.option("--ja", "is_ja", is_flag=True, help="Names and reasons in Japanese.")
@as_json_option
@click.pass_obj
def suggest_to_customer(
    settings: Settings, customer: str, *, kind: str, limit: int, is_ja: bool, as_json: bool
) -> None:
    """Show which categories or searches suit a customer now, and why."""
    asked = {"profile": customer, "kind": kind, "limit": limit}
    with connect(settings) as client:
        found = client.post("/api/recommendations/suggestions", asked)
    if as_json:
        show(found, as_json=True)
        return
    lines = [
        {
            "name": (is_ja and one["name_ja"]) or one["name"],
            "why": one["ja" if is_ja else "en"],
        }
        for one in found
    ]
    show(lines, as_json=False, columns=("name", "why"))


@recommend.command("audience")
@click.argument("product")
@click.option(
    "--size",
    type=click.IntRange(1, 10_000),
    default=1_000,
    show_default=True,
    help="People at most.",
)
@click.option(
    "--shown",
    type=click.IntRange(0, 100),
    default=10,
    show_default=True,
    help="How many of them to tell one by one.",
)
@click.option("--name", help="Keep them as a list of this name.")
@click.option("--ja", "is_ja", is_flag=True, help="Reasons in Japanese.")
@as_json_option
@click.pass_obj
def find_audience(
    settings: Settings,
    product: str,
    *,
    size: int,
    shown: int,
    name: str | None,
    is_ja: bool,
    as_json: bool,
) -> None:
    """Find who would most likely want a product, also one that nobody has bought yet."""
    asked = {"product": product, "size": size}
    with connect(settings) as client:
        found = client.post("/api/recommendations/audience", {**asked, "shown": shown})
        if name is not None:
            kept = client.post("/api/recommendations/audience/list", {**asked, "name": name})
            found["list_id"] = kept["list_id"]
    if as_json:
        show(found, as_json=True)
        return
    strengths = ", ".join(f"{count:,} {name}" for name, count in found["by_strength"].items())
    more = " of the first looked at" if found["is_more"] else ""
    click.echo(f"{found['n_found']:,} people{more}: {strengths}. Chosen: {found['n_chosen']:,}.")
    if found["list_id"]:
        click.echo(f"Kept as the list {found['list_id']}.")
    lines = [{**one, "why": one["reason"]["ja" if is_ja else "en"]} for one in found["people"]]
    show(lines, as_json=False, columns=("profile_id", "name", "strength", "why"))


def _tell_skipped(n_lines: int) -> None:
    if n_lines:
        click.echo(f"{n_lines:,} lines without customer, item or time were left out")


def _told(figure: Any, digits: int = 4) -> str:
    """Return a mean with its interval."""
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"
