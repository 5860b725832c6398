"""Engines: state store, columnar store, leases, migrations. Knows no room."""

from kikubari.storage.bulk import bulk_insert as bulk_insert
from kikubari.storage.bulk import bulk_update as bulk_update
from kikubari.storage.columnar import ColumnarStore as ColumnarStore
from kikubari.storage.columnar import QueryBudget as QueryBudget
from kikubari.storage.columnar import QueryCancelledError as QueryCancelledError
from kikubari.storage.columnar import QueryTooHeavyError as QueryTooHeavyError
from kikubari.storage.leases import Lease as Lease
from kikubari.storage.leases import Leases as Leases
from kikubari.storage.leases import is_held as is_held
from kikubari.storage.lookups import look_up as look_up
from kikubari.storage.migrate import migrate as migrate
from kikubari.storage.migrate import refuse_if_outdated as refuse_if_outdated
from kikubari.storage.postgres import PostgresStateStore as PostgresStateStore
from kikubari.storage.rights import list_needless_rights as list_needless_rights
from kikubari.storage.snapshots import copy_sqlite as copy_sqlite
from kikubari.storage.snapshots import sync as sync
from kikubari.storage.sqlite import SqliteStateStore as SqliteStateStore
from kikubari.storage.state import Priority as Priority
from kikubari.storage.state import StateStore as StateStore
from kikubari.storage.state import insert_or_ignore as insert_or_ignore
from kikubari.storage.state import upsert as upsert
from kikubari.storage.tables import metadata as metadata
