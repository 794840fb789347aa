"""Server-sent events from the live state: what changed, encoded once for all who listen."""

import asyncio
from collections.abc import Iterable

from schemas.incident import Incident
from services.api.city.endpoints import clock_out
from services.api.control.responses import FeedOut, FeedsOut, feed_out
from services.api.edges.responses import EdgeOut, edge_out, list_edges
from services.api.hub import Client, Keys
from services.api.incidents.responses import IncidentsOut, incident_out
from services.api.live import LiveState
from services.api.responses import Model
from services.api.state import ApiState
from services.api.stops.responses import arrivals_out
from services.api.stream.fleet import Fleet
from services.api.stream.journal import Journal
from services.api.stream.packed import Event, event
from services.api.stream.some_buses import SomeBuses, Wanted
from services.incidents.lifecycle import LogEntry
from services.store.incidents import find_incident, list_incident_logs, list_incidents

# So long after the last who listened to a topic left, its events are made for who comes back.
COMES_BACK_MS = 60_000
Found = list[tuple[Incident, list[LogEntry]]]


class ResumeOut(Model):
    """Whether a stream goes on where it was cut off; if not, it is too long ago and the whole follows."""

    resumed: bool


class EdgeChangesOut(Model):
    """Edges whose state changed."""

    states: list[EdgeOut]


