"""The log, the only truth, and its columnar copy."""

from kikubari.events.assertions import CONSENT_PURPOSES as CONSENT_PURPOSES
from kikubari.events.assertions import CONSENT_STATUSES as CONSENT_STATUSES
from kikubari.events.assertions import CONTACT_TRAITS as CONTACT_TRAITS
from kikubari.events.assertions import PROVENANCES as PROVENANCES
from kikubari.events.assertions import find_consent_assertion as find_consent_assertion
from kikubari.events.assertions import is_simulated as is_simulated
from kikubari.events.assertions import list_trait_assertions as list_trait_assertions
from kikubari.events.codec import message_key as message_key
from kikubari.events.contracts import ConsentAssertion as ConsentAssertion
from kikubari.events.contracts import Move as Move
from kikubari.events.contracts import Moves as Moves
from kikubari.events.contracts import Numbering as Numbering
from kikubari.events.contracts import Projection as Projection
from kikubari.events.contracts import Sealing as Sealing
from kikubari.events.contracts import SequencedEvent as SequencedEvent
from kikubari.events.contracts import TraitAssertion as TraitAssertion
from kikubari.events.intake import Intake as Intake
from kikubari.events.intake import append_in as append_in
from kikubari.events.log import EventLog as EventLog
from kikubari.events.sequencer import Sequenced as Sequenced
from kikubari.events.sequencer import Sequencer as Sequencer
