"""The kernel: one second moves every bus; compiled, without a clock, reading nothing but its arguments.

Every random number is named (`chance`), so a bus drives the same whatever others are simulated beside it.
"""

import numpy as np

from fleet.kernels import compiled
from fleet.simulation.calls import arrive, decide_call, leave, note, skip_closed
from fleet.simulation.chance import AGAIN, EARLY_START, FAILURE, FAILURE_PLACE, LATE_START, ONCE, REPAIR, uniform
from fleet.simulation.plan import Floats
from fleet.simulation.running import LANE_HELD, TOP_MPS
from fleet.simulation.state import (
    BEGAN,
    BROKE,
    BROKEN,
    CALLS,
    DEADHEAD,
    DROPPED,
    ENDED,
    LAYOVER,
    LEFT,
    MENDED,
    NO_LEG,
    NOTHING,
    OFF,
    RUNNING,
    TOWED,
    TURNED,
    UNKNOWN,
    Log,
    Rules,
    State,
)
from fleet.simulation.tables import Tables

SPEED_UP_MPS2, SLOW_DOWN_MPS2, HARDEST_MPS2 = 1.0, 1.3, 2.5
SLOWEST_MPS = 0.4
LOOK_AHEAD_M, STAND_BACK_M, MOST_BACK_M = 110.0, 1.0, 45.0
GREEN_SHARE, MOST_SATURATED = 0.5, 0.95
QUEUE_METRE_S = 0.29  # a metre of standing queue takes so long to pass the line: two seconds a car of seven metres
LAYOVER_MS, HURRIED_MS, BEFORE_WORK_MS = 150_000, 60_000, 300_000
TURN_LATE_S, DROP_LATE_MS = 600.0, 1_500_000
LATE_S, EARLY_S = 60.0, -60.0
REPAIR_MIN = (12.0, 35.0)
EARLY_START_S = (60.0, 360.0)
DEADHEAD_MPS = 5.5


@compiled
def step(
    t: Tables, s: State, rules: Rules, now_ms: int, speed_mps: Floats, ratio: Floats, queue: Floats, log: Log
) -> None:
    """Move every bus by one second.

    Parameters
    ----------
    t : Tables
        The plan.
    s : State
        Changed in place.
    rules : Rules
        Numbers of this second.
    now_ms : int
        The end of the second.
    speed_mps, ratio : ndarray, shape (edges,)
        Traffic outside queues, and demand over capacity.
    queue : ndarray, shape (edges, 4)
        Begin and end of the queue as shares of the edge, the speed in it, and the free speed.
    log : Log
        Written to.
    """
    for b in range(len(s.bus)):
        phase = s.bus[b].phase
        if phase == OFF:
            _come_to_work(t, s, b, now_ms)
        elif phase == LAYOVER:
            if _pulls_out(t, s, rules, b, now_ms):
                _depart(t, s, rules, b, now_ms, log)
        elif phase == BROKEN:
            if now_ms >= s.bus[b].until_ms:
                _mend(s, b, now_ms, log)
        elif s.bus[b].dwelling == 1:
            if now_ms >= s.bus[b].until_ms:
                _leave_stop(t, s, rules, b, now_ms, log)
        else:
            _drive(t, s, rules, b, now_ms, speed_mps, ratio, queue, log)


@compiled
def set_out(t: Tables, s: State, b: int, way: int, phase: int) -> None:
    """Put a bus at the beginning of a way."""
    bus = s.bus[b]
    bus.phase = phase
    bus.way = way
    bus.along_m = 0.0
    bus.speed_mps = 0.0
    bus.piece = t.way[way].piece_first
    bus.light = t.way[way].light_first
    bus.go_ms = 0
    bus.stop = 0
    bus.dwelling = 0
    bus.calling = UNKNOWN
    bus.break_m = np.inf
    bus.hold_ms = 0


