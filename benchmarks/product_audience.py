"""Audiences for new products on real launches, beside customers who buy most often or most lately.

    python benchmarks/product_audience.py FOLDER   # online_retail and complete_journey in it

A launch is a product sold for the first time within four weeks after a day. All customers known
by that day are ranked by what lies before it; whoever buys the product within eight weeks of its
first sale was right to be chosen. Gains are means over launches with their 95 % interval.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from kikubari.catalog import Product
from kikubari.decide.recommend.kin import HALF_LIFE_DAYS, Deed, Deeds, find_kin, wanting
from kikubari.decide.recommend.shelf import Shelf

_WINDOWS = {
    "online_retail": ((110, 138, 166, 194), (222, 250)),
    "complete_journey": ((150, 190), (220,)),
}
_LAUNCHED_DAYS, _HORIZON_DAYS = 28, 56
_FEWEST_BUYERS = {"online_retail": 20, "complete_journey": 12}
_FIRST = 100
_NEAR, _AKIN = 0.5, 0.25
_RANKINGS = ("audience", "most orders", "most recent order", "most lines")


def main() -> None:
    """Print precision and AUC of each ranking, and how many of each strength bought."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, groups in _WINDOWS.items():
        lines, products = _READERS[name](folder / name)
        for days in groups:
            found = [
                one for day in days for one in _launches(lines, products, day, _FEWEST_BUYERS[name])
            ]
            _tell(f"{name}, from days {days}", found)


