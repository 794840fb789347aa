"""The formulas of the filter and the constants in them; what they mean stands in docs/assignment.md."""

import math

from fleet.kernels import compiled

# What a hypothesis says the bus is doing.
RUN, WAIT, EMPTY, DETOUR, NONE = 0, 1, 2, 3, 4

# Where it is seen.
OFF_SD_M = 20.0  # a fix beside the shape it is on; Student's t with two degrees of freedom
TERMINAL_SD_M = 150.0  # a waiting bus beside its first stop
ROLLS_M = 150.0  # a waiting bus seldom drives so far about its terminal
LOST_M = 150.0  # being on no shape at all is as likely as being so far beside one
SAME_STREET_M = 350.0  # an empty bus keeps to the street of a line so far, by chance
AWAY_M = 250.0  # an empty bus seldom drives so far away from where its trip begins
LONG_STREETS, COMES_UPON = 3.0, 3.0  # some much farther; cost of coming upon a line's street
SEE_M = 150.0  # farther beside a shape it is not on it
WRONG_WAY = 4.0  # cost of heading against the shape
FRESH_M = 40.0  # errors of fixes nearer to each other are one error
FRESH_LEAST = 0.02
WALKS_M = 25.0  # so far the place of a bus that stands moves with the error of its receiver

# How it moves.
STANDING_MPS = 0.8
FASTEST_MPS = 28.0
BACK_M = 60.0
AHEAD_M = 100.0
JUMP_M = 60.0  # who comes so much farther than the fastest bus is somewhere else than it says
ROUND_M = 80.0  # a way along the shape that much longer than the straight one is a surprise
LEFT_M = 80.0  # so far from the first stop the trip has begun
END_M = 60.0  # so near before the last stop it has ended
ENDS_SHORT_M = 400.0  # standing so near before it, it ends within
ENDS_SHORT_S = 90.0
STILL_S = 240.0  # a bus on a trip seldom stands so long
COMES_BACK_M, COMES_BACK = 1000.0, 0.02  # a bus that stands so near after the start has perhaps not left

# When it leaves the terminal: three kinds of drivers, (share, later than due, scale) of a logistic law, seconds.
SHORTEST_REST_S = 60.0
NEAR_START_M = 250.0
CLAIM_NEAR_M = 250.0
CLAIM_LATE = -4.0  # a claimed trip may be as late as it likes, at this cost

# What it does next.
NEXT_OF_BLOCK = 0.93
NEXT_OF_LINE = 0.05
DONE_STAYS = 0.02
AT_LAST_STOP_S = 60.0  # a bus at its last stop has ended its trip within
GOES_OFF = 0.01
WEAR_S = 7200.0  # a trip is given up without a cause once in so long
WEAR_STANDING_S = 2400.0
LEAVES_SHAPE = 0.02
FAR_START_M = 500.0
NO_SHOW_AFTER_S, NO_SHOW_S = 300.0, 200.0  # who is still elsewhere so long after the departure does not come

# What others do.
SHARES = 0.05  # two buses are on one trip, as far as nobody knows better

# How late it is, where nothing else is known.
LATE_SD_S, LATE_GROWTH = 100.0, 0.12  # both scales grow with the way that lies behind
EARLY_SD_S, EARLY_GROWTH = 50.0, 0.07
LATE_S, DRIFT = 20.0, 0.03  # the usual lateness
EARLIEST_S, LATEST_S = -1200.0, 2700.0
WAITS_S = 900.0

# Believing anew.
FIRST_NONE = math.log(0.02)
RESET = -8.0
BEGINS = -4.0  # a bus that runs nothing begins this very trip
SHORT_TURN = -5.0
OTHER_LINE = -7.0
LOOK_EVERY_S, LOOK_MOVED_M = 60.0, 100.0
PRUNE = -14.0


@compiled
def off_score(off_m: float, sd_m: float) -> float:
    """Log density of a distance beside where the bus should be, relative to none at `OFF_SD_M`."""
    z = off_m / sd_m
    return -1.5 * math.log(1.0 + 0.5 * z * z) - math.log(sd_m / OFF_SD_M)


@compiled
def wait_score(far_m: float) -> float:
    """Log density of a waiting bus's distance from its first stop, beside that of one which drives on the shape."""
    z = far_m / TERMINAL_SD_M
    return -1.5 * math.log(1.0 + 0.5 * z * z) - 0.7


@compiled
def way_score(moved_m: float, straight_m: float, dt_s: float) -> float:
    """Log likelihood of a way along a shape in a time, beside the straight way between the fixes."""
    cost = 0.0
    if moved_m < -15.0:
        cost += (moved_m + 15.0) ** 2 / 1800.0
    too_far = moved_m - 30.0 - 25.0 * dt_s
    if too_far > 0.0:
        cost += too_far * too_far / 5000.0
    extra = abs(moved_m) - straight_m
    if extra > 0.0:
        z = extra / (80.0 + 0.3 * straight_m)
        cost += math.log(1.0 + z * z)
    elif straight_m > 60.0:
        z = -extra / (60.0 + 0.3 * straight_m)
        cost += math.log(1.0 + z * z)
    return -min(cost, 12.0)


@compiled
def keeps_street(already_m: float, straight_m: float, weight: float) -> float:
    """Log likelihood that a bus which runs nothing drives on along the street of a line that it has followed so far."""
    if already_m == 0.0:
        return -weight * COMES_UPON - straight_m / SAME_STREET_M
    return -LONG_STREETS * math.log1p(straight_m / (LONG_STREETS * SAME_STREET_M + already_m))


@compiled
def heading_score(angle_rad: float, direction_rad: float) -> float:
    """Log likelihood of a heading beside the shape's direction; nothing where the heading is unknown."""
    if not math.isfinite(direction_rad):
        return 0.0
    turn = math.cos(angle_rad - direction_rad)
    return -WRONG_WAY * (0.3 - turn) / 1.3 if turn < 0.3 else 0.0


@compiled
def still_waits(now_s: float, due_s: float) -> float:
    """Return how likely a bus that may leave at ``due_s`` is still at the terminal."""
    late = now_s - due_s
    return (
        0.70 / (1.0 + math.exp(min(60.0, (late - 15.0) / 20.0)))
        + 0.24 / (1.0 + math.exp(min(60.0, (late - 90.0) / 90.0)))
        + 0.06 / (1.0 + math.exp(min(60.0, late / 500.0)))
    )


@compiled
def late_score(late_s: float, elapsed_s: float) -> float:
    """Log likelihood of a lateness on a trip that should have been under way for ``elapsed_s``."""
    late = late_s - LATE_S - DRIFT * elapsed_s
    scale = LATE_SD_S + LATE_GROWTH * elapsed_s if late > 0.0 else EARLY_SD_S + EARLY_GROWTH * elapsed_s
    z = late / scale
    return -1.5 * math.log(1.0 + 0.5 * z * z) - 0.1 * min(z * z, 9.0)
