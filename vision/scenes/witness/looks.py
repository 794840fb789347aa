"""Acts that one sees by looking: riders without helmets, too many riders; and turns that signs forbid."""

from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act

MOST_RIDERS = 2
TURN_RULES = {"uturn": "u_turn", "left": "forbidden_turn", "right": "forbidden_turn"}


def look_acts(user: RoadUser, time_s: float, layout: Layout) -> list[Act]:
    """Return the acts of a driver at the stop line that its look and its turn make.

    Parameters
    ----------
    user : RoadUser
        The driver.
    time_s : float
        When it comes to the line.
    layout : Layout
        The junction.
    """
    found: dict[str, tuple[str, dict[str, float]]] = {}
    riders = user.look.riders
    if user.kind.name == "motorbike":
        bare = sum(not rider.has_helmet for rider in riders)
        if bare:
            found["helmet"] = "", {"bare_heads": float(bare)}
        if len(riders) > MOST_RIDERS:
            is_child = any(rider.is_child for rider in riders)
            found["too_many_riders"] = "child" if is_child else "", {"riders": float(len(riders))}
    if user.turn in layout.forbidden.get(user.enter, ()):
        found[TURN_RULES[user.turn]] = "", {}
    x, y, _ = user.path.at(user.s, user.aside_m)
    return [
        Act(rule, user.user_id, user.kind.name, user.enter, time_s, time_s, x, y, exception, measured)
        for rule, (exception, measured) in found.items()
    ]
