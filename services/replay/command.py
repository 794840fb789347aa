"""`hanoi replay`: run the tracker over a recording and write what it says."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from fleet.arrivals.links import make_links
from fleet.arrivals.ways import Ways, lay_links
from fleet.cleaning import Area
from fleet.gtfs import GtfsError, Timetable, read_timetable
from fleet.roster import RosterError, read_roster
from fleet.tracker import Tracker
from routing.network import NetworkError, RoadNetwork, load_network
from schemas.edge import RoadStates
from schemas.fix import Fix
from services.city.folder import CityError
from services.city.on_roads import read_timetable_on_roads
from services.recordings import FORMATS, RecordingError, Refusal, read_recording
from services.recordings.day_files import is_day_schedule, write_feed_of_day_files
from services.replay.lessons import read_lessons
from services.replay.order import in_time_order, shuffled, without_trips
from services.replay.own_roads import OwnRoads
from services.replay.roads import read_road_states
from services.replay.truth import TruthKeeper
from services.replay.write import ReplayFiles

BATCH = 500
MARGIN_DEG = 0.3


@click.command()
@click.option("--gtfs", type=click.Path(path_type=Path), required=True,
              help="GTFS zip or folder; or schedule_FROM_TO.csv of day files: a feed is made of it.")  # fmt: skip
@click.option("--positions", type=click.Path(path_type=Path), required=True, help="Recording: file or folder.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the results; made if absent.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="auto", help="Format of the recording.")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV vehicle_id,route_id.")
@click.option("--shuffle", "seed", type=int, help="Deliver each fix up to 15 minutes late, some twice.")
@click.option("--hide-trips", is_flag=True, help="As if the feed named no trip; assignment must find it.")
@click.option("--history", type=click.Path(path_type=Path), multiple=True,
              help="Replay of an earlier day on the same feed: its lessons are known; may be repeated.")  # fmt: skip
@click.option("--network", type=click.Path(path_type=Path),
              help="Road network; lines that the feed does not draw are laid on it.")  # fmt: skip
@click.option(
    "--road-states",
    type=click.Path(path_type=Path),
    help="States of that network's edges: messages of road.states by line, or a simulation's edges.parquet.",
)
@click.option("--own-roads", is_flag=True,
              help="Estimate that network's states from these buses as they come, and foresee with them.")  # fmt: skip
@click.option("--repeat-calendar", is_flag=True, help="Outside the calendar run what each weekday usually ran.")
def replay(
    gtfs: Path,
    positions: Path,
    out: Path,
    form: str,
    roster: Path | None,
    seed: int | None,
    hide_trips: bool,
    history: tuple[Path, ...],
    network: Path | None,
    road_states: Path | None,
    own_roads: bool,
    repeat_calendar: bool,
) -> None:
    """Run the tracker over a recording and write what it says.

    With --shuffle stop_events.csv, assignments.csv (what was said last of each bus and time) and so the sha256 of the
    summary stay the same. predictions.csv holds what was said at the time, with what was known by then, so it differs;
    alerts that are found by looking around (silent, bunching, gaps, detours, not coming) depend on the clock.
    """
    refused: Counter[str] = Counter()

    def count(refusal: Refusal) -> None:
        refused[f"{refusal.field}: {refusal.mend}"] += 1

    if network is None and (own_roads or road_states is not None):
        raise click.UsageError("--road-states and --own-roads need the --network whose edges they tell of")
    try:
        gtfs = write_feed_of_day_files(gtfs, positions, out / "gtfs.zip") if is_day_schedule(gtfs) else gtfs
        timetable = _timetable(gtfs, network, repeat_calendar=repeat_calendar)
        routes = read_roster(roster) if roster is not None else None
        read = read_recording(positions, form, "replay", timezone=timetable.timezone, on_refusal=count)
        fixes = in_time_order(read)
    except (GtfsError, RosterError, RecordingError, CityError, NetworkError) as error:
        raise click.ClickException(str(error)) from error
    truth = TruthKeeper(timetable)
    truth.keep(fixes)
    fixes = [without_trips(fix) for fix in fixes] if hide_trips else fixes
    fixes = shuffled(fixes, seed) if seed is not None else fixes
    ways, told, roads = _roads(timetable, network, road_states, own=own_roads)
    own = OwnRoads(timetable, roads, fixes[0].time_ms) if roads is not None and own_roads and fixes else None
    tracker = Tracker(timetable, routes, area_of(timetable), ways)
    tracker.learn_all(read_lessons(history, tracker.fingerprint))
    files = ReplayFiles(out)
    began = time.perf_counter()
    counts = run_through(tracker, fixes, files, truth, told, own)
    took_s = time.perf_counter() - began
    rows = files.close(truth)
    summary = {
        "gtfs": str(gtfs),
        "positions": str(positions),
        "fixes": len(fixes),
        "vehicles": len({fix.vehicle_id for fix in fixes}),
        "refused": dict(refused),
        "verdicts": dict(sorted(counts["verdicts"].items())),
        "phases": dict(sorted(counts["phases"].items())),
        "alerts": dict(sorted(counts["alerts"].items())),
        "rows": rows,
        "named": dict(sorted(truth.named.items())),
        "doubts": list(timetable.doubts),
        "seconds": round(took_s, 2),
        "fixes_per_s": round(len(fixes) / took_s, 1) if took_s else None,
        "options": {"hide_trips": hide_trips, "shuffle": seed, "repeat_calendar": repeat_calendar}
        | {"history": [str(folder) for folder in history], "road_states": str(road_states) if road_states else None}
        | {"own_roads": own_roads},
        "sha256": files.digest(),
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(json.dumps(summary, indent=2, ensure_ascii=False))


def _timetable(gtfs: Path, network: Path | None, *, repeat_calendar: bool) -> Timetable:
    if network is None:
        return read_timetable(gtfs, repeat_calendar=repeat_calendar)
    timetable, findings = read_timetable_on_roads(gtfs, network, repeat_calendar=repeat_calendar)
    for found in findings:
        click.echo(found.text.en, err=True)
    return timetable


def _roads(
    timetable: Timetable, network: Path | None, road_states: Path | None, *, own: bool
) -> tuple[Ways | None, Iterator[RoadStates], RoadNetwork | None]:
    """Return the edges under the timetable's links, states of roads and the network, nothing where none are used."""
    if network is None or (road_states is None and not own):
        return None, iter(()), None
    roads = load_network(network)
    ways = lay_links(timetable, make_links(timetable), roads)
    return ways, iter(()) if road_states is None else read_road_states(road_states, roads, ways), roads


