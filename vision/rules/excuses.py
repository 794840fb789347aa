"""What rules share about exceptions: what excuses an act, what is not known of that, whether a track is one user."""

from vision.road import Road
from vision.rules.base import NO_GROUND, UNSEEN, Scene
from vision.tracks import Look

PRIORITY = frozenset({"ambulance", "fire_engine", "police_car"})
PRIORITY_M, PRIORITY_MS = 40.0, 10_000


def excused(scene: Scene, place_id: str, track_id: int, time_ms: int) -> str | None:
    """Return what excuses an act: told from outside, or a priority vehicle seen near; ``None`` where nothing does.

    Parameters
    ----------
    scene : Scene
        The frame.
    place_id : str
        The approach or zone.
    track_id : int
        Whose act.
    time_ms : int
        When.
    """
    told = scene.circumstances.find(time_ms, place_id)
    if told is not None:
        return told
    own = scene.trails.by_id.get(track_id)
    for trail in scene.trails.by_id.values():
        if trail.label not in PRIORITY or abs(trail.last.time_ms - time_ms) > PRIORITY_MS:
            continue
        if own is None or trail is own or trail.place.metres_to(own.place) <= PRIORITY_M:
            return "priority_vehicle"
    return None


def is_sure(look: Look, from_ms: int) -> bool:
    """Tell whether a track has surely been one road user since a moment."""
    return look.sure_since_ms <= from_ms


def exceptions_of(road: Road) -> dict[str, str]:
    """Return what an officer has to look for, and what the figures rest on."""
    return UNSEEN | ({} if road.is_metric else {"no_ground": NO_GROUND})
