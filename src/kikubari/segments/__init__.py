"""Conditions compiled to sets, and evaluated for one person."""

from kikubari.segments.builtin import BUILTIN_SEGMENTS as BUILTIN_SEGMENTS
from kikubari.segments.builtin import Builtin as Builtin
from kikubari.segments.builtin import find_builtin as find_builtin
from kikubari.segments.contracts import BaseValues as BaseValues
from kikubari.segments.contracts import CopyProgress as CopyProgress
from kikubari.segments.contracts import Definitions as Definitions
from kikubari.segments.contracts import Evaluation as Evaluation
from kikubari.segments.contracts import Explained as Explained
from kikubari.segments.contracts import LeafResult as LeafResult
from kikubari.segments.contracts import Lists as Lists
from kikubari.segments.contracts import Segment as Segment
from kikubari.segments.engine import SegmentEngine as SegmentEngine
from kikubari.segments.evaluate import evaluate as evaluate
from kikubari.segments.moment import Moment as Moment
from kikubari.segments.person import Person as Person
from kikubari.segments.stored import SegmentDefinitions as SegmentDefinitions
from kikubari.segments.stored import Segments as Segments