@compiled
def _come_to_work(t: Tables, s: State, b: int, now_ms: int) -> None:
    bus = s.bus[b]
    d = bus.duty_at
    if d > bus.duty_end:
        return
    leg = t.duty[d].leg_in if d == t.bus[b].duty_first else -1
    leg_ms = 0 if leg < 0 else int(t.vertex[t.way[leg + 1].vertex_first - 1].m / DEADHEAD_MPS * 1000.0)
    if now_ms < t.time[t.run[t.duty[d].run].time].departure_ms - leg_ms - BEFORE_WORK_MS:
        return
    if leg >= 0:
        set_out(t, s, b, leg, DEADHEAD)
    else:
        stand_at_start(t, s, b, now_ms)


@compiled
def stand_at_start(t: Tables, s: State, b: int, now_ms: int) -> None:
    """Let a bus wait at the first stop of its next run until that is due, and long enough for the driver."""
    bus = s.bus[b]
    run = t.duty[bus.duty_at].run
    set_out(t, s, b, t.run[run].way, LAYOVER)
    bus.along_m = t.stop[t.way[t.run[run].way].stop_first].m
    due_ms = t.time[t.run[run].time].departure_ms
    rest_ms = LAYOVER_MS if due_ms - now_ms > -LAYOVER_MS else HURRIED_MS
    if bus.duty_at == t.bus[b].duty_first:
        rest_ms = 20_000
    bus.until_ms = max(due_ms, now_ms + rest_ms)
    bus.riders = 0


@compiled
def _pulls_out(t: Tables, s: State, rules: Rules, b: int, now_ms: int) -> bool:
    """Return whether a waiting bus leaves: it is due, or its driver does not wait until then."""
    bus = s.bus[b]
    if now_ms >= bus.until_ms or rules.early_starts == 0.0:
        return bool(now_ms >= bus.until_ms)
    run = t.duty[bus.duty_at].run
    due_ms, key = t.time[t.run[run].time].departure_ms, t.run[run].key
    if bus.until_ms != due_ms or uniform(rules.seed, EARLY_START, key, ONCE) >= rules.early_starts:
        return False
    low, high = EARLY_START_S
    return bool(now_ms >= due_ms - int((low + (high - low) * uniform(rules.seed, EARLY_START, key, AGAIN)) * 1000.0))


@compiled
def _depart(t: Tables, s: State, rules: Rules, b: int, now_ms: int, log: Log) -> None:
    bus = s.bus[b]
    run = t.duty[bus.duty_at].run
    due_ms = t.time[t.run[run].time].departure_ms
    too_late = rules.short_turns == 1 and now_ms - due_ms > max(DROP_LATE_MS, 2 * t.run[run].headway_ms)
    if too_late and 0 <= t.duty[bus.duty_at].drop_to <= bus.duty_end:
        # The dispatcher drops this trip, and all until the next one that starts here.
        note(log, DROPPED, b, s, now_ms, t.duty[bus.duty_at].drop_to)
        bus.duty_at = t.duty[bus.duty_at].drop_to
        stand_at_start(t, s, b, now_ms)
        return
    if bus.calling == UNKNOWN:
        # Asked once a departure: how long after its time the driver pulls out.
        bus.calling = CALLS
        late_s = -rules.late_start_s * np.log(uniform(rules.seed, LATE_START, t.run[run].key, ONCE))
        bus.until_ms = now_ms + int(min(late_s, 240.0) * 1000.0)
        if bus.until_ms > now_ms:
            return
    bus.phase = RUNNING
    bus.break_m = np.inf
    if uniform(rules.seed, FAILURE, t.run[run].key, ONCE) < rules.failures_a_run:
        length_m = t.vertex[t.way[bus.way + 1].vertex_first - 1].m
        bus.break_m = length_m * (0.1 + 0.8 * uniform(rules.seed, FAILURE_PLACE, t.run[run].key, ONCE))
    note(log, BEGAN, b, s, now_ms, NOTHING)
    note(log, LEFT, b, s, now_ms, bus.riders)
    leave(t, s, b, now_ms)
    skip_closed(t, s, b, now_ms, log)


