"""The one loop around every step: poll, decode, handle, produce, acknowledge, write, commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from schemas.message import Message
from services.context import Context
from services.stream.base import Record

if TYPE_CHECKING:
    from services.store.engine import Store

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Incoming(Generic[M]):
    """One record that was decoded and checked."""

    record: Record
    key: str
    message: M


@dataclass(frozen=True, slots=True)
class Result:
    """What a step makes of a batch.

    ``outputs`` are ``(topic, key, message)``. ``write`` gets a SQLAlchemy session in
    the transaction that also moves the offset row.
    """

    outputs: Sequence[tuple[str, str, Message]] = ()
    write: Callable[[Any], None] | None = None


Handle = Callable[[Sequence[Incoming[Any]]], Result]


def run_step(
    context: Context,
    *,
    group: str,
    topics: Sequence[str],
    handle: Handle,
    store: "Store | None" = None,
    max_records: int = 500,
    idle_s: float = 1.0,
) -> None:
    """Run one step until ``context.stop`` is set."""
    raise NotImplementedError
