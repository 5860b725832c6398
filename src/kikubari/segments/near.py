"""Distance on a flat map around a point: exact to about one percent within 500 km.

Only products, sums and one cosine that is computed once: both evaluators get the same number.
"""

import math

import msgspec

from kikubari.spec.conditions import Near

# Mean radius of the Earth (IUGG): 6,371.0088 km.
KM_PER_DEGREE = 6_371.0088 * math.pi / 180
# Degrees; more than any rounding.
_MARGIN = 1e-6


class Box(msgspec.Struct, frozen=True):
    """How degrees become kilometres near the point, and how far is near.

    Nobody near is further than `latitudes` north or south; the map ends a little outside.
    """

    km_per_latitude: float
    km_per_longitude: float
    square_km: float
    latitudes: float


def box_of(leaf: Near) -> Box:
    """Return the flat map around the leaf's point."""
    return Box(
        KM_PER_DEGREE,
        KM_PER_DEGREE * math.cos(math.radians(leaf.latitude)),
        leaf.within_km * leaf.within_km,
        leaf.within_km / KM_PER_DEGREE + _MARGIN,
    )


def is_near(leaf: Near, latitude: float, longitude: float) -> bool:
    """Say whether a point lies within the distance; not if it is no point on Earth."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees
        return False
    box = box_of(leaf)
    apart = abs(longitude - leaf.longitude)
    east = 360 - apart if apart > 180 else apart  # noqa: PLR2004 - degrees
    dy = (latitude - leaf.latitude) * box.km_per_latitude
    dx = east * box.km_per_longitude
    return dx * dx + dy * dy <= box.square_km