@compiled
def _leave_stop(t: Tables, s: State, rules: Rules, b: int, now_ms: int, log: Log) -> None:
    bus = s.bus[b]
    bus.dwelling = 0
    note(log, LEFT, b, s, now_ms, bus.riders)
    run = t.duty[bus.duty_at].run
    if bus.stop >= t.run[run].stops - 1:
        note(log, ENDED, b, s, now_ms, NOTHING)
        _end_run(t, s, b, now_ms, NO_LEG)
        return
    row = t.run[run].time + bus.stop
    late_s = (now_ms - t.time[row].arrival_ms) / 1000.0
    turns = rules.short_turns == 1 and bus.stop == t.run[run].turn and bus.duty_at < bus.duty_end
    if turns and late_s > max(TURN_LATE_S, 0.0008 * t.run[run].headway_ms):
        note(log, TURNED, b, s, now_ms, NOTHING)
        _end_run(t, s, b, now_ms, t.duty[bus.duty_at + 1].leg_turn)
        return
    leave(t, s, b, now_ms)
    skip_closed(t, s, b, now_ms, log)


@compiled
def _end_run(t: Tables, s: State, b: int, now_ms: int, leg: int) -> None:
    bus = s.bus[b]
    bus.duty_at += 1
    bus.speed_mps = 0.0
    if bus.duty_at > bus.duty_end:
        home = t.bus[b].leg_home
        if home >= 0:
            set_out(t, s, b, home, DEADHEAD)
        else:
            bus.phase = OFF
        return
    way = leg if leg >= 0 else t.duty[bus.duty_at].leg_in
    if way >= 0:
        set_out(t, s, b, way, DEADHEAD)
    else:
        stand_at_start(t, s, b, now_ms)


@compiled
def _mend(s: State, b: int, now_ms: int, log: Log) -> None:
    bus = s.bus[b]
    if bus.towed == 1:
        note(log, TOWED, b, s, now_ms, bus.duty_end)
        bus.phase = OFF
        bus.duty_at = bus.duty_end + 1
        return
    note(log, MENDED, b, s, now_ms, NOTHING)
    bus.phase = RUNNING


@compiled
def _break_down(t: Tables, s: State, rules: Rules, b: int, now_ms: int, log: Log) -> None:
    bus = s.bus[b]
    run = t.duty[bus.duty_at].run
    chance = uniform(rules.seed, REPAIR, t.run[run].key, ONCE)
    low, high = REPAIR_MIN
    bus.phase = BROKEN
    bus.speed_mps = 0.0
    bus.break_m = np.inf
    bus.towed = 1 if chance < 0.5 else 0
    bus.until_ms = now_ms + int((low + (high - low) * uniform(rules.seed, REPAIR, t.run[run].key, AGAIN)) * 60_000.0)
    note(log, BROKE, b, s, now_ms, bus.towed)


@compiled
def _drive(
    t: Tables, s: State, rules: Rules, b: int, now_ms: int, speed_mps: Floats, ratio: Floats, queue: Floats,
    log: Log,
) -> None:  # fmt: skip
    bus = s.bus[b]
    way = bus.way
    running = bus.phase == RUNNING
    while bus.piece < t.way[way + 1].piece_first - 1 and bus.along_m >= t.piece[bus.piece].end_m:
        bus.piece += 1
    end_m = t.vertex[t.way[way + 1].vertex_first - 1].m
    room_m = (t.stop[t.way[way].stop_first + bus.stop].m if running else end_m) - bus.along_m
    if running and bus.calling == UNKNOWN and room_m < LOOK_AHEAD_M:
        decide_call(t, s, rules, b, now_ms)
    free_m = room_m
    if running and bus.calling != CALLS:
        free_m = end_m - bus.along_m
    edge = t.piece[bus.piece].edge
    free_m = _before_light(t, s, b, now_ms, free_m, ratio[edge])
    # The speed from which braking gently, begun one second later, still ends in the room there is.
    safe = np.sqrt(SLOW_DOWN_MPS2**2 + 2.0 * SLOW_DOWN_MPS2 * max(free_m, 0.0)) - SLOW_DOWN_MPS2
    wanted = min(_wanted_mps(t, s, rules, b, now_ms, speed_mps[edge], queue[edge]), max(safe, 0.3))
    old = bus.speed_mps
    speed = min(max(wanted, old - HARDEST_MPS2), old + SPEED_UP_MPS2)
    # What was driven in the second is the mean of its two ends.
    moved = min(max(0.5 * (old + speed), 0.15), max(free_m, 0.0))
    bus.speed_mps = speed if moved > 0.0 else 0.0
    bus.along_m += moved
    if running and bus.along_m >= bus.break_m:
        _break_down(t, s, rules, b, now_ms, log)
    elif running:
        arrive(t, s, rules, b, now_ms, log)
    elif bus.along_m >= end_m - 0.5:
        _end_leg(t, s, b, now_ms)


