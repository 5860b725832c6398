"""How customers buy: who is worth what, who comes back and when, what goes together.

Every figure is one question to the columnar copy; docs/insights.md says what each means.
"""

from kikubari.measure.insights._orders import LeftOut as LeftOut
from kikubari.measure.insights._orders import OrderBook as OrderBook
from kikubari.measure.insights.affinities import Affinities as Affinities
from kikubari.measure.insights.affinities import AffinityItem as AffinityItem
from kikubari.measure.insights.affinities import AffinityPair as AffinityPair
from kikubari.measure.insights.affinities import Basket as Basket
from kikubari.measure.insights.insights import Insights as Insights
from kikubari.measure.insights.months import Cohort as Cohort
from kikubari.measure.insights.months import CohortMonth as CohortMonth
from kikubari.measure.insights.months import Growth as Growth
from kikubari.measure.insights.months import Month as Month
from kikubari.measure.insights.months import Retention as Retention
from kikubari.measure.insights.repeat import RepeatCurve as RepeatCurve
from kikubari.measure.insights.repeat import RepeatCurves as RepeatCurves
from kikubari.measure.insights.rfm import RfmMap as RfmMap
from kikubari.measure.insights.rfm import RfmMapCell as RfmMapCell
from kikubari.measure.insights.survival import CurvePoint as CurvePoint
