"""Durable flows and broadcasts: what should happen to whom, when."""

from kikubari.journeys.broadcasts import Broadcasts as Broadcasts
from kikubari.journeys.broadcasts import Permit as Permit
from kikubari.journeys.contracts import Audience as Audience
from kikubari.journeys.contracts import Broadcast as Broadcast
from kikubari.journeys.contracts import BroadcastDefinition as BroadcastDefinition
from kikubari.journeys.contracts import BroadcastState as BroadcastState
from kikubari.journeys.contracts import CouponChoice as CouponChoice
from kikubari.journeys.contracts import CouponRule as CouponRule
from kikubari.journeys.contracts import DraftReport as DraftReport
from kikubari.journeys.contracts import Preview as Preview
from kikubari.journeys.contracts import Progress as Progress
from kikubari.journeys.contracts import TestedAddress as TestedAddress
from kikubari.journeys.coupons import CouponDesk as CouponDesk
from kikubari.journeys.previews import Previews as Previews
from kikubari.journeys.renewals import Renewal as Renewal
from kikubari.journeys.renewals import RenewalCount as RenewalCount
from kikubari.journeys.renewals import Renewals as Renewals
from kikubari.journeys.restoring import list_enqueuing as list_enqueuing
from kikubari.journeys.saved_blocks import SavedBlocks as SavedBlocks
from kikubari.journeys.saved_blocks import SavedBlocksDefinition as SavedBlocksDefinition
from kikubari.journeys.saved_blocks import SavedBlocksUse as SavedBlocksUse
from kikubari.journeys.saved_blocks import SavedBlocksView as SavedBlocksView
from kikubari.journeys.versions import BroadcastVersion as BroadcastVersion
from kikubari.journeys.versions import BroadcastVersions as BroadcastVersions
from kikubari.journeys.versions import Change as Change
