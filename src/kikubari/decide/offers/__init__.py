"""Offers and their codes: one person each, within limits and budget, read back from orders."""

from kikubari.decide.offers.announcing import CODE_CALLS as CODE_CALLS
from kikubari.decide.offers.announcing import CODES_A_CALL as CODES_A_CALL
from kikubari.decide.offers.announcing import Announcing as Announcing
from kikubari.decide.offers.announcing import Listeners as Listeners
from kikubari.decide.offers.benefits import describe_benefit as describe_benefit
from kikubari.decide.offers.contracts import AmountOff as AmountOff
from kikubari.decide.offers.contracts import CodeSource as CodeSource
from kikubari.decide.offers.contracts import CodeState as CodeState
from kikubari.decide.offers.contracts import Coupon as Coupon
from kikubari.decide.offers.contracts import ImportedCodes as ImportedCodes
from kikubari.decide.offers.contracts import IssuedCode as IssuedCode
from kikubari.decide.offers.contracts import Limits as Limits
from kikubari.decide.offers.contracts import Offer as Offer
from kikubari.decide.offers.contracts import OfferDefinition as OfferDefinition
from kikubari.decide.offers.contracts import OfferFigures as OfferFigures
from kikubari.decide.offers.contracts import People as People
from kikubari.decide.offers.contracts import PercentOff as PercentOff
from kikubari.decide.offers.contracts import Redemption as Redemption
from kikubari.decide.offers.contracts import Refusal as Refusal
from kikubari.decide.offers.contracts import Validity as Validity
from kikubari.decide.offers.contracts import Wanted as Wanted
from kikubari.decide.offers.issuing import Issuing as Issuing
from kikubari.decide.offers.offers import Offers as Offers
from kikubari.decide.offers.redemptions import RedemptionProjection as RedemptionProjection
