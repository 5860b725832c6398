"""Is a sender fit to be believed? What the rules for bulk mail ask for, looked up beforehand."""

from kikubari.deliver.preflight.checks import check_sender as check_sender
from kikubari.deliver.preflight.checks import refuse_if_not_ready as refuse_if_not_ready
from kikubari.deliver.preflight.contracts import Finding as Finding
from kikubari.deliver.preflight.contracts import Level as Level
from kikubari.deliver.preflight.contracts import Resolver as Resolver
from kikubari.deliver.preflight.contracts import SenderNotReadyError as SenderNotReadyError
from kikubari.deliver.preflight.contracts import SenderReport as SenderReport
from kikubari.deliver.preflight.contracts import SenderSetup as SenderSetup
from kikubari.deliver.preflight.resolver import DnsResolver as DnsResolver
