"""Who came over the line on red and stood just past it until green broke the stop line: it ran no red light.

The world calls it a red light as soon as a rear is a metre past the line, wherever that one comes to stand. Decree
168/2024 punishes who does not obey the light (6.9b, 7.7c) apart from who does not obey a marking (6.1a, 7.1a), and who
waits before the junction has not driven on. The truth of a kept scene is set right by living through its world again,
which costs a hundredth of filming it.
"""

from collections.abc import Sequence
from dataclasses import replace

from vision.scenes.truth import Act
from vision.scenes.world import STEP_S, World

# So long it must stand, slower than this; who is farther past the line by then has driven on.
STOOD_S, STILL_MPS, THROUGH_M = 2.0, 0.2, 6.0


def as_the_law_names(acts: Sequence[tuple[Act, float]], world: World) -> list[tuple[Act, float]]:
    """Return acts with those as stop lines that were red lights and whose road users stood past the line until green.

    Parameters
    ----------
    acts : sequence of tuple
        Each with the share of its time in which its road user was well seen.
    world : World
        Theirs, at its beginning; it is lived through as far as needed.

    Returns
    -------
    list of tuple
        In the same order.
    """
    asked = {act.user_id: act for act, _ in acts if act.rule == "red_light" and not act.exception}
    stood_s, began_s = dict.fromkeys(asked, 0.0), dict.fromkeys(asked, 0.0)
    until_s = max((_green_s(act) for act in asked.values()), default=0.0)
    while world.time_s < until_s:
        world.step()
        for user in world.users:
            act = asked.get(user.user_id)
            if act is None or not act.time_s <= world.time_s <= _green_s(act):
                continue
            if user.rear_s >= THROUGH_M:
                del asked[user.user_id]
            elif user.rear_s > 0 and user.speed_mps < STILL_MPS:
                began_s[user.user_id] = began_s[user.user_id] or world.time_s - STEP_S
                stood_s[user.user_id] += STEP_S
    stands = {user_id: began_s[user_id] for user_id in asked if stood_s[user_id] >= STOOD_S}
    return [(_stands(act, stands), share) for act, share in acts]


def _green_s(act: Act) -> float:
    return act.time_s + act.measured["red_left_s"]


def _stands(act: Act, stands: dict[int, float]) -> Act:
    if act.rule != "red_light" or act.user_id not in stands:
        return act
    began_s = stands[act.user_id]
    return replace(act, rule="stop_line", time_s=began_s, until_s=max(act.until_s, began_s))
