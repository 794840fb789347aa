"""A way beside the line's own that buses drive for a while."""

from schemas.message import Message
from schemas.text import Text
from schemas.units import Id, Lat, Lon, TimeMs


class Detour(Message, frozen=True):
    """Where the buses of a direction leave their line, which stops they miss, and where they come back.

    ``left_stop_id`` is the last stop they serve before, ``back_stop_id`` the first one after. ``line`` is the way as
    the newest of ``vehicle_ids`` drove it, lon and lat from leaving to coming back.
    """

    detour_id: Id
    route_id: Id
    direction_id: int
    left_stop_id: Id
    left_stop_sequence: int
    back_stop_id: Id
    back_stop_sequence: int
    missed_stop_ids: tuple[str, ...]
    line: tuple[tuple[Lon, Lat], ...]
    vehicle_ids: tuple[str, ...]
    started_ms: TimeMs
    updated_ms: TimeMs
    text: Text
    ended_ms: TimeMs | None = None
