"""A junction that lives: mixed traffic under a signal, with the truth of everything that happens."""

import math
from collections.abc import Sequence
from random import Random

import numpy as np

from vision.scenes.arrivals import Flow, make_brt, make_driver
from vision.scenes.behaviours import BEHAVIOURS
from vision.scenes.driver import accelerate, halt_gap_m, move_aside, stop_gap_m, wish_aside
from vision.scenes.following import FREE_M, Bodies, look_around
from vision.scenes.kerbside import are_held_by_parked, who_parks
from vision.scenes.layout import Layout, hanoi_junction
from vision.scenes.officer import Officer
from vision.scenes.people import make_walker, may_walk
from vision.scenes.phases import LampState, SignalPlan
from vision.scenes.priority import give_way
from vision.scenes.road_user import Pose, RoadUser
from vision.scenes.truth import Truth
from vision.scenes.witness import Witness

STEP_S = 0.1
# Who stands so long inside the junction for somebody who stands too, drives on as if it were free.
STUCK_S, FREED_S = 4.0, 3.0
CURVE_AHEAD_M = 9.0
STRAIGHT_AHEAD_M = 45.0


class World:
    """One junction from second 0 on; the same arguments give the same traffic for ever.

    Parameters
    ----------
    seed : int
        The seed of all chance.
    shares : dict of str to float, optional
        Share of those that a behaviour suits who show it, by behaviour; those not named do not occur.
    flow : Flow, optional
        How many come.
    plan : SignalPlan, optional
        What the lamps show.
    layout : Layout, optional
        The junction.
    officer : float, optional
        Share of the south arm's reds in which an officer waves it through for a while.
    """

    def __init__(
        self,
        seed: int,
        shares: dict[str, float] | None = None,
        flow: Flow | None = None,
        plan: SignalPlan | None = None,
        layout: Layout | None = None,
        officer: float = 0.0,
    ) -> None:
        self.layout = layout or hanoi_junction()
        self.plan = plan or SignalPlan()
        self.flow = flow or Flow()
        self.shares = dict(shares or {})
        unknown = self.shares.keys() - BEHAVIOURS.keys()
        if unknown:
            raise ValueError(f"no behaviour {', '.join(sorted(unknown))}; there are {', '.join(sorted(BEHAVIOURS))}")
        self.users: list[RoadUser] = []
        self.ticks = 0
        self._witness = Witness(self.layout, self.plan)
        self._rng = Random(seed)  # noqa: S311 - a scene, not a secret
        self.officer = Officer(self.plan, officer, seed)
        self._waiting: list[RoadUser] = []
        self._next = 1

    @property
    def time_s(self) -> float:
        """The time of the last step."""
        return self.ticks * STEP_S

    @property
    def truth(self) -> Truth:
        """What happened so far."""
        return self._witness.truth

    def lamp(self, arm: str, time_s: float) -> LampState:
        """Return what an arm shows."""
        return self.plan.state(arm, time_s)

    def poses(self, time_s: float) -> list[Pose]:
        """Return everybody at a time, stepping on as far as needed.

        Parameters
        ----------
        time_s : float
            Not before the step before the last.

        Raises
        ------
        ValueError
            If that is over.
        """
        while self.time_s < time_s:
            self.step()
        share = 1.0 - (self.time_s - time_s) / STEP_S
        if share < -1e-6:
            raise ValueError(f"the scene is at {self.time_s:.1f} s; {time_s:.3f} s is over")
        return [user.pose(max(share, 0.0)) for user in self.users] + self.officer.poses()

    def step(self) -> None:
        """Move everybody on by one step."""
        self.ticks += 1
        self._arrive()
        users = self.users
        for user in users:
            user.before = (user.s, user.aside_m, user.speed_mps)
        if users:
            self._drive(users)
        self._witness.step(self.time_s, STEP_S, users, self._waved())
        self.users = [user for user in users if user.s < user.path.end_m]

    def finish(self) -> Truth:
        """End what still goes on, and return the whole truth."""
        self._witness.finish(self.time_s)
        return self.truth

    def _waved(self) -> frozenset[str]:
        return frozenset(arm for arm in self.layout.arms if self.officer.allows(arm, self.time_s))

    def _drive(self, users: Sequence[RoadUser]) -> None:
        bodies = _bodies(users)
        around = look_around(bodies)
        gaps, leads, who = around.gaps(bodies, bodies.speed)
        lamps = {name: self.officer.shown(name, self.time_s) for name in self.layout.arms}
        give_way(users)
        parked, held = who_parks(users), are_held_by_parked(users, gaps, who)
        for i, user in enumerate(users):
            gap = FREE_M if self.time_s < user.free_until_s else float(gaps[i])
            if user.enter:
                stop = min(stop_gap_m(user, lamps[user.enter]), halt_gap_m(user, self.time_s, STEP_S, parked))
                if (self.ticks + user.user_id) % 4 == 0:
                    wish_aside(user, i, around, bodies, min(gap, FREE_M), self.layout, turns_out=held[i])
                move_aside(user, i, around, bodies, STEP_S, turns_out=held[i])
            else:
                stop = FREE_M if may_walk(user, self.layout, self.plan, self.time_s) else 0.02
            accelerate(user, gap, float(leads[i]), stop, STEP_S)
            self._free_the_stuck(user, gap, users[int(who[i])])
            user.s += user.speed_mps * STEP_S

    def _free_the_stuck(self, user: RoadUser, gap: float, leader: RoadUser) -> None:
        is_stuck = user.speed_mps < 0.2 and gap < 3.0 and user.s > 0 and leader.speed_mps < 0.2
        user.stuck_s = user.stuck_s + STEP_S if is_stuck and leader.halt is None else 0.0
        if user.stuck_s > STUCK_S:
            user.free_until_s, user.stuck_s = self.time_s + FREED_S, 0.0

    def _arrive(self) -> None:
        rng = self._rng
        for arm, per_hour in self.flow.per_hour.items():
            if rng.random() < per_hour / 3600.0 * STEP_S:
                self._expect(make_driver(rng, self.layout, self.flow.mix, arm, self._number()))
        for arm in ("south", "north"):
            if rng.random() < self.flow.brt_per_hour / 3600.0 * STEP_S:
                self._expect(make_brt(rng, self.layout, arm, self._number()))
        if rng.random() < self.flow.people_per_hour / 3600.0 * STEP_S:
            walker = make_walker(rng, self.layout, self._number())
            walker.born_s = self.time_s
            self.users.append(walker)
        self._waiting = [user for user in self._waiting if not self._enter(user)]

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _expect(self, user: RoadUser) -> None:
        for name, share in sorted(self.shares.items()):
            behaviour = BEHAVIOURS[name]
            if behaviour.suits(user, self.layout) and self._rng.random() < share:
                behaviour.prepare(user, self.layout, self._rng)
                user.acts.append(name)
                break  # one act a driver keeps the truth clear
        self._waiting.append(user)

    def _enter(self, user: RoadUser) -> bool:
        x, y, _ = user.path.at(user.s, user.aside_m)
        for other in self.users:
            if not other.enter:
                continue
            ox, oy, _ = other.path.at(other.s, other.aside_m)
            room = (other.look.length_m + user.look.length_m) / 2 + 2.0 + user.speed_mps * 0.6
            if math.hypot(x - ox, y - oy) < room and (other.kind.width_m + user.kind.width_m) / 2 + 0.4 > abs(
                other.across_m + other.aside_m - user.across_m
            ):
                return False
        user.born_s = self.time_s
        self.users.append(user)
        return True


def _bodies(users: Sequence[RoadUser]) -> Bodies:
    rows = [_row(user) for user in users]
    columns = np.array(rows, np.float64).T
    return Bodies(*columns)


def _row(user: RoadUser) -> tuple[float, ...]:
    x, y, heading = user.path.at(user.s, user.aside_m)
    ahead = STRAIGHT_AHEAD_M
    if -2.0 < user.s < user.path.end_m - 100.0 and user.turn not in ("straight", ""):
        fx, fy, _ = user.path.at(user.s + 5.0, user.aside_m)
        heading = math.atan2(fy - y, fx - x)
        ahead = CURVE_AHEAD_M
    clearance = 0.12 if user.kind.is_two_wheeler else 0.3
    look = user.look
    return (
        x,
        y,
        math.cos(heading),
        math.sin(heading),
        look.length_m / 2,
        look.width_m / 2,
        user.speed_mps,
        clearance,
        ahead,
    )
