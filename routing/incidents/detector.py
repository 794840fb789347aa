"""The detector: positions, passes, counts and reports in; opened, renewed and closed candidates out."""

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from routing.incidents.camera import Cameras, Count
from routing.incidents.keeping import FORM, Kept, pack, unpack
from routing.incidents.odds import Ledger, Piece, lane_or_road, stand_odds
from routing.incidents.places import Places
from routing.incidents.settings import IncidentSettings
from routing.incidents.standing import Report, Stand, Standing
from routing.incidents.telling import Open, close, tell
from routing.incidents.usual import UsualStands
from routing.incidents.verdicts import Verdicts, verdict_of
from routing.matching.model import RoadModel
from routing.network.graph import RoadNetwork
from routing.network.stops import StopPlaces
from schemas.incident import Incident, IncidentState
from schemas.position import BusPosition

if TYPE_CHECKING:  # the estimator holds a detector
    from routing.congestion.history import Usual
    from routing.congestion.window import Pass

BUSES_REMEMBERED_MS = 1_200_000
MOST_REPORTS = 10_000


class IncidentDetector:
    """Adds up what speaks for an incident at each place, as log odds.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    settings : IncidentSettings, optional
        Odds, fading, distances.
    roads : RoadModel, optional
        Of the same network, where there is one already.
    stops : StopPlaces, optional
        Where standing is no sign.
    """

    def __init__(
        self, network: RoadNetwork, settings: IncidentSettings | None = None, *, roads: RoadModel | None = None,
        stops: StopPlaces | None = None,
    ) -> None:  # fmt: skip
        self.network = network
        self._set = settings or IncidentSettings()
        self._standing = Standing(roads or RoadModel(network), self._set, stops)
        self.know_stops = self._standing.know_stops
        self._places = Places(network, self._set.merge_m)
        self.stands, self.stop_stands, self.cameras = UsualStands(), UsualStands(), Cameras(self._set)
        self.verdicts = Verdicts(self._set)
        self.open: dict[str, Open] = {}
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget the buses and what was told, as when the clock goes back; keep what was learnt."""
        self._standing.forget_all()
        self.cameras.begin_anew()
        self._ledger = Ledger(self._set)
        self.open.clear()
        self._over: dict[int, int] = {}
        self._recent_z: list[tuple[int, float]] = []
        self._reports: list[Report] = []

    def listen(self, report: Report) -> None:
        """Take what a person said; it counts from the first step that is not before its time."""
        if len(self._reports) < MOST_REPORTS:
            self._reports.append(report)

    def find_edge(self, lon: float, lat: float, heading_deg: float | None = None) -> int | None:
        """Return the likeliest edge at a place; ``None`` where no road is near."""
        return self._standing.find_edge(lon, lat, heading_deg)

    def is_held(self, edge: int) -> bool:
        """Tell whether an edge lies in an incident that is not over nor called false, whose passes are not usual."""
        return any(edge in item.edges for item in self.open.values() if not item.is_dismissed)

    def hear(self, incident: Incident) -> None:
        """Take what the desk says of a candidate; detected again takes back what was said.

        Our own messages come back too: one that was written before the desk's word takes nothing back.
        """
        said_ms = self.verdicts.time_ms(incident.incident_id)
        if incident.state is IncidentState.CLOSED or (said_ms is not None and incident.updated_ms < said_ms):
            return
        self.verdicts.take(incident.incident_id, verdict_of(incident))
        item = self.open.get(incident.incident_id)
        if item is not None and item.incident is not None:
            state = IncidentState.DISMISSED if incident.state is IncidentState.DISMISSED else IncidentState.DETECTED
            item.incident = msgspec.structs.replace(item.incident, state=state)

    def step(
        self, now_ms: int, *, positions: Sequence[BusPosition] = (), passes: "Iterable[Pass]" = (),
        usual_of: "Callable[[Pass], Usual] | None" = None, counts: Iterable[Count] = (),
    ) -> list[Incident]:  # fmt: skip
        """Take what was seen until a time.

        Parameters
        ----------
        now_ms : int
            Event time; rising from call to call.
        positions : sequence of BusPosition
            In order of time.
        passes : iterable of Pass
            Buses that went over an edge.
        usual_of : callable
            The usual speed at the edge and the time of a pass.
        counts : iterable of Count
            Intervals of cameras.

        Returns
        -------
        list of Incident
            Opened, renewed or closed ones, in the order of their ids.
        """
        self._see_buses(positions, now_ms)
        if usual_of is not None:
            self._see_passes(passes, usual_of, now_ms)
        for count in counts:
            for piece in self.cameras.see(count, learn=not self.is_held(count.edge)):
                self._ledger.put(piece)
        for report in [report for report in self._reports if report.time_ms <= now_ms]:
            self._reports.remove(report)
            value = self._set.report_odds.get(report.who, 0.0)
            self._ledger.put(Piece(f"report_{report.who}", report.report_id, report.edge, value, report.time_ms, 1.0))
        self._ledger.fade(now_ms)
        return self._decide(now_ms)

    def _see_buses(self, positions: Sequence[BusPosition], now_ms: int) -> None:
        going, ended = self._standing.see(positions)
        for stand in ended:
            if stand.edge is None or stand.excused or stand.seconds <= 0:
                continue
            if not self.is_held(stand.edge):
                self._usual(stand).learn(self.network.edge_ids[stand.edge], stand.seconds)
        for stand in going:
            if stand.edge is not None and self._is_strange(stand, self.network.edge_ids[stand.edge]):
                self._ledger.put(self._held(stand, stand.edge))
        self._standing.forget(now_ms - BUSES_REMEMBERED_MS)

    def _is_strange(self, stand: Stand, place: str) -> bool:
        """Tell whether a stand may say anything; at a stop only where it is known how long buses wait there."""
        if stand.excused:
            return False
        if not stand.at_stop:
            return stand.seconds >= self._set.least_stand_s
        return stand.seconds >= self._set.least_stop_s and self.stop_stands.known(place) >= self._set.stop_known

    def _usual(self, stand: Stand) -> UsualStands:
        return self.stop_stands if stand.at_stop else self.stands

    def _held(self, stand: Stand, edge: int) -> Piece:
        longer = self._usual(stand).longer(self.network.edge_ids[edge], stand.seconds)
        value = stand_odds(stand.seconds, longer, self._set)
        return Piece("held", stand.vehicle_id, edge, value, stand.seen_ms, stand.seconds, stand.route_id)

    def _see_passes(self, passes: "Iterable[Pass]", usual_of: "Callable[[Pass], Usual]", now_ms: int) -> None:
        """Weigh passes by how many deviations they are slower than usual, less what the whole city is slower."""
        self._recent_z = [row for row in self._recent_z if now_ms - row[0] <= 600_000]
        city = median(z for _, z in self._recent_z) if len(self._recent_z) >= 20 else 0.0
        for item in passes:
            usual = usual_of(item)
            if not usual.own or item.speed_mps <= 0.0:
                continue
            z = math.log(usual.speed_mps / item.speed_mps) / usual.sd_log
            self._recent_z.append((item.time_ms, z))
            value = min(max(z - max(city, 0.0) - 1.5, -1.0), self._set.slow_most)
            times = usual.speed_mps / item.speed_mps
            self._ledger.put(Piece("slow", item.vehicle_id, item.edge, value, item.time_ms, times))

    def odds(self, edge: int, now_ms: int) -> float:
        """Return the log odds that an edge is blocked; what stands in the edges before it counts in part."""
        here = [(piece.kind, self._worth(piece, now_ms)) for piece in self._ledger.on(edge)]
        before = [
            (piece.kind, self._set.upstream_share * max(self._worth(piece, now_ms), 0.0))
            for e in self._places.upstream(edge)
            for piece in self._ledger.on(e)
        ]
        off = self.verdicts.place(self.network.edge_ids[edge], now_ms)
        return self._set.prior - off + lane_or_road([*here, *before], self._set)

    def _worth(self, piece: Piece, now_ms: int) -> float:
        return self.verdicts.trust(piece.kind) * self._ledger.worth(piece, now_ms)

    def _decide(self, now_ms: int) -> list[Incident]:
        changed: dict[str, Incident] = {}
        odds = {edge: self.odds(edge, now_ms) for edge in self._ledger.edges()}
        for edge in sorted((e for e in odds if odds[e] >= self._set.open_at), key=lambda e: (-odds[e], e)):
            if not any(edge in item.near for item in self.open.values()) and not self._was_told(edge, now_ms):
                digest = hashlib.sha256(f"{self.network.edge_ids[edge]}/{now_ms}".encode()).hexdigest()[:12]
                self.open[f"slow-{digest}"] = Open(edge, self._places.near(edge))
        for key, item in list(self.open.items()):
            most = max((odds.get(edge, self._set.prior) for edge in item.near), default=self._set.prior)
            end = item.find_end(most, now_ms, self._set)
            if end is not None and item.incident is not None:
                if not item.is_dismissed:
                    changed[key] = close(item.incident, end, now_ms)
                del self.open[key]
                self._over[item.edge] = now_ms
            elif not item.is_dismissed and item.is_due(now_ms, self._set.update_every_s):
                pieces = [p for e in sorted(item.near) for p in self._ledger.on(e) if self._worth(p, now_ms) >= 0.3]
                changed[key] = item.incident = tell(self.network, key, item, pieces, most, now_ms)
        return [changed[key] for key in sorted(changed)]

    def _was_told(self, edge: int, now_ms: int) -> bool:
        """Tell whether a candidate here is only just over."""
        self._over = {e: ms for e, ms in self._over.items() if now_ms - ms < self._set.again_s * 1000}
        return any(edge in self._places.near(e) for e in self._over)

    def dump(self) -> bytes:
        """Return what must survive a restart."""
        verdicts = {k: (list(a), list(b), c, d) for k, (a, b, c, d) in self.verdicts.dump().items()}
        told = {
            key: (self.network.edge_ids[item.edge], item.incident)
            for key, item in self.open.items()
            if item.incident is not None
        }
        stands = (self.stands.dump(), self.stop_stands.dump(), self.cameras.stands.dump())
        return pack(Kept(FORM, *stands, verdicts, told))

    def load(self, data: bytes) -> bool:
        """Take what `dump` returned; false, and nothing changed, where it is broken or of another form."""
        kept = unpack(data)
        if kept is None:
            return False
        self.stands.load(kept.stands)
        self.stop_stands.load(kept.stop_stands)
        self.cameras.stands.load(kept.camera_stands)
        self.verdicts.load(kept.verdicts)
        index_of = self.network.edge_index_of
        for key, (edge_id, incident) in kept.open.items():
            if edge_id in index_of:  # an edge that is no more ends with its candidate
                edge = index_of[edge_id]
                edges = {index_of[e] for e in incident.evidence.edge_ids if e in index_of}
                self.open[key] = Open(edge, self._places.near(edge), edges, incident)
        return True
