"""The plan as flat arrays, so that one step moves every bus at once."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.lights import Lights
from fleet.simulation.plan import Floats, Ints, Plan

MIN_MPS, MAX_MPS = 3.0, 14.0
MEAN_DWELL_S = 14.0
MEAN_RED_S = 11.0


@dataclass(frozen=True)
class Tables:
    """Paths, stops, runs and duties, each one list after the other.

    ``vertex_key`` is ``path_base + along_m`` and rises over all paths, so one
    search finds the place of every bus. ``hop_mps[i]`` is the speed that the
    timetable asks for on the way to stop ``i``.
    """

    lon: Floats
    lat: Floats
    vertex_key: Floats
    path_base: Floats
    path_length_m: Floats
    stop_m: Floats
    arrival_ms: Ints
    departure_ms: Ints
    hop_mps: Floats
    run_first: Ints
    run_last: Ints
    run_path: Ints
    duty_runs: Ints
    duty_first: Ints
    duty_last: Ints

    def place(self, path: Ints, along_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return lon, lat and heading (degrees clockwise from north) of metres along paths.

        Parameters
        ----------
        path : ndarray of int, shape (n,)
            Which path.
        along_m : ndarray, shape (n,)
            Metres along it; held inside its length.

        Returns
        -------
        tuple of ndarray
            ``lon``, ``lat``, ``heading_deg``, each of shape (n,).
        """
        base = self.path_base[path]
        key = base + np.clip(along_m, 0.0, self.path_length_m[path])
        low = np.searchsorted(self.vertex_key, base, side="left")
        high = np.searchsorted(self.vertex_key, base + self.path_length_m[path], side="right") - 2
        left = np.clip(np.searchsorted(self.vertex_key, key, side="right") - 1, low, np.maximum(low, high))
        width = self.vertex_key[left + 1] - self.vertex_key[left]
        share = np.clip((key - self.vertex_key[left]) / np.maximum(width, 1e-9), 0.0, 1.0)
        east, north = self.lon[left + 1] - self.lon[left], self.lat[left + 1] - self.lat[left]
        heading = np.degrees(np.arctan2(east * np.cos(np.radians(self.lat[left])), north)) % 360.0
        return self.lon[left] + share * east, self.lat[left] + share * north, heading


def make_tables(plan: Plan, lights: Lights) -> Tables:
    """Flatten a plan.

    Parameters
    ----------
    plan : Plan
        Paths, runs and duties.
    lights : Lights
        Signals along the paths; their usual wait is part of the timetable's hop times.

    Returns
    -------
    Tables
        The same as arrays.
    """
    lengths = np.array([path.length_m for path in plan.paths])
    base = np.concatenate([[0.0], np.cumsum(lengths + 1_000.0)])[:-1]
    runs = plan.runs
    count = np.array([len(run.stop_m) for run in runs])
    last = np.cumsum(count) - 1
    arrival = np.concatenate([run.arrival_ms for run in runs])
    departure = np.concatenate([run.departure_ms for run in runs])
    stop_m = np.concatenate([np.minimum(run.stop_m, plan.paths[run.path].length_m) for run in runs])
    reds = np.concatenate([_lights_before(lights, run.path, run.stop_m) for run in runs])
    duty_count = np.array([len(duty.runs) for duty in plan.duties])
    duty_last = np.cumsum(duty_count) - 1
    return Tables(
        lon=np.concatenate([path.lon for path in plan.paths]),
        lat=np.concatenate([path.lat for path in plan.paths]),
        vertex_key=np.concatenate([path.along_m + start for path, start in zip(plan.paths, base, strict=True)]),
        path_base=base,
        path_length_m=lengths,
        stop_m=stop_m,
        arrival_ms=arrival,
        departure_ms=departure,
        hop_mps=_hop_mps(stop_m, arrival, departure, reds),
        run_first=last - count + 1,
        run_last=last,
        run_path=np.array([run.path for run in runs]),
        duty_runs=np.concatenate([np.array(duty.runs, dtype=np.int64) for duty in plan.duties]),
        duty_first=duty_last - duty_count + 1,
        duty_last=duty_last,
    )


def _lights_before(lights: Lights, path: int, stop_m: Floats) -> Floats:
    """Return how many signals lie before each stop of a run."""
    at_m = lights.at_m[lights.first[path] : lights.first[path + 1]]
    return np.searchsorted(at_m, stop_m).astype(float)


def _hop_mps(stop_m: Floats, arrival: Ints, departure: Ints, reds: Floats) -> Floats:
    """Return the driving speed that leaves time for a usual dwell and usual red lights."""
    way_m = np.diff(stop_m, prepend=stop_m[0])
    wait_s = MEAN_DWELL_S + MEAN_RED_S * np.maximum(np.diff(reds, prepend=reds[0]), 0.0)
    time_s = (arrival - np.concatenate([arrival[:1], departure[:-1]])) / 1000.0
    # Starting and braking cost about five seconds a hop.
    speed: Floats = np.clip(way_m / np.maximum(time_s - wait_s - 5.0, 8.0), MIN_MPS, MAX_MPS)
    return speed
