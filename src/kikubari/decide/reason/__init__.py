"""Why am I getting this? One or two true sentences, with a link to correct and one to stop."""

from kikubari.decide.reason.contracts import Basis, ReasonLine, ReasonLinks
from kikubari.decide.reason.placing import MARK, PlacedReason, place_reason
from kikubari.decide.reason.sentences import build_reason, rests_on_more_than_told

__all__ = [
    "MARK",
    "Basis",
    "PlacedReason",
    "ReasonLine",
    "ReasonLinks",
    "build_reason",
    "place_reason",
    "rests_on_more_than_told",
]
