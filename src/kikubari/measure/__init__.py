"""What became of what was sent: outcomes, attribution, reports."""

from kikubari.measure.contracts import Attribution as Attribution
from kikubari.measure.contracts import BroadcastReport as BroadcastReport
from kikubari.measure.contracts import GuardCount as GuardCount
from kikubari.measure.contracts import LetterReport as LetterReport
from kikubari.measure.contracts import LinkReport as LinkReport
from kikubari.measure.contracts import Outbox as Outbox
from kikubari.measure.contracts import OutboxCounts as OutboxCounts
from kikubari.measure.contracts import Outcomes as Outcomes
from kikubari.measure.contracts import RecipientReport as RecipientReport
from kikubari.measure.experiments import ExperimentVerdict as ExperimentVerdict
from kikubari.measure.experiments import PartVerdict as PartVerdict
from kikubari.measure.experiments import Tally as Tally
from kikubari.measure.experiments import evidence_for as evidence_for
from kikubari.measure.experiments import find_visible_lift as find_visible_lift
from kikubari.measure.experiments import interval as interval
from kikubari.measure.experiments import judge as judge
from kikubari.measure.goals import Goals as Goals
from kikubari.measure.guarding import GuardTallies as GuardTallies
from kikubari.measure.guarding import GuardTally as GuardTally
from kikubari.measure.letters import LetterReports as LetterReports
from kikubari.measure.letters import find_best_letter as find_best_letter
from kikubari.measure.mailings import MailCount as MailCount
from kikubari.measure.mailings import Mailings as Mailings
from kikubari.measure.mailings import PolicyTrial as PolicyTrial
from kikubari.measure.reports import Reports as Reports
