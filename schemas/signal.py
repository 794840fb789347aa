"""What others say of a junction: the controller of its signal, and people who know of an officer, a crash, works."""

import enum

from schemas.message import Message
from schemas.units import Count, Id, TimeMs

# What somebody said to be so, and never ended, holds for a day's shift.
CIRCUMSTANCE_HOLDS_MS = 12 * 3_600_000


class SignalColour(enum.StrEnum):
    """What a group of a signal shows; ``off`` is dark or blinking yellow."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    OFF = "off"


class CircumstanceKind(enum.StrEnum):
    """What excuses acts near it."""

    OFFICER = "officer"
    PRIORITY_VEHICLE = "priority_vehicle"
    CRASH = "crash"
    BREAKDOWN = "breakdown"
    WORKS = "works"
    SIGNAL_OFF = "signal_off"


class SignalState(Message, frozen=True):
    """The controller's word: one group has shown one colour from ``since_ms`` until at least ``until_ms``.

    ``signal_id`` is the group's name as camera files have it, ``error_ms`` how far the controller's clock may be off.
    """

    signal_id: Id
    colour: SignalColour
    since_ms: TimeMs
    until_ms: TimeMs
    error_ms: Count = 0


class CameraCircumstance(Message, frozen=True):
    """Something before one camera that excuses acts; ``until_ms`` ``None``: it is still so.

    Without ``approach_id`` it holds for all approaches. The same kind told again ends what was still so.
    """

    camera_id: Id
    kind: CircumstanceKind
    since_ms: TimeMs
    until_ms: TimeMs | None = None
    approach_id: str | None = None
