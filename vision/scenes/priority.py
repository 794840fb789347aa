"""Making way: who waits in front of a priority vehicle moves over the stop line so that it comes through."""

from collections.abc import Sequence

from vision.scenes.road_user import RoadUser

NEAR_M, BESIDE_M = 30.0, 1.6
ROOM_M = (3.0, 5.0)


def give_way(users: Sequence[RoadUser]) -> None:
    """Have everybody who stands in the way of a priority vehicle move over the line, and aside.

    Parameters
    ----------
    users : sequence of RoadUser
        Everybody.
    """
    for siren in users:
        if not siren.look.is_priority or not -NEAR_M * 2 < siren.s < 0:
            continue
        across = siren.across_m + siren.aside_m
        for user in users:
            is_ahead = user.enter == siren.enter and siren.s < user.s < siren.s + NEAR_M and user.front_s < 1.0
            off = user.across_m + user.aside_m - across
            if is_ahead and user is not siren and abs(off) < BESIDE_M and not user.intent.makes_way:
                user.intent.makes_way = True
                user.intent.stop_s = user.look.length_m + ROOM_M[user.user_id % 2]
                user.aside_wish_m = user.aside_m + (BESIDE_M if off >= 0 else -BESIDE_M)
                user.goes_on = None