def area_of(timetable: Timetable) -> Area:
    """Return the area of a timetable: its stops and 0.3 degrees around them."""
    lon, lat = timetable.stop_lon, timetable.stop_lat
    return Area(
        float(lon.min()) - MARGIN_DEG,
        float(lat.min()) - MARGIN_DEG,
        float(lon.max()) + MARGIN_DEG,
        float(lat.max()) + MARGIN_DEG,
    )


def run_through(
    tracker: Tracker, fixes: list[Fix], files: ReplayFiles, truth: TruthKeeper, told: Iterable[RoadStates] = (),
    own: OwnRoads | None = None,
) -> dict[str, Counter[str]]:  # fmt: skip
    """Hand all fixes, and states of roads as they come, to the tracker; write what it says, count phases and alerts."""
    roads = iter(told)
    coming = next(roads, None)
    counts: dict[str, Counter[str]] = {"phases": Counter(), "alerts": Counter(), "verdicts": Counter()}
    now_ms = 0
    batches = [fixes[i : i + BATCH] for i in range(0, len(fixes), BATCH)]
    with click.progressbar(batches, label="replay", show_pos=True) as bar:
        for batch in bar:
            now_ms = max(now_ms, *(fix.received_ms for fix in batch))
            while coming is not None and coming.time_ms <= now_ms:
                tracker.take_roads([coming])
                coming = next(roads, None)
            out = tracker.step(batch, now_ms)
            if own is not None:
                tracker.take_roads(own.hear(out.positions, now_ms))  # known to the next batch, as in a running city
            files.take(out)
            truth.note(out.positions)
            counts["phases"].update(position.assignment.phase.value for position in out.positions)
            counts["alerts"].update(alert.kind.value for alert in out.alerts if alert.ended_ms is None)
    counts["verdicts"].update(tracker.verdicts)
    return counts
