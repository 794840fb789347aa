"""Traffic rules: one file a rule; which there are is one list here."""

from collections.abc import Sequence

from vision.camera_values import ZONES_OF, CameraConfig
from vision.road import Road
from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Rule, Scene
from vision.rules.bus_lane_intrusion import BusLaneIntrusion
from vision.rules.bus_stop_occupied import BusStopOccupied
from vision.rules.forbidden_turn import ForbiddenTurn
from vision.rules.helmet import Helmet
from vision.rules.junction_blocking import JunctionBlocking
from vision.rules.lane import BrtLane, BusLane, Lane
from vision.rules.no_parking import NoParking
from vision.rules.no_stopping import NoStopping
from vision.rules.pavement_riding import PavementRiding
from vision.rules.red_light import RedLight
from vision.rules.speed_screening import SpeedScreening
from vision.rules.stands import StandBook
from vision.rules.stop_line import StopLine
from vision.rules.too_many_riders import TooManyRiders
from vision.rules.u_turn import UTurn
from vision.rules.wrong_side import WrongSide
from vision.rules.wrong_way import WrongWay
from vision.rules.zone import ZoneView

AT_APPROACHES = (RedLight, StopLine, WrongSide, ForbiddenTurn)
IN_ZONES = (WrongWay, UTurn, Lane, BusLane, BrtLane, PavementRiding)
OF_STANDING = (NoStopping, NoParking, BusStopOccupied)
EVERYWHERE = (SpeedScreening, Helmet, TooManyRiders)


def make_rules(camera: CameraConfig, road: Road, views: Sequence[ApproachView], book: StandBook) -> list[Rule]:
    """Make the rules a camera file asks for: one at each approach, one in each zone of the rule's kinds."""
    wanted, limits = set(camera.rules), camera.limits
    zones = [ZoneView(zone, road) for zone in camera.zones]

    def zones_of(name: str) -> list[ZoneView]:
        return [zone for zone in zones if name in wanted and zone.zone.kind in ZONES_OF[name]]

    return [
        *(rule(view, limits) for rule in AT_APPROACHES if rule.name in wanted for view in views),
        *(rule(zone, road, limits) for rule in IN_ZONES for zone in zones_of(rule.name)),
        *(rule(zone, road, book, limits) for rule in OF_STANDING for zone in zones_of(rule.name)),
        *(BusLaneIntrusion(zone, road, book, limits) for zone in zones_of(BusLaneIntrusion.name)),
        *(JunctionBlocking(zone, road, views, limits) for zone in zones_of(JunctionBlocking.name)),
        *(rule(camera, road) for rule in EVERYWHERE if rule.name in wanted),
    ]


__all__ = ["Finding", "Rule", "Scene", "make_rules"]
