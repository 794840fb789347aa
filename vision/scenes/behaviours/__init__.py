"""What drivers may do beside keeping the rules: one file a behaviour, switched by its share."""

from vision.scenes.behaviours import (
    blocks_junction,
    breakdown,
    bus_lane,
    bus_stop,
    child,
    forbidden_turn,
    lane,
    late_yellow,
    no_helmet,
    no_stopping,
    pavement_riding,
    priority,
    pushed,
    red_light,
    short_stop,
    speeding,
    stop_line,
    too_many_riders,
    u_turn,
    wrong_side,
    wrong_way,
)
from vision.scenes.behaviours.base import Behaviour

BEHAVIOURS: dict[str, Behaviour] = {
    one.name: one
    for one in (
        blocks_junction.BLOCKS_JUNCTION,
        breakdown.BREAKDOWN,
        bus_lane.BUS_LANE,
        bus_stop.BUS_STOP,
        child.CHILD,
        forbidden_turn.FORBIDDEN_TURN,
        lane.LANE,
        late_yellow.LATE_YELLOW,
        no_helmet.NO_HELMET,
        no_stopping.NO_STOPPING,
        pavement_riding.PAVEMENT_RIDING,
        priority.PRIORITY,
        pushed.PUSHED,
        red_light.RED_LIGHT,
        short_stop.SHORT_STOP,
        speeding.SPEEDING,
        stop_line.STOP_LINE,
        too_many_riders.TOO_MANY_RIDERS,
        u_turn.U_TURN,
        wrong_side.WRONG_SIDE,
        wrong_way.WRONG_WAY,
    )
}

__all__ = ["BEHAVIOURS", "Behaviour"]
