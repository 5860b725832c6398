"""Kinds of customers: found in what people did, or defined by rules; one for everybody."""

from kikubari.segments.personas.contracts import Distinction as Distinction
from kikubari.segments.personas.contracts import NothingFound as NothingFound
from kikubari.segments.personas.contracts import Persona as Persona
from kikubari.segments.personas.contracts import PersonaRule as PersonaRule
from kikubari.segments.personas.contracts import PersonaRules as PersonaRules
from kikubari.segments.personas.contracts import PersonaSet as PersonaSet
from kikubari.segments.personas.personas import Personas as Personas
from kikubari.segments.personas.search import PersonaSearch as PersonaSearch
from kikubari.segments.personas.search import SearchProgress as SearchProgress
