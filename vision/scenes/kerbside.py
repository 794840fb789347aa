"""Whether a driver that means to halt at the kerb can pull in there now, later, or not at all for who stands there."""

from collections.abc import Iterable, Sequence

from vision.scenes.layout import Floats
from vision.scenes.road_user import Halt, RoadUser

# A driver looks so far ahead for its place, and shows so long before it that it pulls in.
NEAR_M, SHOWN_M = 45.0, 15.0
# Between who is parked and the place behind it so much is needed to pull in; and so much stays free on all sides.
PULL_IN_M, CLEAR_M = 8.0, 0.5
# Who is no farther behind somebody is kept there by that one.
HELD_M = 3.0


def who_parks(users: Iterable[RoadUser]) -> list[RoadUser]:
    """Return those who stand at the place where they meant to halt, or are about to."""
    return [user for user in users if user.halt is not None and _stays(user, user.halt)]


def _stays(user: RoadUser, halt: Halt) -> bool:
    return halt.since_s is not None or (halt.pulls_in and 0.0 <= halt.s - user.s < SHOWN_M)


def may_pull_in(user: RoadUser, halt: Halt, parked: Sequence[RoadUser]) -> bool | None:
    """Tell whether a driver may pull in towards its place; ``None`` where there is no room for it.

    Parameters
    ----------
    user : RoadUser
        Who means to halt.
    halt : Halt
        Where; at the kerb.
    parked : sequence of RoadUser
        Who stands or is about to; see `who_parks`.
    """
    assert halt.aside_m is not None
    across, half_m = user.across_m + halt.aside_m, user.look.length_m / 2
    rear_s, front_s = halt.s - half_m, halt.s + half_m + max(CLEAR_M, user.kind.gap_m)
    is_free = True
    for other in parked:
        if other is user or other.enter != user.enter or not _is_beside(user, other, across):
            continue
        if other.front_s < user.rear_s or other.rear_s > front_s:
            continue
        if rear_s - other.front_s < PULL_IN_M:
            return None
        is_free = False
    return is_free


def _is_beside(user: RoadUser, other: RoadUser, across: float) -> bool:
    room = (user.look.width_m + other.look.width_m) / 2 + CLEAR_M
    return abs(other.across_m + other.aside_m - across) < room


def are_held_by_parked(users: Sequence[RoadUser], gaps_m: Floats, leaders: Floats) -> list[bool]:
    """Tell of each whether it stands behind one that is parked, or behind somebody who does: then it has to turn out.

    Of riders that stand wedged behind a parked one often only the last has room to.

    Parameters
    ----------
    users : sequence of RoadUser
        Everybody.
    gaps_m, leaders : ndarray, shape (n,)
        How far the next one in the way of each is, and its row.
    """
    is_held = [False] * len(users)
    for i in range(len(users)):
        row, at = [], i
        while not is_held[at] and not _is_parked(users[at]) and gaps_m[at] < HELD_M and at not in row:
            row.append(at)
            at = int(leaders[at])
        if is_held[at] or _is_parked(users[at]):
            for one in row:
                is_held[one] = True
    return is_held


def _is_parked(user: RoadUser) -> bool:
    return user.halt is not None and user.halt.since_s is not None
