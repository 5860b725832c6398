"""Advice on a segment before it is used: what is wrong with it, and what to do."""

from kikubari.segments.advice.advise import Adviser as Adviser
from kikubari.segments.advice.advise import Numbers as Numbers
from kikubari.segments.advice.contracts import Advice as Advice
from kikubari.segments.advice.contracts import Advised as Advised
from kikubari.segments.advice.contracts import Power as Power
from kikubari.segments.advice.power import measurable as measurable
