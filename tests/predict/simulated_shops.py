"""Shops whose customers' rates and chances of leaving are known, drawn with a seed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

START = datetime(2025, 1, 1, tzinfo=UTC)


def simulate_purchases(*, n=2_000, days=400, shape=0.8, rate=30.0, a=0.6, b=2.4, seed=1):
    """Return (customer, day, value) of a shop that is exactly MBG/NBD with gamma values."""
    draw = np.random.default_rng(seed)
    rates = draw.gamma(shape, 1 / rate, n)
    chances = draw.beta(a, b, n)
    means = 40 * 1.0 / draw.gamma(4.0, 1 / 3.0, n)
    rows = []
    for customer in range(n):
        at = draw.uniform(0, days / 4)
        while at < days:
            rows.append((customer, at, draw.gamma(3.0, means[customer] / 3.0)))
            if draw.random() < chances[customer]:
                break
            at += draw.exponential(1 / rates[customer])
    return rows


def simulate_products(*, n=150, days=240, seed=1):
    """Return (customer, item, day): half the products are bought in a rhythm, half at whim."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        for item in draw.choice(20, 4, replace=False):
            at = draw.uniform(0, 40)
            while at < days:
                rows.append((customer, int(item), at))
                at += draw.normal(25, 3) if item < 10 else draw.exponential(90)
    return rows


def simulate_turning_customers(*, n=150, days=240, seed=1):
    """Return (customer, item, day): all buy from six products for a time, and anything in another.

    Every other customer begins with their own; when they turn differs, so that over all the time
    both are alike.
    """
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        own = draw.choice(40, 6, replace=False)
        turn = draw.uniform(0.2 * days, days)
        at = draw.uniform(0, 10)
        while at < days:
            shelf = own if (at < turn) == bool(customer % 2) else 40
            rows += [(customer, int(item), at) for item in draw.choice(shelf, 2, replace=False)]
            at += draw.exponential(8) + 1
    return rows


def purchase_table(rows):
    return pa.table(
        {
            "customer": [f"c{row[0]:05}" for row in rows],
            "time": pa.array([START + timedelta(days=row[1]) for row in rows]),
            "value": [float(row[2]) for row in rows],
        }
    )


def product_table(rows):
    return pa.table(
        {
            "customer": [f"c{row[0]:05}" for row in rows],
            "item": [f"p{row[1]:02}" for row in rows],
            "time": pa.array([START + timedelta(days=row[2]) for row in rows]),
        }
    )


def day(number):
    return (START + timedelta(days=number)).isoformat()
