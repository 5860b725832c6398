"""The people an edited tree holds: counts, reach, overlaps, funnel, sample and portrait."""

from kikubari.segments.audiences.audience import Audiences as Audiences
from kikubari.segments.audiences.audience import Edit as Edit
from kikubari.segments.audiences.contracts import ChannelReach as ChannelReach
from kikubari.segments.audiences.contracts import Counts as Counts
from kikubari.segments.audiences.contracts import Directory as Directory
from kikubari.segments.audiences.contracts import DraftProblem as DraftProblem
from kikubari.segments.audiences.contracts import Funnel as Funnel
from kikubari.segments.audiences.contracts import FunnelStep as FunnelStep
from kikubari.segments.audiences.contracts import NodeCount as NodeCount
from kikubari.segments.audiences.contracts import Overlap as Overlap
from kikubari.segments.audiences.contracts import Overlaps as Overlaps
from kikubari.segments.audiences.contracts import Portrait as Portrait
from kikubari.segments.audiences.contracts import Reach as Reach
from kikubari.segments.audiences.contracts import Trait as Trait
from kikubari.segments.audiences.drafts import Draft as Draft
from kikubari.segments.audiences.drafts import read_draft as read_draft
from kikubari.segments.audiences.leaf_sets import LeafSets as LeafSets
from kikubari.segments.audiences.portraits import Portraits as Portraits
from kikubari.segments.audiences.sessions import EditSessions as EditSessions
from kikubari.segments.audiences.sessions import SupersededError as SupersededError
from kikubari.segments.audiences.sessions import Ticket as Ticket
from kikubari.segments.audiences.vocabulary import Suggestion as Suggestion
from kikubari.segments.audiences.vocabulary import Vocabulary as Vocabulary
from kikubari.segments.audiences.vocabulary import matching as matching
