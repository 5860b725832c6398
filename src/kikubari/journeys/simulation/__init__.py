"""Journeys tried on the past, before anybody gets anything."""

from kikubari.journeys.simulation.comparing import expect_effect as expect_effect
from kikubari.journeys.simulation.contracts import ExpectedEffect as ExpectedEffect
from kikubari.journeys.simulation.contracts import GuardSample as GuardSample
from kikubari.journeys.simulation.contracts import Habits as Habits
from kikubari.journeys.simulation.contracts import Memories as Memories
from kikubari.journeys.simulation.contracts import PastEvents as PastEvents
from kikubari.journeys.simulation.contracts import PastHoldouts as PastHoldouts
from kikubari.journeys.simulation.contracts import RealFigures as RealFigures
from kikubari.journeys.simulation.contracts import SimulatedEntry as SimulatedEntry
from kikubari.journeys.simulation.contracts import SimulatedPass as SimulatedPass
from kikubari.journeys.simulation.contracts import SimulatedStep as SimulatedStep
from kikubari.journeys.simulation.contracts import SimulatedWay as SimulatedWay
from kikubari.journeys.simulation.contracts import Simulation as Simulation
from kikubari.journeys.simulation.contracts import SimulationRequest as SimulationRequest
from kikubari.journeys.simulation.contracts import SimulationResult as SimulationResult
from kikubari.journeys.simulation.contracts import SimulationState as SimulationState
from kikubari.journeys.simulation.simulate import Past as Past
from kikubari.journeys.simulation.simulate import simulate as simulate
from kikubari.journeys.simulation.simulations import Simulations as Simulations
