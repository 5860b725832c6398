"""`kikubari recipe`: ready-made journeys."""

from typing import Any

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show

_COLUMNS = ("id", "name", "messages", "ready", "missing")


@click.group()
def recipe() -> None:
    """Recipes: ready-made journeys, and whether your data is enough for them."""


@recipe.command("list")
@click.option(
    "--language",
    type=click.Choice(["ja", "en"]),
    default="en",
    show_default=True,
    help="Of the names.",
)
@as_json_option
@click.pass_obj
def list_recipes(settings: Settings, *, language: str, as_json: bool) -> None:
    """List all recipes, and what they lack."""
    with connect(settings) as client:
        found = client.get("/api/recipes")
    lines = found if as_json else [_line(one, language) for one in found]
    show(lines, as_json=as_json, columns=_COLUMNS)


@recipe.command("show")
@click.argument("recipe_id")
@as_json_option
@click.pass_obj
def show_recipe(settings: Settings, recipe_id: str, *, as_json: bool) -> None:
    """Show a recipe: what it needs, what it sends, the journey that it makes."""
    with connect(settings) as client:
        show(client.get(in_path("/api/recipes", recipe_id)), as_json=as_json)


@recipe.command("install")
@click.argument("recipe_id")
@click.option(
    "--language",
    type=click.Choice(["ja", "en"]),
    default="en",
    show_default=True,
    help="Of its name, and of who has no language of their own.",
)
@click.option("--name", default="", help="Of the journey; the recipe's own by default.")
@click.option("--from-address", default="", help="Who its messages are from; the shop by default.")
@click.option("--from-name", default="", help="Their name.")
@click.option("--topic", default="", help="Id of what its messages are about.")
@click.option("--offer", default="", help="Id of the offer whose codes it brings.")
@click.option("--second-offer", default="", help="Id of another, where it has a place for two.")
@click.option("--variant", default="", help="Which of its ways, where it has several.")
@as_json_option
@click.pass_obj
def install(
    settings: Settings,
    recipe_id: str,
    *,
    language: str,
    name: str,
    from_address: str,
    from_name: str,
    topic: str,
    offer: str,
    second_offer: str,
    variant: str,
    as_json: bool,
) -> None:
    """Make a draft of a recipe; nobody enters before it is published."""
    body: dict[str, Any] = {
        "language": language,
        "name": name,
        "topic": topic,
        "offer": offer,
        "second_offer": second_offer,
        "variant": variant,
    }
    if from_address:
        body["sender"] = {"from_address": from_address, "from_name": from_name}
    with connect(settings) as client:
        draft = client.post(in_path("/api/recipes", recipe_id, "install"), body)
    shown = draft if as_json else {"id": draft["journey_id"], "name": draft["definition"]["name"]}
    show(shown, as_json=as_json)


def _line(one: dict[str, Any], language: str) -> dict[str, Any]:
    missing = [need["need"]["name"] for need in one["needs"] if not need["is_met"]]
    return {
        "id": one["id"],
        "name": one["name"][language],
        "messages": one["messages"],
        "ready": "yes" if one["is_ready"] else "no",
        "missing": ", ".join(missing),
    }
