"""Hours of a kerb lane before a light: queues, jams behind the junction, and cars that really stop at the kerb."""

from dataclasses import dataclass, field

import numpy as np

from schemas.violation import LampSpan
from tests.vision.builders import START_MS
from tests.vision.rules.stage import box_of, camera, going, zone
from vision.observer import Observer
from vision.road import SIZE_M
from vision.rules import Finding
from vision.tracks import Look

STEP_S, CYCLE_S, GREEN_S = 0.5, 80.0, 34.0
LINE_M, BEGIN_M, END_M = 40.0, 4.0, 70.0
LANES = (1.4, -2.0)
KERB_M = 4.7
ZONE = zone("no_stopping", (-0.3, 13.0), (6.2, 13.0), (6.2, 38.0), (-0.3, 38.0))


@dataclass
class Car:
    """One vehicle: ``at`` is its middle, metres north; a parked one has a time until which it stands."""

    label: str
    lane: int
    at: float
    mps: float
    wish: float
    number: int
    until_s: float = 0.0
    since_s: float = 0.0
    hidden_s: float = 0.0
    track: int = 0


@dataclass
class Kerb:
    """The street; ``parked`` are the cars that stood at the kerb long enough, with whether they were found."""

    seed: int
    cars: list[Car] = field(default_factory=list)
    parked: dict[int, Car] = field(default_factory=dict)
    time_s: float = 0.0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self._next, self._track, self._jam_s = 1, 1, [0.0, 0.0]

    def light(self) -> str:
        phase = self.time_s % CYCLE_S
        return "green" if phase < GREEN_S else "yellow" if phase < GREEN_S + 3 else "red"

    def step(self) -> None:
        """Move everybody on by half a second."""
        self.time_s += STEP_S
        for lane in range(2):
            if self.rng.random() < STEP_S / 900:  # the way on is blocked for up to three cycles
                self._jam_s[lane] = self.time_s + self.rng.uniform(40, 240)
            self._drive(lane)
            self._arrive(lane)
        if self.rng.random() < STEP_S / 300:
            self._park()
        for number in [c.number for c in self.cars if c.until_s and self.time_s > c.until_s]:
            self.cars = [c for c in self.cars if c.number != number]
        self.cars = [c for c in self.cars if c.at < END_M]

    def _drive(self, lane: int) -> None:
        queue = sorted((c for c in self.cars if c.lane == lane and not c.until_s), key=lambda c: -c.at)
        ahead = 1e9
        for car in queue:
            length = SIZE_M[car.label][0]
            room = ahead - car.at - length / 2 - 2.0
            to_line = LINE_M - car.at - length / 2
            if to_line > -0.5 and (self.light() != "green" or self.time_s < self._jam_s[lane]):
                room = min(room, to_line - 1.0)
            wanted = min(car.wish, max(0.0, room) * 0.7)
            car.mps = max(0.0, car.mps + max(-3.0, min(1.0, wanted - car.mps)))
            car.at += min(car.mps * STEP_S, max(0.0, room))
            ahead = car.at - length / 2

    def _arrive(self, lane: int) -> None:
        last = min((c.at - SIZE_M[c.label][0] / 2 for c in self.cars if c.lane == lane and not c.until_s), default=99.0)
        if last < BEGIN_M + 10 or self.rng.random() > STEP_S / 4.5:
            return
        label = str(self.rng.choice(["car", "car", "car", "truck", "bus", "motorcycle", "motorcycle"]))
        self._add(Car(label, lane, BEGIN_M, 6.0, float(self.rng.uniform(6, 11)), 0))

    def _park(self) -> None:
        at = float(self.rng.uniform(20.0, 32.0))
        if any(c.until_s and abs(c.at - at) < 6.5 for c in self.cars):
            return
        car = Car("car", 0, at, 0.0, 0.0, 0, self.time_s + float(self.rng.uniform(10.0, 500.0)), self.time_s)
        self._add(car)
        if car.until_s - car.since_s > 90.0:
            self.parked[car.number] = car

    def _add(self, car: Car) -> None:
        car.number, self._next = self._next, self._next + 1
        self.cars.append(car)

    def looks(self, frame: int, noise: float) -> list[tuple[Car, Look]]:
        """Return what is seen: shaken boxes, some unseen for a while and found under another number."""
        found = []
        for car in self.cars:
            if car.track == 0 or (car.hidden_s and self.time_s > car.hidden_s):
                car.track, self._track, car.hidden_s = self._track, self._track + 1, 0.0
            if not car.hidden_s and self.rng.random() < STEP_S / 120:
                car.hidden_s = self.time_s + float(self.rng.uniform(2.0, 15.0))
            box = None if car.hidden_s else box_of(car.label, (KERB_M if car.until_s else LANES[car.lane], car.at, 0.0))
            if box is None:
                continue
            shaken = np.array(box) + self.rng.normal(0, noise * (box[3] - box[1]), 4)
            edges = (float(shaken[0]), float(shaken[1]), float(shaken[2]), float(shaken[3]))
            time_ms = START_MS + round(self.time_s * 1000)
            found.append((car, Look(car.track, time_ms, frame, edges, 0.9, car.label, frame + 1)))
        return found


def watch(seed: int, hours: float, noise: float = 0.02) -> tuple[Kerb, list[tuple[Car | None, Finding]]]:
    """Watch the street for some hours; return it, and each finding with the car whose it is."""
    street, observer = Kerb(seed), Observer(camera(["no_stopping"], [going(line_m=LINE_M)], [ZONE]))
    found, owner = [], {}
    for frame in range(round(hours * 3600 / STEP_S)):
        street.step()
        time_ms = START_MS + round(street.time_s * 1000)
        span = LampSpan(colour=street.light(), start_ms=time_ms, end_ms=time_ms + round(STEP_S * 1000))
        observer.lights["away"].tell(span)
        seen = street.looks(frame, noise)
        owner.update({look.track_id: car for car, look in seen})
        found += [(owner.get(f.track_id), f) for f in observer.step(time_ms, [look for _, look in seen])]
    return street, found
