"""A message that was understood and is no position: a registration, a door that opened, a ticket."""

from dataclasses import dataclass

from schemas.fix import Fix
from services.recordings.refusal import Refusal


@dataclass(frozen=True, slots=True)
class OtherMessage:
    """One such message: its place in the body, its kind by the format's own name, its vehicle where it names one."""

    index: int
    kind: str
    vehicle_id: str | None = None


# What a parser makes of one record.
Item = Fix | Refusal | OtherMessage
