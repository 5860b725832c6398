"""Exchanging the key that endpoints' secrets are sealed with."""

from sqlalchemy import Connection, select, update

from kikubari.deliver.endpoints._tables import webhook_endpoints
from kikubari.kit.sealing import Seal
from kikubari.storage import StateStore


def reseal_endpoint_secrets(store: StateStore, old: Seal, new: Seal) -> int:
    """Close every secret with another seal; returns how many there were.

    What the new seal opens already, or the old one does not open, is left alone.
    """
    c = webhook_endpoints.c

    def work(connection: Connection) -> int:
        n_secrets = 0
        for row in connection.execute(select(webhook_endpoints)).mappings().all():
            for column in (c.secret, c.old_secret):
                sealed = row[column]
                secret = old.open(sealed, of=row[c.id]) if sealed else None
                if secret is not None:
                    connection.execute(
                        update(webhook_endpoints)
                        .where(c.workspace_id == row[c.workspace_id], c.id == row[c.id])
                        .values({column: new.close(secret, of=row[c.id])})
                    )
                    n_secrets += 1
        return n_secrets

    return store.write(work)
