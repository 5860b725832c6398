"""Webhooks out: signed calls to other systems, each endpoint apart from every other."""

from kikubari.deliver.endpoints.contracts import CallState as CallState
from kikubari.deliver.endpoints.contracts import CallView as CallView
from kikubari.deliver.endpoints.contracts import DisabledBecause as DisabledBecause
from kikubari.deliver.endpoints.contracts import Endpoint as Endpoint
from kikubari.deliver.endpoints.contracts import EndpointDefinition as EndpointDefinition
from kikubari.deliver.endpoints.contracts import EndpointName as EndpointName
from kikubari.deliver.endpoints.contracts import EndpointState as EndpointState
from kikubari.deliver.endpoints.contracts import QueueAnswer as QueueAnswer
from kikubari.deliver.endpoints.contracts import WebhookCall as WebhookCall
from kikubari.deliver.endpoints.endpoints import Endpoints as Endpoints
from kikubari.deliver.endpoints.endpoints import NewEndpoint as NewEndpoint
from kikubari.deliver.endpoints.notifying import NoticeType as NoticeType
from kikubari.deliver.endpoints.notifying import RightsNotice as RightsNotice
from kikubari.deliver.endpoints.notifying import RightsNotices as RightsNotices
from kikubari.deliver.endpoints.notifying import withhold_calls as withhold_calls
from kikubari.deliver.endpoints.pacing import Share as Share
from kikubari.deliver.endpoints.queueing import WebhookQueue as WebhookQueue
from kikubari.deliver.endpoints.queueing import forget_calls as forget_calls
from kikubari.deliver.endpoints.queueing import set_aside_calls as set_aside_calls
from kikubari.deliver.endpoints.reach import parse_networks as parse_networks
from kikubari.deliver.endpoints.resealing import (
    reseal_endpoint_secrets as reseal_endpoint_secrets,
)
from kikubari.deliver.endpoints.sending import WebhookSender as WebhookSender
from kikubari.deliver.endpoints.sending import WebhookSettings as WebhookSettings
from kikubari.deliver.endpoints.sharing import SharedCalls as SharedCalls
from kikubari.deliver.endpoints.telling import EndpointProjection as EndpointProjection
