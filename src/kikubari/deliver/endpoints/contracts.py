"""Webhooks out: who is told, what of, and how that went. Shapes after Standard Webhooks 1.0."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

import msgspec

# Receivers bound what they read; Standard Webhooks advises less than 20 kB.
MAX_BODY_BYTES = 64 * 1024
MAX_ENDPOINTS = 2_000
# How long what ended is kept: delivered calls for looking up, dead letters for sending again.
KEPT = timedelta(days=30)


class EndpointState(StrEnum):
    """Whether an endpoint is called."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DisabledBecause(StrEnum):
    """Why an endpoint is not called any more."""

    MEMBER = "member"  # a person said so
    FAILING = "failing"  # nothing was taken for days
    GONE = "gone"  # it answered 410


class EndpointDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint as a member sets it up.

    Attributes:
        name: for people.
        url: https; http only into networks that the operator allows.
        types: names of events it is told of, such as ``Email Bounced``; none: only what is
            addressed to it, by a step of a journey or as a test.
    """

    name: str
    url: str
    types: tuple[str, ...] = ()


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint and how it fares. Its secret is shown when made, never again.

    Attributes:
        failing_since: of the first failure since it last took a call, None while it takes them.
        disabled_at, disabled_because: None while it is called.
        n_waiting, n_dead: calls queued, and dead letters.
        old_secret_until: both secrets sign until then, after the secret was changed.
    """

    id: str
    definition: EndpointDefinition
    state: EndpointState
    created_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_because: DisabledBecause | None = None
    old_secret_until: datetime | None = None
    n_waiting: int = 0
    n_dead: int = 0


class EndpointName(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as journeys name it: nothing of where it is or how it is reached."""

    id: str
    name: str
    is_enabled: bool


class WebhookCall(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell one endpoint.

    Attributes:
        type: what happened, as ``journey.step_reached`` or an event's name.
        data: JSON values; sealed with the person's key, and gone when they are erased.
        idempotency_key: the same one is told once for ever, however often it is queued; its
            hash is the ``webhook-id``, by which receivers tell repeated deliveries.
        number: of the identifier it is about, 0 for nobody.
    """

    endpoint_id: str
    type: str
    data: Mapping[str, Any]
    idempotency_key: str
    number: int = 0


class QueueAnswer(StrEnum):
    """What became of a call that was to be queued. Only the first is new; none is a fault."""

    QUEUED = "queued"
    KNOWN = "known"  # queued before under this key
    SET_ASIDE = "set_aside"  # the endpoint is disabled: kept as a dead letter, to be sent again
    NO_ENDPOINT = "no_endpoint"
    TOO_LARGE = "too_large"


class CallState(IntEnum):
    """Where a call is."""

    QUEUED = 0
    SENDING = 1
    DELIVERED = 2
    DEAD = 3


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """A call for people to look at.

    Attributes:
        id: its ``webhook-id``.
        state: queued, sending, delivered or dead.
        status: of the last HTTP answer, None when none came.
        said: why it was not taken the last time; never what the endpoint wrote.
        next_at: of the next attempt, while it is queued.
    """

    id: str
    endpoint_id: str
    type: str
    state: str
    attempts: int
    status: int | None
    said: str
    queued_at: datetime
    ended_at: datetime | None
    next_at: datetime | None
