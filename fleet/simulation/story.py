"""From what the kernel notes to the truth log: calls, missed stops, and what became of each trip."""

from fleet.simulation import state as kinds
from fleet.simulation.buses import World
from fleet.simulation.plan import Ints
from fleet.simulation.truth import TrueCall, TrueIncident, TrueMissed, TrueRain, TrueTrip, Truth

EVENT_WORDS = {
    kinds.BEGAN: "began",
    kinds.ENDED: "ended",
    kinds.TURNED: "short_turn",
    kinds.BROKE: "breakdown",
    kinds.MENDED: "mended",
    kinds.TOWED: "towed",
}
REASONS = {kinds.TURNED: "short_turn", kinds.TOWED: "breakdown"}


class Story:
    """Turns events into the truth; remembers when each bus arrived at the stop where it stands.

    Parameters
    ----------
    world : World
        Names of everything.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._arrived: dict[int, tuple[int, int]] = {}

    def tell(self, events: Ints) -> list[Truth]:
        """Return what events of one second mean."""
        told: list[Truth] = []
        for kind, bus, duty, stop, time_ms, number in events.tolist():
            if kind == kinds.ARRIVED:
                self._arrived[bus] = (stop, time_ms)
            elif kind in (kinds.LEFT, kinds.PASSED):
                told.append(self._call(bus, duty, stop, time_ms, number))
            elif kind == kinds.SKIPPED:
                told += self._missed(bus, duty, stop, stop + 1, "detour")
            elif kind == kinds.DROPPED:
                for row in range(duty, number):
                    told.append(self._trip(bus, row, time_ms, "dropped"))
                    told += self._missed(bus, row, 0, None, "dropped")
            else:
                told.append(self._trip(bus, duty, time_ms, EVENT_WORDS[kind]))
                if kind in REASONS:
                    told += self._missed(bus, duty, stop + (kind == kinds.TURNED), None, REASONS[kind])
        return told

    def _call(self, bus: int, duty: int, stop: int, left_ms: int, riders: int) -> TrueCall:
        run = self._world.plan.runs[int(self._world.tables.duty["run"][duty])]
        known = self._arrived.pop(bus, None)
        return TrueCall(
            vehicle_id=self._world.vehicles[bus],
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=run.route_id,
            stop_id=run.stop_ids[stop],
            stop_sequence=run.stop_sequences[stop],
            arrival_ms=known[1] if known and known[0] == stop else left_ms,
            departure_ms=left_ms,
            scheduled_arrival_ms=int(run.arrival_ms[stop]),
            riders=riders,
        )

    def _trip(self, bus: int, duty: int, time_ms: int, event: str) -> TrueTrip:
        run = self._world.plan.runs[int(self._world.tables.duty["run"][duty])]
        return TrueTrip(
            vehicle_id=self._world.vehicles[bus],
            trip_id=run.trip_id,
            start_date=run.start_date,
            time_ms=time_ms,
            event=event,
        )

    def _missed(self, bus: int, duty: int, first: int, end: int | None, reason: str) -> list[Truth]:
        run = self._world.plan.runs[int(self._world.tables.duty["run"][duty])]
        return [
            TrueMissed(
                vehicle_id=self._world.vehicles[bus],
                trip_id=run.trip_id,
                start_date=run.start_date,
                stop_id=run.stop_ids[stop],
                stop_sequence=run.stop_sequences[stop],
                reason=reason,
            )
            for stop in range(first, len(run.stop_ids) if end is None else end)
        ]


def tell_circumstances(world: World) -> list[Truth]:
    """Return the weather, the incidents and the trips that fall out, of the whole period."""
    roads, traffic = world.traffic.roads, world.traffic
    told: list[Truth] = [
        TrueRain(
            start_ms=rain.start_ms,
            end_ms=rain.end_ms,
            heaviest_mm_h=rain.heaviest_mm_h,
            floods=rain.floods(rain.end_ms - 1),
        )
        for rain in traffic.rains
    ]
    told += [
        TrueTrip(lost.vehicle_id, run.trip_id, run.start_date, run.start_ms, lost.reason)
        for lost in world.plan.lost
        for run in [world.plan.runs[lost.run]]
    ]
    queues = {queue.incident.incident_id: queue for queue in traffic.queues}
    for one in traffic.incidents:
        queue = queues.get(one.incident_id)
        longest_m = float((queue.back_m - queue.front_m).max()) if queue else 0.0
        reached = queue.edge[queue.from_m < queue.back_m.max()].tolist() if queue else []
        told.append(
            TrueIncident(
                incident_id=one.incident_id,
                kind=one.kind,
                edge=one.edge,
                lon=round(float(roads.lon[one.edge]), 6),
                lat=round(float(roads.lat[one.edge]), 6),
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                open_share=one.open_share,
                queue_end_ms=queue.end_ms if queue else one.end_ms,
                longest_queue_m=round(longest_m, 1),
                queue_edges=tuple(reached),
                detours=sum(detour.incident_id == one.incident_id for detour in world.detours),
            )
        )
    return told
