"""What a delivery worker works with, and in what amounts."""

import random
from datetime import timedelta

import msgspec

from kikubari.deliver.coalescer import GATHER_SECONDS, RETRY_SECONDS
from kikubari.deliver.contracts import (
    Composer,
    Consents,
    Coupons,
    Occasions,
    Recipients,
    Transport,
)
from kikubari.deliver.gate import Check
from kikubari.deliver.retry import Jitter
from kikubari.deliver.return_path import ReturnPath
from kikubari.deliver.suppression import AddressHasher
from kikubari.deliver.throttle import Throttle
from kikubari.events import Sealing
from kikubari.kit.clock import Clock
from kikubari.storage import StateStore


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what at a time.

    Attributes:
        connections: messages under way at once; as many as the transport has sessions.
        batch: messages claimed and loaded together.
        chunk: messages composed together.
        composers: chunks composed at once.
        lease: how long a claim holds without a sign of life.
        idle_seconds: how often to look for work when there was none.
        gather_seconds: how long to wait for company before a commit.
        retry_seconds: how long to leave a store alone that is away.
    """

    connections: int = 10
    batch: int = 500
    chunk: int = 20
    composers: int = 4
    lease: timedelta = timedelta(seconds=60)
    idle_seconds: float = 0.5
    gather_seconds: float = GATHER_SECONDS
    retry_seconds: float = RETRY_SECONDS


class Delivering(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker works with.

    Attributes:
        early_checks: of the gate before rendering, on whether now is the time.
        content_checks: of the last gate, on what a message says.
        timing_checks: of the last gate, on whether now is the time; see `gate.last_gate`.
    """

    store: StateStore
    recipients: Recipients
    consents: Consents
    sealing: Sealing
    composer: Composer
    transport: Transport
    hasher: AddressHasher
    clock: Clock
    jitter: Jitter = random.random
    early_checks: tuple[Check, ...] = ()
    content_checks: tuple[Check, ...] = ()
    timing_checks: tuple[Check, ...] = ()
    throttle: Throttle | None = None  # none: as fast as it goes
    return_path: ReturnPath | None = None  # none: bounces go to the From address
    coupons: Coupons | None = None  # none: no message brings any
    occasions: Occasions | None = None  # none: templates read of the person alone
