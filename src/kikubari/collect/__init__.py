"""The way in: sources, the tracking API and file imports."""

from kikubari.collect.contracts import RejectedEvent as RejectedEvent
from kikubari.collect.contracts import Rejection as Rejection
from kikubari.collect.contracts import RejectionCount as RejectionCount
from kikubari.collect.contracts import Source as Source
from kikubari.collect.contracts import SourceKind as SourceKind
from kikubari.collect.rejected import RejectedEvents as RejectedEvents
from kikubari.collect.sources import Sources as Sources
from kikubari.collect.tracking_api import TRACKING_PREFIX as TRACKING_PREFIX
from kikubari.collect.tracking_api import Limits as Limits
from kikubari.collect.tracking_api import TrackingApi as TrackingApi
