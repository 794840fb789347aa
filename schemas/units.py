"""Checked number and text types that every message is built from.

Each alias names its unit and its range; msgspec checks the range in C while it
decodes, so a message that was decoded is a message that was checked.
"""

from typing import Annotated

from msgspec import Meta

# Whole milliseconds since 1970-01-01T00:00Z; 2000-01-01 to 2100-01-01.
TimeMs = Annotated[int, Meta(ge=946_684_800_000, le=4_102_444_800_000, description="milliseconds since 1970, UTC")]
DurationS = Annotated[float, Meta(ge=0.0, description="seconds")]
SignedS = Annotated[float, Meta(description="seconds, positive is late")]
Lon = Annotated[float, Meta(ge=-180.0, le=180.0, description="degrees east, WGS 84")]
Lat = Annotated[float, Meta(ge=-90.0, le=90.0, description="degrees north, WGS 84")]
SpeedMps = Annotated[float, Meta(ge=0.0, le=140.0, description="metres per second")]
HeadingDeg = Annotated[float, Meta(ge=0.0, le=360.0, description="degrees clockwise from north")]
DistanceM = Annotated[float, Meta(ge=0.0, description="metres")]
Probability = Annotated[float, Meta(ge=0.0, le=1.0, description="0 to 1")]
JamFactor = Annotated[float, Meta(ge=0.0, le=10.0, description="0 free to 10 standing")]
TravelTimeIndex = Annotated[float, Meta(ge=1.0, description="travel time over that at free flow")]
Flow = Annotated[float, Meta(ge=0.0, description="motorcycle units an hour")]
Density = Annotated[float, Meta(ge=0.0, description="motorcycle units a kilometre")]
RainMmH = Annotated[float, Meta(ge=0.0, le=1_000.0, description="millimetres of rain an hour")]
Score = Annotated[float, Meta(ge=0.0, le=1.0, description="0 worst to 1 best")]
Count = Annotated[int, Meta(ge=0)]
Id = Annotated[str, Meta(min_length=1, max_length=256)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, lower-case hexadecimal")]
# Local calendar day of the timetable, YYYYMMDD; may run past 24:00 (GTFS).
ServiceDate = Annotated[str, Meta(pattern="^[0-9]{8}$", description="YYYYMMDD")]
# A time of a service day as GTFS writes it; 24:00:00 and later are after midnight.
ServiceTime = Annotated[str, Meta(pattern="^[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]$", description="H:MM:SS")]
Pixel = Annotated[float, Meta(description="pixels from the left or the top of the frame")]
