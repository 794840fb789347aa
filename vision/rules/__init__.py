"""Traffic rules: one file a rule; which there are is one list here."""

from collections.abc import Sequence

from vision.camera_values import CameraConfig
from vision.road import Road
from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Rule, Scene
from vision.rules.bus_stop_occupied import BusStopOccupied
from vision.rules.no_parking import NoParking
from vision.rules.no_stopping import NoStopping
from vision.rules.red_light import RedLight
from vision.rules.stands import StandBook
from vision.rules.stop_line import StopLine
from vision.rules.wrong_side import WrongSide
from vision.rules.zone import ZoneView

# Rules at an approach, and rules in zones of some kinds.
AT_APPROACHES = (RedLight, StopLine, WrongSide)
OF_STANDING = (NoStopping, NoParking, BusStopOccupied)


def make_rules(camera: CameraConfig, road: Road, views: Sequence[ApproachView], book: StandBook) -> list[Rule]:
    """Make the rules a camera file asks for: one at each approach, one in each zone of the rule's kinds."""
    wanted, limits = set(camera.rules), camera.limits
    zones = [ZoneView(zone, road) for zone in camera.zones]
    return [
        *(rule(view, limits) for rule in AT_APPROACHES if rule.name in wanted for view in views),
        *(
            rule(zone, road, book, limits)
            for rule in OF_STANDING
            if rule.name in wanted
            for zone in zones
            if zone.zone.kind in rule.zones
        ),
    ]


__all__ = ["Finding", "Rule", "Scene", "make_rules"]