def _launches(
    lines: pd.DataFrame, products: dict[str, Product], day: int, fewest: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield of each launch the figures of every ranking, and buyers and people by strength."""
    shelf = Shelf(products.values())
    prices = lines.groupby("item")["price"].median().to_dict()
    first = lines.groupby("item")["day"].min()
    past, later = lines[lines["day"] < day], lines[lines["day"] >= day]
    people, person = np.unique(past["customer"], return_inverse=True)
    age = (day - past["day"]).to_numpy()
    faded = np.exp2(-age / HALF_LIFE_DAYS)
    activity = np.bincount(person, weights=faded)
    baskets = past.drop_duplicates(["customer", "basket"])["customer"]
    orders = np.bincount(np.searchsorted(people, baskets), minlength=len(people)).astype(float)
    last = np.full(len(people), np.inf)
    np.minimum.at(last, person, age)
    simple = (orders - last / 1e4, -last + orders / 1e4, np.bincount(person).astype(float))
    for item in first[(first >= day) & (first < day + _LAUNCHED_DAYS)].index:
        within = later[(later["item"] == item) & (later["day"] < first[item] + _HORIZON_DAYS)]
        is_buyer = np.isin(people, within["customer"])
        if is_buyer.sum() < fewest:
            continue
        kin = find_kin(shelf, products[item], prices)
        place = past["item"].map({name: at for at, name in enumerate(kin.ids)}).to_numpy(float)
        is_kin = ~np.isnan(place)
        bought = np.full(int(is_kin.sum()), int(Deed.BOUGHT))
        deeds = Deeds(person[is_kin], place[is_kin].astype(np.int64), bought, faded[is_kin])
        scores = wanting(deeds.worth(kin), deeds.person, activity, float(activity.sum()))
        nearest = np.zeros(len(people))
        np.maximum.at(nearest, deeds.person, kin.likeness[deeds.kin])
        rank = (nearest >= _NEAR).astype(int) + (nearest >= _AKIN)
        by_strength = [(is_buyer[rank == one].sum(), (rank == one).sum()) for one in range(3)]
        figures = [_judge(one, is_buyer) for one in (scores, *simple)]
        yield np.array(figures), np.array(by_strength)


def _judge(scores: np.ndarray, is_buyer: np.ndarray) -> tuple[float, float]:
    """Return precision among the first and AUC."""
    best = np.argsort(-scores, kind="stable")[:_FIRST]
    ranks = pd.Series(scores).rank().to_numpy()
    n_buyers = int(is_buyer.sum())
    wins = ranks[is_buyer].sum() - n_buyers * (n_buyers + 1) / 2
    return float(is_buyer[best].mean()), float(wins / (n_buyers * (len(scores) - n_buyers)))


def _tell(name: str, found: list[tuple[np.ndarray, np.ndarray]]) -> None:
    figures = np.array([one for one, _ in found])
    print(f"{name}: {len(found)} launches")
    for at, ranking in enumerate(_RANKINGS):
        precision, auc = figures[:, at].mean(axis=0)
        gain = figures[:, 0, 0] - figures[:, at, 0]
        half = 1.96 * gain.std(ddof=1) / np.sqrt(len(gain))
        print(
            f"  {ranking}: precision {precision:.3f}, AUC {auc:.3f}; gain over it"
            f" {gain.mean():.3f} ({gain.mean() - half:.3f} to {gain.mean() + half:.3f})"
        )
    bought = np.sum([one for _, one in found], axis=0)
    shares = bought[:, 0] / bought[:, 1]
    print("  bought of slight, fair, strong:", ", ".join(f"{one:.4f}" for one in shares))


def _read_online_retail(folder: Path) -> tuple[pd.DataFrame, dict[str, Product]]:
    raw = pd.read_parquet(folder / "online_retail.parquet")
    is_sale = raw["CustomerID"].notna() & ~raw["InvoiceNo"].astype(str).str.startswith("C")
    is_goods = raw["StockCode"].astype(str).str.match(r"^\d{5}")
    raw = raw[is_sale & is_goods & (raw["Quantity"] > 0) & (raw["UnitPrice"] > 0)]
    since = pd.to_datetime(raw["InvoiceDate"]) - pd.Timestamp("2010-12-01")
    lines = pd.DataFrame(
        {
            "customer": raw["CustomerID"].astype(int),
            "item": raw["StockCode"].astype(str),
            "day": since.dt.total_seconds() / 86_400,
            "basket": raw["InvoiceNo"].astype(str),
            "price": raw["UnitPrice"].astype(float),
            "title": raw["Description"],
        }
    ).drop_duplicates(["customer", "item", "basket"])
    titles = lines.groupby("item")["title"].first()
    return lines, {item: _product(item, title, ()) for item, title in titles.items()}


def _read_complete_journey(folder: Path) -> tuple[pd.DataFrame, dict[str, Product]]:
    raw = pd.read_parquet(folder / "transactions.parquet")
    known = pd.read_parquet(folder / "products.parquet").fillna("")
    at = pd.to_datetime(raw["transaction_timestamp"]).dt.tz_localize(None)
    lines = pd.DataFrame(
        {
            "customer": raw["household_id"].astype(int),
            "item": raw["product_id"].astype(str),
            "day": (at - pd.Timestamp("2017-01-01")).dt.total_seconds() / 86_400,
            "basket": raw["basket_id"].astype(str),
            "price": raw["sales_value"] / raw["quantity"].clip(lower=1),
        }
    ).drop_duplicates(["customer", "item", "basket"])
    known["item"] = known["product_id"].astype(str)
    sold = known[known["item"].isin(lines["item"].unique())]
    products = {
        row.item: _product(
            row.item,
            f"{row.product_type} {row.package_size}",
            (row.department, row.product_category),
            str(row.manufacturer_id),
        )
        for row in sold.itertuples()
    }
    return lines[lines["item"].isin(products.keys())], products


def _product(item: str, title: str, path: tuple[str, ...], brand: str | None = None) -> Product:
    return Product(
        product_id=item,
        updated_at=datetime.now(UTC),
        title=title,
        category=" > ".join(path) or None,
        category_path=path,
        brand=brand,
    )


_READERS = {"online_retail": _read_online_retail, "complete_journey": _read_complete_journey}

if __name__ == "__main__":
    main()