class Sender:
    """Turns changed keys into events in the queues of the clients that asked for them."""

    def __init__(self, state: ApiState) -> None:
        self.state = state
        self.fleet = Fleet(state)
        self.some = SomeBuses(state)
        self.journal = Journal()
        self._left_ms: dict[str, int] = {}
        self._arrivals: dict[tuple[str, int], str] = {}

    def turn_to(self, state: ApiState) -> None:
        """Speak of another timetable from now on; every client gets the whole again."""
        fleet = Fleet(state)
        with state.live.reading() as live:
            fleet.take(live, list(live.vehicles))
        self.state, self.fleet, self.some = state, fleet, SomeBuses(state)
        self._arrivals.clear()
        self.journal.skip()
        for client in state.hub.clients:
            client.resync()

    async def tick(self) -> None:
        """Send the clock, the buses that are not shown any more, and the arrivals that only time has changed."""
        clock = event("clock", clock_out(self.state))
        for client in self.state.hub.clients:
            client.put(clock)
        with self.state.live.reading() as live:
            gone = self.fleet.let_go(live)
            self.some.keep_only(live)
        if gone is not None:
            self._put("vehicles", gone)
        self._send_arrivals(None)

    async def send(self, ready: Keys) -> None:
        """Send what changed."""
        if "all" in ready:
            self._arrivals.clear()
            self.fleet.clear()
            self.journal.skip()
            for client in self.state.hub.clients:
                client.resync()
            return
        wishes = {client.buses for client in self.state.hub.clients if isinstance(client.buses, Wanted)}
        with self.state.live.reading() as live:
            events = self._encode(live, ready)
            some = self.some.take(live, _strings(ready.get("vehicles", ())), wishes)
        for topic, data in events:
            self._put(topic, data)
        for client in self.state.hub.clients if some else ():
            if isinstance(client.buses, Wanted) and client.buses in some:
                client.put(some[client.buses])
        if "incidents" in ready:
            await self._send_incidents({str(key) for key in ready["incidents"]})
        if "predictions" in ready or "alerts" in ready:
            self._send_arrivals(None if "alerts" in ready else {str(key) for key in ready["predictions"]})

    def _encode(self, live: LiveState, ready: Keys) -> list[tuple[str, Event]]:
        now_ms = self.state.now_ms
        events: list[tuple[str, Event]] = []
        moved = self.fleet.take(live, _strings(ready.get("vehicles", ())))
        if moved is not None:
            events.append(("vehicles", moved))
        edges = [live.edges[e].state for e in ready.get("edges", ()) if isinstance(e, int) and e in live.edges]
        if edges and self._wanted("edges"):
            states = [edge_out(edge) for edge in edges]
            events.append(("edges", event("edges", EdgeChangesOut.model_construct(states=states))))
        feeds = [feed_out(live.feeds[f], now_ms) for f in _strings(ready.get("feeds", ())) if f in live.feeds]
        if feeds and self._wanted("feeds"):
            events.append(("feeds", event("feeds", FeedsOut(feeds=feeds))))
        return events

    def _wanted(self, topic: str) -> bool:
        """Tell whether somebody listens to a topic or may come back to it; else nobody can take it up again."""
        if any(topic in client.topics for client in self.state.hub.clients):
            return True
        if self.state.wall.now_ms() - self._left_ms.get(topic, 0) < COMES_BACK_MS:
            return True
        self.journal.skip([topic])
        return False

    def _put(self, topic: str, data: Event) -> None:
        numbered = self.journal.add(topic, data)
        for client in self.state.hub.clients:
            if topic in client.topics:
                client.put(numbered)

    def left(self, client: Client) -> None:
        """Note that a client is gone, which may come back."""
        self._left_ms.update(dict.fromkeys(client.topics, self.state.wall.now_ms()))

    def resume(self, client: Client, last_id: str) -> list[Event] | None:
        """Return what a client missed since an id, ``None`` where it needs the whole; call it from the event loop."""
        missed = self.journal.since(last_id, client.topics)
        return None if missed is None else [event("resume", ResumeOut(resumed=True)), *missed]

    async def _send_incidents(self, incident_ids: set[str]) -> None:
        clients = [client for client in self.state.hub.clients if "incidents" in client.topics]
        if not clients:
            return
        found = await asyncio.to_thread(self._read_incidents, incident_ids)
        for client in clients:
            client.put(self._incidents_event(found, client.actor))

    def _read_incidents(self, incident_ids: set[str] | None) -> Found:
        """Return incidents as the store has them; one that is not archived yet as the log has it."""
        with self.state.store.reading() as session:
            if incident_ids is None:
                stored = list(list_incidents(session))
            else:
                ids = sorted(incident_ids)
                stored = [found for i in ids if (found := find_incident(session, i)) is not None]
            logs = list_incident_logs(session, [incident.incident_id for incident in stored])
        absent = (incident_ids or set()) - logs.keys()
        with self.state.live.reading() as live:
            fresh = [live.incidents[i] for i in sorted(absent) if i in live.incidents]
        return [(i, logs[i.incident_id]) for i in stored] + [(i, []) for i in fresh]

    def _incidents_event(self, found: Found, actor: str) -> Event:
        wall_ms = self.state.wall.now_ms()
        views = [incident_out(i, log, roads=self.state.roads, actor=actor, wall_ms=wall_ms) for i, log in found]
        return event("incidents", IncidentsOut(incidents=views))

    def _send_arrivals(self, changed: set[str] | None) -> None:
        wanted = {(c.stop_id, c.limit) for c in self.state.hub.clients if c.stop_id and "arrivals" in c.topics}
        self._arrivals = {key: body for key, body in self._arrivals.items() if key in wanted}
        for stop_id, limit in sorted(wanted):
            place = self.state.timetable.place_of.get(stop_id)
            if place is None or (changed is not None and changed.isdisjoint(place.stop_ids)):
                continue
            data, mark = self._arrivals_event(stop_id, limit)
            if self._arrivals.get((stop_id, limit)) == mark:
                continue
            self._arrivals[stop_id, limit] = mark
            for client in self.state.hub.clients:
                if (client.stop_id, client.limit) == (stop_id, limit) and "arrivals" in client.topics:
                    client.put(data)

    def _arrivals_event(self, stop_id: str, limit: int) -> tuple[Event, str]:
        place = self.state.timetable.place_of[stop_id]
        with self.state.live.reading() as live:
            body = arrivals_out(live, self.state.timetable, place, self.state.now_ms, limit)
        return event("arrivals", body), body.model_dump_json(exclude={"now_ms"})

    def snapshot(self, client: Client, topics: frozenset[str] | None = None) -> list[Event]:
        """Return everything a client asked for, as it is now; may read the store, so call it in a thread."""
        state = self.state
        wanted = client.topics if topics is None else topics
        parts = [event("clock", clock_out(state))]
        now_ms = state.now_ms
        if "vehicles" in wanted:
            parts.append(self.fleet.whole())
        with state.live.reading() as live:
            if isinstance(client.buses, Wanted):
                parts.append(self.some.whole(live, client.buses))
            if "edges" in wanted:
                parts.append(event("edges", EdgeChangesOut.model_construct(states=list_edges(live))))
            if "feeds" in wanted:
                feeds: list[FeedOut] = [feed_out(live.feeds[name], now_ms) for name in sorted(live.feeds)]
                parts.append(event("feeds", FeedsOut(feeds=feeds)))
        if "arrivals" in wanted and client.stop_id in state.timetable.place_of:
            parts.append(self._arrivals_event(client.stop_id, client.limit)[0])
        if "incidents" in wanted:
            parts.append(self._incidents_event(self._read_incidents(None), client.actor))
        return parts


def _strings(keys: Iterable[str | int]) -> list[str]:
    return sorted(key for key in keys if isinstance(key, str))
