"""File import: CSV, JSONL, Parquet and XLSX files become messages of the tracking API."""

from kikubari.collect.imports.checkpoints import FileCheckpoints as FileCheckpoints
from kikubari.collect.imports.completeness import (
    DEFAULT_MAX_GONE_PERCENT as DEFAULT_MAX_GONE_PERCENT,
)
from kikubari.collect.imports.completeness import KnownProduct as KnownProduct
from kikubari.collect.imports.completeness import gone_messages as gone_messages
from kikubari.collect.imports.completeness import list_gone as list_gone
from kikubari.collect.imports.completeness import list_named as list_named
from kikubari.collect.imports.contracts import AppendResult as AppendResult
from kikubari.collect.imports.contracts import Checkpoint as Checkpoint
from kikubari.collect.imports.contracts import CheckpointStore as CheckpointStore
from kikubari.collect.imports.contracts import ColumnMapping as ColumnMapping
from kikubari.collect.imports.contracts import FileFormat as FileFormat
from kikubari.collect.imports.contracts import ImportKind as ImportKind
from kikubari.collect.imports.contracts import ImportOptions as ImportOptions
from kikubari.collect.imports.contracts import ImportProgress as ImportProgress
from kikubari.collect.imports.contracts import ImportReport as ImportReport
from kikubari.collect.imports.contracts import ImportSink as ImportSink
from kikubari.collect.imports.contracts import Mapping as Mapping
from kikubari.collect.imports.contracts import Novelty as Novelty
from kikubari.collect.imports.contracts import Problem as Problem
from kikubari.collect.imports.contracts import RejectedMessage as RejectedMessage
from kikubari.collect.imports.contracts import WireMessage as WireMessage
from kikubari.collect.imports.importer import default_errors_path as default_errors_path
from kikubari.collect.imports.importer import run_import as run_import
from kikubari.collect.imports.mapping import guess_mapping as guess_mapping
from kikubari.collect.imports.products import is_shopify_export as is_shopify_export
from kikubari.collect.imports.readers import RowSource as RowSource
from kikubari.collect.imports.readers import open_rows as open_rows
from kikubari.collect.imports.values import parse_as_of as parse_as_of
