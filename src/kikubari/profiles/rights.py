"""Erasing a person, and what was exported about one: receipts stay."""

from collections import Counter
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, insert, select

from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._kept_tables import data_exports
from kikubari.profiles._repository import identity, kept, traits
from kikubari.profiles._stamped import Stamp
from kikubari.profiles._tables import erasures
from kikubari.profiles.contracts import ErasureReceipt, ExportReceipt
from kikubari.profiles.identifiers import Identifier
from kikubari.profiles.instance_key import InstanceKey
from kikubari.profiles.keys import PersonKeys
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError


class Rights:
    """What a customer may ask for about themselves.

    Args:
        keys: forgets the person's keys.
        instance_key: keys the hashes in receipts.
        workspace_id: whose people these are.
    """

    def __init__(
        self,
        keys: PersonKeys,
        instance_key: InstanceKey,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._keys = keys
        self._hash_key = instance_key.derive("erasure receipts")
        self._workspace_id = workspace_id

    def erase(
        self,
        connection: Connection,
        number: int,
        *,
        receipt_id: str,
        erased_at: datetime,
        erased_by: str = "",
        reason: str = "",
    ) -> ErasureReceipt:
        """Erase the person a canonical number stands for, in the caller's transaction.

        Everything sealed with their keys is unreadable from the commit on: the log's bodies and
        the proofs in the consent ledger, whose lines stay as evidence about a number.

        Raises:
            NotFoundError: nobody by that number.
        """
        members = identity.list_members(connection, self._workspace_id, [number])
        if not members:
            raise NotFoundError(f"no profile with number {number}")
        numbers = tuple(sorted(row.number for row in members))
        counts = Counter(f"identifier {row.kind}" for row in members)
        counts["traits and names"] = traits.delete_traits(connection, self._workspace_id, numbers)
        for name, n_rows in kept.delete_kept(connection, self._workspace_id, numbers).items():
            counts[name.replace("_", " ")] = n_rows
        # Caches of identifiers are dropped with the stamp.
        Stamp(f"identity:{self._workspace_id}").change(connection)
        identity.delete_identity(connection, self._workspace_id, numbers)
        self._keys.forget(connection, numbers)
        counts["keys"] = len(numbers)
        receipt = ErasureReceipt(
            receipt_id=receipt_id,
            profile=number,
            numbers=numbers,
            erased_at=erased_at,
            counts=dict(sorted(counts.items())),
            hashes=tuple(
                sorted(self.hash_identifier(Identifier(row.kind, row.value)) for row in members)
            ),
            erased_by=erased_by,
            reason=reason,
        )
        connection.execute(insert(erasures), self._row(receipt))
        return receipt

    def hash_identifier(self, identifier: Identifier) -> str:
        """Return what stands for an identifier in receipts; only this installation can make it."""
        return blake2b(
            identifier.key(self._workspace_id), key=self._hash_key, digest_size=16
        ).hexdigest()

    def list_receipts(self, connection: Connection) -> list[ErasureReceipt]:
        """Return all receipts, oldest first."""
        found = connection.execute(
            select(erasures)
            .where(erasures.c.workspace_id == self._workspace_id)
            .order_by(erasures.c.erased_us, erasures.c.receipt_id)
        )
        return [
            ErasureReceipt(
                receipt_id=row.receipt_id,
                profile=row.profile,
                numbers=tuple(msgspec.json.decode(row.numbers)),
                erased_at=from_micros(row.erased_us),
                counts=msgspec.json.decode(row.counts),
                hashes=tuple(msgspec.json.decode(row.hashes)),
                erased_by=row.erased_by,
                reason=row.reason,
            )
            for row in found
        ]

    def record_export(self, connection: Connection, receipt: ExportReceipt) -> None:
        """Keep the receipt of an export, in the caller's transaction."""
        connection.execute(
            insert(data_exports),
            {
                "workspace_id": self._workspace_id,
                "receipt_id": receipt.receipt_id,
                "profile": receipt.profile,
                "exported_us": to_micros(receipt.exported_at),
                "exported_by": receipt.exported_by,
                "counts": msgspec.json.encode(receipt.counts).decode(),
                "digest": receipt.digest,
            },
        )

    def list_exports(self, connection: Connection) -> list[ExportReceipt]:
        """Return the receipts of all exports, oldest first."""
        found = connection.execute(
            select(data_exports)
            .where(data_exports.c.workspace_id == self._workspace_id)
            .order_by(data_exports.c.exported_us, data_exports.c.receipt_id)
        )
        return [
            ExportReceipt(
                receipt_id=row.receipt_id,
                profile=row.profile,
                exported_at=from_micros(row.exported_us),
                exported_by=row.exported_by,
                counts=msgspec.json.decode(row.counts),
                digest=row.digest,
            )
            for row in found
        ]

    def _row(self, receipt: ErasureReceipt) -> dict[str, object]:
        return {
            "workspace_id": self._workspace_id,
            "receipt_id": receipt.receipt_id,
            "profile": receipt.profile,
            "erased_us": to_micros(receipt.erased_at),
            "numbers": msgspec.json.encode(receipt.numbers).decode(),
            "counts": msgspec.json.encode(receipt.counts).decode(),
            "hashes": msgspec.json.encode(receipt.hashes).decode(),
            "erased_by": receipt.erased_by,
            "reason": receipt.reason,
        }
