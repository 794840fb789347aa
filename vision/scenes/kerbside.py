"""Whether a driver that means to halt at the kerb can pull in there now, later, or not at all for who stands there."""

from collections.abc import Iterable, Sequence

from vision.scenes.road_user import Halt, RoadUser

# A driver looks so far ahead for its place, and shows so long before it that it pulls in.
NEAR_M, SHOWN_M = 45.0, 15.0
# Between who is parked and the place behind it so much is needed to pull in; and so much stays free on all sides.
PULL_IN_M, CLEAR_M = 8.0, 0.5


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
    across, rear_s = user.across_m + halt.aside_m, halt.s - user.look.length_m / 2
    is_free = True
    for other in parked:
        if other is user or other.enter != user.enter or not _is_beside(user, other, across):
            continue
        if other.front_s < user.rear_s or other.rear_s > halt.s + user.look.length_m / 2 + CLEAR_M:
            continue
        if rear_s - other.front_s < PULL_IN_M:
            return None
        is_free = False
    return is_free


def _is_beside(user: RoadUser, other: RoadUser, across: float) -> bool:
    room = (user.look.width_m + other.look.width_m) / 2 + CLEAR_M
    return abs(other.across_m + other.aside_m - across) < room
