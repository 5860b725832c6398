"""Takes in what providers report: verified, once each, for messages that are ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from kikubari.deliver._tables import webhook_receipts
from kikubari.deliver.outcomes import record_in
from kikubari.deliver.tracking import TrackingTokens
from kikubari.deliver.webhooks.contracts import Headers, Report, Webhook
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore, insert_or_ignore

_IDS_PER_QUERY = 5_000


class WebhookReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """How many reports a request held, and how many were new and of messages of ours."""

    n_reports: int
    n_recorded: int


class Webhooks:
    """The providers that are set up here.

    Args:
        store: of receipts and outcomes.
        tokens: tell which message a report is about.
        webhooks: those that are set up.
        workspace_id: whose.
    """

    def __init__(
        self,
        store: StateStore,
        tokens: TrackingTokens,
        webhooks: Sequence[Webhook],
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._webhooks: Mapping[str, Webhook] = {one.name: one for one in webhooks}
        self._workspace_id = workspace_id

    def receive(
        self, provider: str, raw: bytes, headers: Headers, *, now: datetime
    ) -> WebhookReceipt:
        """Verify a request and record what it reports; again changes nothing.

        Raises:
            NotFoundError: the provider's webhook is not set up.
            UnauthorizedError: the request is not the provider's, or too old.
            InvalidInputError: it cannot be read.
        """
        webhook = self._webhooks.get(provider)
        if webhook is None:
            raise NotFoundError(f"no webhook of {provider} is set up")
        reports = {one.id: one for one in webhook.read(raw, headers, now)}

        def work(connection: Connection) -> int:
            new = self._take_new(connection, provider, reports, now)
            return sum(self._record(connection, one, now) for one in new)

        n_recorded = self._store.write(work) if reports else 0
        return WebhookReceipt(n_reports=len(reports), n_recorded=n_recorded)

    def _record(self, connection: Connection, report: Report, now: datetime) -> bool:
        about = self._tokens.find_bounce(report.token)
        return about is not None and record_in(connection, about, report.outcome, now)

    def _take_new(
        self, connection: Connection, provider: str, reports: Mapping[str, Report], now: datetime
    ) -> list[Report]:
        """Write reports down and return those that were not."""
        known: set[str] = set()
        ids = list(reports)
        table = webhook_receipts.c
        for start in range(0, len(ids), _IDS_PER_QUERY):
            known |= set(
                connection.execute(
                    select(table.id).where(
                        table.workspace_id == self._workspace_id,
                        table.provider == provider,
                        table.id.in_(ids[start : start + _IDS_PER_QUERY]),
                    )
                ).scalars()
            )
        new = [report for report in reports.values() if report.id not in known]
        if new:
            connection.execute(
                insert_or_ignore(connection, webhook_receipts),
                [
                    {
                        "workspace_id": self._workspace_id,
                        "provider": provider,
                        "id": report.id,
                        "at_us": to_micros(now),
                    }
                    for report in new
                ],
            )
        return new
