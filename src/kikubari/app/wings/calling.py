"""Calls to other systems: signed webhooks out."""

from datetime import timedelta

from kikubari.app.webhooks import WebhookThread
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.deliver import (
    Endpoints,
    SharedCalls,
    WebhookQueue,
    WebhookSender,
    WebhookSettings,
    parse_networks,
)
from kikubari.kit.sealing import Seal

_DAILY = timedelta(days=1)


class CallingWing:
    """Endpoints, the queue of their calls, and the thread that makes them."""

    def __init__(self, ground: Ground, log: LogWing) -> None:
        seal = Seal(ground.secrets.webhook_key)
        reach = parse_networks(ground.settings.webhook_networks)
        settings = WebhookSettings()
        self.queue = WebhookQueue(log.keys)
        self.shared = SharedCalls(self.queue, log.keys)
        self.endpoints = Endpoints(
            ground.state,
            seal,
            self.queue,
            clock=ground.clock,
            ids=ground.ids,
            reach=reach,
        )

        def build() -> WebhookSender:
            return WebhookSender(
                ground.state, log.keys, seal, clock=ground.clock, reach=reach, settings=settings
            )

        self.thread = WebhookThread(build, slots=settings.share.slots)
        self.loops = (ground.lone_loop("old calls", self.endpoints.forget_some, idle=_DAILY),)
