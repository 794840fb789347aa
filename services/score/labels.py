"""What was true of each report, from a simulation or from traces that people labelled."""

import csv
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
import numpy as np

from fleet.arrivals.observed import FAR_M, lay, make_way
from fleet.gtfs.timetable import Timetable
from fleet.simulation.truth import TruePosition, Truth
from schemas.trip import Phase
from services.recordings.refusal import number, words
from services.recordings.times import parse_time_ms

SETTLED_MS = 120_000
OFF_TRIP = frozenset({Phase.LAYOVER, Phase.DEADHEAD, Phase.AT_DEPOT})
# The New York labels: `actual_phase` begins with one of these; alternatives are joined by `+`.
PHASES = {
    "IN_PROGRESS": frozenset({Phase.IN_SERVICE, Phase.DETOUR}),
    "LAYOVER": frozenset({Phase.LAYOVER}),
    "DEADHEAD": frozenset({Phase.DEADHEAD}),
    "AT_BASE": frozenset({Phase.AT_DEPOT}),
}
EITHER = frozenset({Phase.LAYOVER, Phase.DEADHEAD})
SIMULATED = {"breakdown": frozenset({Phase.IN_SERVICE, Phase.UNKNOWN, Phase.DETOUR})}

Way = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Label:
    """What was true of one report; what was not labelled is ``None`` or empty.

    ``on_trip`` tells whether the bus was on a trip, ``settled`` whether it had been for two minutes. ``made_ms`` is
    when the report was truly made, whatever its clock says.
    """

    vehicle_id: str
    time_ms: int
    phases: frozenset[Phase] = frozenset()
    on_trip: bool | None = None
    settled: bool = False
    trip_id: str | None = None
    start_date: str | None = None
    block_id: str | None = None
    way: Way | None = None
    faults: tuple[str, ...] = ()
    made_ms: int | None = None


def read_labels(path: Path, timetable: Timetable) -> list[Label]:
    """Read ``truth.jsonl`` of a simulation or a labelled trace (CSV).

    Raises
    ------
    click.ClickException
        If the file is neither.
    """
    try:
        if path.suffix == ".csv":
            return _read_traces(path, timetable)
        return _read_simulation(path, timetable)
    except (OSError, msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {type(error).__name__}: {error}") from error


def _read_simulation(path: Path, timetable: Timetable) -> list[Label]:
    decoder = msgspec.json.Decoder(Truth)
    began: dict[tuple[str, str | None], int] = {}
    labels: list[Label] = []
    with path.open("rb") as file:
        for entry in map(decoder.decode, file):
            if not isinstance(entry, TruePosition) or not entry.reported:
                continue
            first_ms = began.setdefault((entry.vehicle_id, entry.trip_id), entry.time_ms)
            trip = timetable.trip_number.get(entry.trip_id or "")
            labels.append(
                Label(
                    vehicle_id=entry.vehicle_id,
                    time_ms=entry.reported_ms or 0,
                    phases=SIMULATED.get(entry.phase) or frozenset({Phase(entry.phase)}),
                    on_trip=entry.trip_id is not None,
                    settled=entry.time_ms - first_ms >= SETTLED_MS,
                    trip_id=entry.trip_id,
                    start_date=entry.start_date,
                    block_id=timetable.trip_block[trip] if trip is not None else None,
                    way=_way_of(timetable, trip) if trip is not None else None,
                    faults=entry.faults,
                    made_ms=entry.time_ms,
                )
            )
    return labels


def _read_traces(path: Path, timetable: Timetable) -> list[Label]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        absent = {"vid", "timestamp", "actual_phase"} - set(reader.fieldnames or ())
        if absent:
            raise click.ClickException(f"{path}: no column {', '.join(sorted(absent))}; is it a labelled trace?")
        rows = list(reader)
    ways = find_ways(timetable, rows)
    return [label for row in rows if (label := _trace_label(row, timetable, ways)) is not None]


def _trace_label(row: dict[str, str], timetable: Timetable, ways: dict[str, Way]) -> Label | None:
    vehicle, time_ms = words(row["vid"]), parse_time_ms(row["timestamp"], timetable.timezone)
    if vehicle is None or time_ms is None:
        return None
    phases = frozenset[Phase]()
    for name in row["actual_phase"].split("+"):
        kind = next((known for start, known in PHASES.items() if name.startswith(start)), frozenset[Phase]())
        informal = row.get("actual_is_run_formal", "").upper() != "TRUE"
        phases |= EITHER if informal and kind & EITHER else kind
    return Label(
        vehicle_id=vehicle,
        time_ms=time_ms,
        phases=phases,
        on_trip=phases <= PHASES["IN_PROGRESS"] if phases else None,
        settled=True,
        trip_id=_without_agency(words(row.get("actual_trip_id")), timetable.trip_number),
        block_id=_without_agency(words(row.get("actual_block_id")), [block for block in timetable.trip_block if block]),
        way=ways.get(row.get("actual_dsc", "")),
    )


def _without_agency(name: str | None, known: Container[str]) -> str | None:
    """Return an id as the feed has it: OneBusAway writes the agency and an underscore before it."""
    return name if name is None or name in known else name.partition("_")[2] or name


def find_ways(timetable: Timetable, rows: list[dict[str, str]]) -> dict[str, Way]:
    """Return which route and direction each sign code of the labels stands for.

    No feed says so; the labelled places do: those under one sign are laid along a trip of each direction of each
    route, and the one they follow best is meant.

    Parameters
    ----------
    timetable : Timetable
        The feed.
    rows : list of dict
        Of the labelled trace; ``actual_dsc``, ``timestamp``, ``lat`` and ``lon`` count.

    Returns
    -------
    dict
        Sign code → route id and direction id.
    """
    stretches: dict[str, list[list[tuple[int, float, float]]]] = defaultdict(list)
    before = ""
    for row in rows:
        code, lon, lat = row.get("actual_dsc", ""), number(row["lon"]), number(row["lat"])
        time_ms = parse_time_ms(row["timestamp"], timetable.timezone)
        if (
            code
            and row["actual_phase"] == "IN_PROGRESS"
            and lon is not None
            and lat is not None
            and time_ms is not None
        ):
            stretches[code] += [[]] if code != before or not stretches[code] else []
            stretches[code][-1].append((time_ms, lon, lat))
        before = code
    samples = _longest_trips(timetable)
    return {
        code: min(samples, key=lambda way: sum(_beside_m(timetable, samples[way], part) for part in parts))
        for code, parts in stretches.items()
    }


def _longest_trips(timetable: Timetable) -> dict[Way, int]:
    longest: dict[Way, int] = {}
    for trip in range(len(timetable.trip_ids)):
        way = _way_of(timetable, trip)
        if way not in longest or timetable.pattern_of(trip).length_m > timetable.pattern_of(longest[way]).length_m:
            longest[way] = trip
    return longest


def _beside_m(timetable: Timetable, trip: int, fixes: list[tuple[int, float, float]]) -> float:
    """Return by how many metres in all a stretch lies beside a trip's shape, if it may only go on along it."""
    x, y = timetable.frame.to_metres(np.array([f[1] for f in fixes]), np.array([f[2] for f in fixes]))
    always = timetable.run_of(trip, "19700101")  # long ago, so that no fix is one before its start
    laid = lay(make_way(timetable, [always]), np.array([f[0] for f in fixes]), x, y)
    return float(np.minimum(laid.off_m, FAR_M).sum())


def _way_of(timetable: Timetable, trip: int) -> Way:
    return timetable.route_ids[timetable.trip_route[trip]], timetable.trip_direction[trip]
