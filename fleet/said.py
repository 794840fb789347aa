"""What the reports of one bus led to, kept short, and what of it must be said anew when its course was corrected."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from schemas.fleet_alert import FleetAlert
from schemas.lesson import Lesson
from schemas.stop_event import StopEvent

Call = tuple[str, str, int]


@dataclass(slots=True)
class Said:
    """What one report led to: ``position`` is a digest of where the bus was said to be."""

    position: int
    stop_events: tuple[StopEvent, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    alerts: tuple[FleetAlert, ...] = ()

    def short(self) -> "Said":
        """Return it with the long parts of lessons put as their digest."""
        if not self.lessons:
            return self
        lessons = tuple(msgspec.structs.replace(le, facts=(float(hash(le) % 2**52),)) for le in self.lessons)
        return Said(self.position, self.stop_events, lessons, self.alerts)


@dataclass(slots=True)
class Correction:
    """What is said anew after the course of a bus was corrected."""

    stop_events: list[StopEvent] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    alerts: list[FleetAlert] = field(default_factory=list)


def call_of(event: StopEvent) -> Call:
    """Return which call at a stop an event tells of; the vehicle is known."""
    return event.trip_id, event.start_date, event.stop_sequence


def correct(before: Iterable[Said], old: Iterable[Said], new: Iterable[Said]) -> Correction:
    """Return what to say so that whoever heard ``before`` and ``old`` knows ``before`` and ``new``.

    Parameters
    ----------
    before : iterable of Said
        What reports led to that were not taken anew.
    old : iterable of Said
        What was said of the others.
    new : iterable of Said
        What they lead to now.

    Returns
    -------
    Correction
        A call that is told otherwise is withdrawn first; one that did not happen is only withdrawn. A lesson is
        replaced by its identity or taken back; an alert that never was ends when it began.
    """
    before, old, new = list(before), list(old), list(new)
    out = Correction()
    _correct_calls(before, old, new, out)
    _correct_lessons(old, new, out)
    was = {alert.alert_id: alert for said in before for alert in said.alerts}
    then = {alert.alert_id: alert for said in old for alert in said.alerts}
    now = {alert.alert_id: alert for said in new for alert in said.alerts}
    out.alerts += [alert for key, alert in now.items() if alert != then.get(key)]
    for key in then.keys() - now.keys():
        back = was.get(key) or msgspec.structs.replace(then[key], ended_ms=then[key].started_ms)
        out.alerts.append(msgspec.structs.replace(back, updated_ms=then[key].updated_ms))
    return out


def _correct_calls(before: list[Said], old: list[Said], new: list[Said], out: Correction) -> None:
    was = {call_of(event): event for said in before for event in said.stop_events}
    then = {call_of(event): event for said in old for event in said.stop_events}
    now = {call_of(event): event for said in new for event in said.stop_events}
    for key in sorted(then.keys() | now.keys()):
        event = now.get(key) or was.get(key)
        if event == then.get(key):
            continue
        if key in then:
            out.stop_events.append(msgspec.structs.replace(then[key], withdrawn=True))
        if event is not None:
            out.stop_events.append(event)


def _correct_lessons(old: list[Said], new: list[Said], out: Correction) -> None:
    then = {lesson.identity: lesson for said in old for lesson in said.lessons}
    fresh = {lesson.identity: lesson for said in new for lesson in said.lessons}
    digests = {lesson.identity: lesson for said in new for lesson in said.short().lessons}
    out.lessons += [lesson for key, lesson in fresh.items() if digests[key] != then.get(key)]
    for key in sorted(then.keys() - fresh.keys()):
        gone = then[key]
        out.lessons.append(
            msgspec.structs.replace(gone, link=-1, took_s=0.0, planned_s=0.0, facts=(), terminal=None, left_s=None)
        )
