"""What is nothing for a customer: said by one press beside a recommended product, and taken back.

Scanners fetch every link of a mail, so looking says nothing; the button does.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.reader import choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import Standing, answer_unknown, find_customer
from kikubari.catalog import Product
from kikubari.events import append_in
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import (
    INTERNAL_SOURCE_ID,
    RECOMMENDATION_DISMISSED,
    RECOMMENDATION_RESTORED,
)

Form = URLEncodedBody[dict[str, str]]
_NOT_FOUND = 404
_FIELD = "nothing."
_SHOWN = "told.nothing."
# Of a product, and of all goods of its category.
_WHAT = ("product", "category")


class Dismissed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is nothing for a customer, as the preference page shows it.

    Attributes:
        name: id of the product, or the category.
        words: what it is called in the reader's language.
        is_category: all goods of it are meant.
    """

    name: str
    words: str
    is_category: bool

    @property
    def field(self) -> str:
        """Its box in the form."""
        return f"{_FIELD}{self.name}"


@get("/p/{token:str}/not-for-me", sync_to_thread=True)
def show_not_for_me(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask whether the product, or all of its category, is nothing for them."""
    return _answer(request, services, token, {})


@post("/p/{token:str}/not-for-me", status_code=200, sync_to_thread=True)
def say_not_for_me(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Keep what the button says: it ends from now on, or may be shown again."""
    return _answer(request, services, token, data)


def _answer(
    request: PageRequest, services: Services, token: str, data: Mapping[str, str]
) -> Response[Any]:
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    item = str(request.query_params.get("item", ""))
    product = services.catalog.load_products([item]).get(item) if item else None
    if product is None:
        nothing: dict[str, Any] = {"token": token, "product": None}
        return render(request, "not_for_me.html", nothing, status=_NOT_FOUND)
    said, is_restored = _read(product, data)
    if said is not None:
        topic = RECOMMENDATION_RESTORED if is_restored else RECOMMENDATION_DISMISSED
        _record(services, standing, topic, said)
    is_ja = choose_language(request) == "ja"
    category = _category_of(product)
    names = {
        "product": _title_of(product, is_ja=is_ja),
        "category": (is_ja and product.category_ja) or category,
    }
    values = {
        "token": token,
        "product": product,
        "names": names,
        "said": said and ("product" if "product_id" in said else "category"),
        "is_restored": is_restored,
    }
    return render(request, "not_for_me.html", values)


def list_dismissed(
    request: PageRequest, services: Services, standing: Standing
) -> Sequence[Dismissed]:
    """Return what a customer said is nothing for them, by its words."""
    names = services.recommending.list_dismissed(standing.number)
    products = services.catalog.load_products(names)
    is_ja = choose_language(request) == "ja"
    found = [
        Dismissed(
            name=name,
            words=_title_of(products[name], is_ja=is_ja)
            if name in products
            else (is_ja and services.recommending.shelf.category_ja(name)) or name,
            is_category=name not in products,
        )
        for name in names
    ]
    return sorted(found, key=lambda one: (one.is_category, one.words))


def save_dismissed(
    services: Services,
    standing: Standing,
    dismissed: Iterable[Dismissed],
    data: Mapping[str, str],
) -> list[Dismissed]:
    """Take back what the form shows with its box cleared; returns what stays."""
    left = []
    for one in dismissed:
        if f"{_SHOWN}{one.name}" in data and one.field not in data:
            about = {"category" if one.is_category else "product_id": one.name}
            _record(services, standing, RECOMMENDATION_RESTORED, about)
        else:
            left.append(one)
    return left


def _read(product: Product, data: Mapping[str, str]) -> tuple[dict[str, str] | None, bool]:
    """Return what a form is about, as events say it, and whether it takes it back."""
    what, is_restored = data.get("what", ""), data.get("again", "") == "yes"
    if what not in _WHAT:
        return None, False
    if what == "product":
        return {"product_id": product.product_id}, is_restored
    category = _category_of(product)
    return ({"category": category} if category else None), is_restored


def _record(services: Services, standing: Standing, topic: str, about: Mapping[str, str]) -> None:
    now = services.clock.now()
    event = Event(
        message_id=f"not-for-me:{standing.mailed.message_id}:{to_micros(now)}:{len(topic)}:"
        f"{next(iter(about.values()))[:100]}",
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=now,
        received_at=now,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=standing.mailed.number,
        properties={**about, "message_id": standing.mailed.message_id},
    )
    services.store.write(lambda connection: append_in(connection, [event]))


def _category_of(product: Product) -> str:
    return " > ".join(product.category_path) or product.category or ""


def _title_of(product: Product, *, is_ja: bool) -> str:
    title = product.title or product.title_ja or product.product_id
    return (product.title_ja or title) if is_ja else title
