"""Build the world of a simulation: plan, roads, weather, incidents, detours and tables, from a timetable and a seed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fleet.simulation.assemble import make_tables
from fleet.simulation.buses import World
from fleet.simulation.demand import Demand, Mood
from fleet.simulation.detours import find_detours
from fleet.simulation.incidents import INCIDENTS, Incident, draw_incidents
from fleet.simulation.lay import Chain, lay_courses
from fleet.simulation.legs import LegMaker, Way
from fleet.simulation.lights import place_lights
from fleet.simulation.operations import Operations
from fleet.simulation.plan import Floats, Plan
from fleet.simulation.roads import Roads
from fleet.simulation.traffic import Traffic
from fleet.simulation.weather import Rain, draw_rain
from routing.network.graph import RoadNetwork
from routing.paths.finder import PathFinder

# Trouble where buses run is what a bus system must cope with: their edges are so much likelier.
BUS_EDGE_WEIGHT = 6.0
MARGIN_MS = 2 * 3_600_000


@dataclass(frozen=True)
class Scene:
    """What kind of day it is; ``incidents`` and ``rains`` given by hand replace the drawn ones."""

    weather: str = "mixed"
    incidents_a_day: float = INCIDENTS["few"]
    incidents: tuple[Incident, ...] | None = None
    rains: tuple[Rain, ...] | None = None
    mood: Mood = field(default_factory=Mood)
    operations: Operations = field(default_factory=Operations)


def build_world(
    plan: Plan,
    network: RoadNetwork | None,
    signals: Sequence[tuple[float, float]],
    *,
    start_ms: int,
    end_ms: int,
    seed: int,
    offset_s: int,
    scene: Scene | None = None,
) -> World:
    """Build everything that stands fixed in a simulation.

    Parameters
    ----------
    plan : Plan
        What the buses shall do; at least one duty.
    network : RoadNetwork or None
        The city's roads; without them buses drive their shapes on made-up edges.
    signals : sequence of (lon, lat)
        Traffic signals, degrees (WGS 84).
    start_ms, end_ms : int
        The period, milliseconds since 1970, UTC.
    seed : int
        Same seed, same world.
    offset_s : int
        Local time minus UTC.
    scene : Scene, optional
        What kind of day it is.

    Returns
    -------
    World
        Ready to drive.
    """
    scene = scene or Scene()
    roads, chains = lay_courses(network, plan.paths)
    begin_ms = start_ms - MARGIN_MS
    rains = scene.rains if scene.rains is not None else draw_rain(seed, scene.weather, begin_ms, end_ms)
    incidents = scene.incidents
    if incidents is None:
        weight = edge_weights(roads, chains)
        incidents = draw_incidents(
            roads, seed, scene.incidents_a_day, begin_ms, end_ms, weight=weight, utc_offset_s=offset_s
        )
    demand = Demand(roads, seed, offset_s, scene.mood)
    traffic = Traffic(roads, demand, seed, rains=rains, incidents=incidents)
    finder = PathFinder(network) if network is not None else None
    ways = [Way(course, chain) for course, chain in zip(plan.paths, chains, strict=True)]
    detours = find_detours(roads, ways, len(plan.paths), incidents, finder)
    lights = place_lights(seed, plan.paths, signals)
    tables, vehicles = make_tables(
        plan, ways, traffic, lights, LegMaker(roads, finder), scene.operations, detours, seed
    )
    return World(plan, tables, vehicles, traffic, scene.operations, detours, seed, offset_s)


def edge_weights(roads: Roads, chains: Sequence[Chain]) -> Floats:
    """Return how likely an incident lies on each edge: by vehicles, and more where buses run."""
    weight = roads.length_m * roads.rush_ratio * roads.capacity_veh_h
    weight = np.where(roads.rush_ratio > 0.5, weight, 0.05 * weight)
    used = np.unique(np.concatenate([chain.edge for chain in chains]))
    weight[used] *= BUS_EDGE_WEIGHT
    return np.asarray(weight)