@compiled
def _end_leg(t: Tables, s: State, b: int, now_ms: int) -> None:
    bus = s.bus[b]
    if bus.duty_at > bus.duty_end:
        bus.phase = OFF
        bus.speed_mps = 0.0
    else:
        stand_at_start(t, s, b, now_ms)


@compiled
def _before_light(t: Tables, s: State, b: int, now_ms: int, room_m: float, ratio: float) -> float:
    """Return the room there is before a light that does not let the bus pass.

    Arriving ``a`` seconds after red began, with ``y`` of the saturation flow arriving, the bus starts ``R + y a`` after
    that moment: behind everybody who came before it (Webster's uniform delay, R squared over 2 C (1 - y) on average).
    """
    bus = s.bus[b]
    while bus.light < t.way[bus.way + 1].light_first - 1 and t.light[bus.light].m <= bus.along_m:
        bus.light += 1
        bus.go_ms = 0
    to_light_m = t.light[bus.light].m - bus.along_m
    if to_light_m > LOOK_AHEAD_M:
        return room_m
    cycle_ms = t.light[bus.light].cycle_s * 1000
    red_ms = int(cycle_ms * (1.0 - GREEN_SHARE))
    y = GREEN_SHARE * min(ratio, MOST_SATURATED)
    if bus.go_ms == 0:
        there_ms = now_ms + int(to_light_m / max(bus.speed_mps, 3.0) * 1000.0)
        since_ms = (there_ms + t.light[bus.light].offset_s * 1000) % cycle_ms
        bus.go_ms = there_ms - since_ms + red_ms + int(y * since_ms)
        bus.back_m = min(y * since_ms / 1000.0 / QUEUE_METRE_S, MOST_BACK_M)
        if bus.go_ms <= there_ms:
            bus.go_ms = 1  # green, and nobody left in front
    # Who stands back in the queue sets off before its turn at the line.
    if now_ms >= bus.go_ms - int(1000.0 * np.sqrt(2.0 * bus.back_m / SPEED_UP_MPS2)):
        return room_m
    # Who cannot stop any more drives through.
    if to_light_m < bus.speed_mps**2 / (2.0 * SLOW_DOWN_MPS2 * 1.8):
        return room_m
    return float(min(room_m, max(to_light_m - STAND_BACK_M - bus.back_m, 0.0)))


@compiled
def _wanted_mps(t: Tables, s: State, rules: Rules, b: int, now_ms: int, flow_mps: float, queue: Floats) -> float:
    bus = s.bus[b]
    way, piece = bus.way, bus.piece
    begin_m = 0.0 if piece == t.way[way].piece_first else t.piece[piece - 1].end_m
    share = (bus.along_m - begin_m) / max(t.piece[piece].end_m - begin_m, 1.0)
    here = flow_mps
    if queue[0] <= share <= queue[1] and queue[1] > queue[0]:
        here = queue[2]
    if t.way[way].bus_lane == 1:
        here = max(here, LANE_HELD * queue[3])
    here *= rules.bus_share
    if bus.phase == RUNNING:
        run = t.duty[bus.duty_at].run
        late_s = (now_ms - t.time[t.run[run].time + bus.stop].arrival_ms) / 1000.0
        hurry = 1.0 + rules.hurry if late_s > LATE_S else (1.0 - rules.hurry if late_s < EARLY_S else 1.0)
        here *= t.way[way].pace * hurry
    here *= t.bus[b].pace
    return float(min(max(here, SLOWEST_MPS), TOP_MPS))
