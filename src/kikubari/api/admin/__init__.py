"""The admin API: one module a noun, every handler a thin call of a room's service."""

from kikubari.api.admin.account import account_handlers as account_handlers
from kikubari.api.admin.approvals import approval_handlers as approval_handlers
from kikubari.api.admin.audiences import audience_handlers as audience_handlers
from kikubari.api.admin.audit import audit_handlers as audit_handlers
from kikubari.api.admin.broadcasts import broadcast_handlers as broadcast_handlers
from kikubari.api.admin.catalogue import catalogue_handlers as catalogue_handlers
from kikubari.api.admin.collecting import collecting_handlers as collecting_handlers
from kikubari.api.admin.experiments import experiment_handlers as experiment_handlers
from kikubari.api.admin.governance import governance_handlers as governance_handlers
from kikubari.api.admin.guard import guard_handlers as guard_handlers
from kikubari.api.admin.images import image_handlers as image_handlers
from kikubari.api.admin.insights import insight_handlers as insight_handlers
from kikubari.api.admin.journey_maps import journey_map_handlers as journey_map_handlers
from kikubari.api.admin.journeys import journey_handlers as journey_handlers
from kikubari.api.admin.keys import key_handlers as key_handlers
from kikubari.api.admin.life_stages import life_stage_handlers as life_stage_handlers
from kikubari.api.admin.members import member_handlers as member_handlers
from kikubari.api.admin.memberships import membership_handlers as membership_handlers
from kikubari.api.admin.occurrences import occurrence_handlers as occurrence_handlers
from kikubari.api.admin.offers import offer_handlers as offer_handlers
from kikubari.api.admin.open_days import open_day_handlers as open_day_handlers
from kikubari.api.admin.operation import operation_handlers as operation_handlers
from kikubari.api.admin.people import people_handlers as people_handlers
from kikubari.api.admin.person import person_handlers as person_handlers
from kikubari.api.admin.personas import persona_handlers as persona_handlers
from kikubari.api.admin.plans import plan_handlers as plan_handlers
from kikubari.api.admin.policies import policy_handlers as policy_handlers
from kikubari.api.admin.predictions import prediction_handlers as prediction_handlers
from kikubari.api.admin.previews import preview_handlers as preview_handlers
from kikubari.api.admin.product_audiences import (
    product_audience_handlers as product_audience_handlers,
)
from kikubari.api.admin.profiles import profile_handlers as profile_handlers
from kikubari.api.admin.recipes import recipe_handlers as recipe_handlers
from kikubari.api.admin.recommendations import (
    recommendation_handlers as recommendation_handlers,
)
from kikubari.api.admin.renewals import renewal_handlers as renewal_handlers
from kikubari.api.admin.rights import rights_handlers as rights_handlers
from kikubari.api.admin.sandbox import sandbox_handlers as sandbox_handlers
from kikubari.api.admin.saved_blocks import saved_block_handlers as saved_block_handlers
from kikubari.api.admin.segments import segment_handlers as segment_handlers
from kikubari.api.admin.senders import sender_handlers as sender_handlers
from kikubari.api.admin.session import session_handlers as session_handlers
from kikubari.api.admin.simulations import simulation_handlers as simulation_handlers
from kikubari.api.admin.suggestions import suggestion_handlers as suggestion_handlers
from kikubari.api.admin.suppressions import suppression_handlers as suppression_handlers
from kikubari.api.admin.timeline import timeline_handlers as timeline_handlers
from kikubari.api.admin.topics import topic_handlers as topic_handlers
from kikubari.api.admin.trials import trial_handlers as trial_handlers
from kikubari.api.admin.versions import version_handlers as version_handlers
from kikubari.api.admin.webhooks import webhook_handlers as webhook_handlers
