"""Life stages: needs that evolve, as the shop defines them, asked for before they are guessed."""

from kikubari.decide.stages.contracts import NO_STAGE as NO_STAGE
from kikubari.decide.stages.contracts import Born as Born
from kikubari.decide.stages.contracts import Did as Did
from kikubari.decide.stages.contracts import LifeStages as LifeStages
from kikubari.decide.stages.contracts import Said as Said
from kikubari.decide.stages.contracts import Stage as Stage
from kikubari.decide.stages.contracts import StageRefusedError as StageRefusedError
from kikubari.decide.stages.inference import Found as Found
from kikubari.decide.stages.inference import Seen as Seen
from kikubari.decide.stages.inference import infer as infer
from kikubari.decide.stages.keeper import StageKeeper as StageKeeper
from kikubari.decide.stages.limits import Goods as Goods
from kikubari.decide.stages.limits import StageLimit as StageLimit
from kikubari.decide.stages.limits import StageRefusal as StageRefusal
from kikubari.decide.stages.limits import check_limits as check_limits
from kikubari.decide.stages.people import PersonStage as PersonStage
from kikubari.decide.stages.people import StageCount as StageCount
from kikubari.decide.stages.people import StageEvidence as StageEvidence
from kikubari.decide.stages.people import StagePeople as StagePeople
from kikubari.decide.stages.stages import StageBook as StageBook
from kikubari.decide.stages.stages import list_other_goods as list_other_goods
from kikubari.decide.stages.surroundings import StageSurroundings as StageSurroundings
