"""What every service gets when it starts: its settings, the log, the store, the clock."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.clock import CityClock
from services.settings import Settings

if TYPE_CHECKING:
    from services.stream.base import Stream


@dataclass(frozen=True)
class Context:
    """The shell around one service; ``stop`` is set when the service shall end.

    A service is a module ``services/<verb>/pipeline.py`` with one function
    ``run(context: Context) -> None`` that returns soon (≤ 2 s) after ``stop`` is set.
    """

    settings: Settings
    stream: "Stream"
    clock: CityClock = field(default_factory=CityClock)
    stop: threading.Event = field(default_factory=threading.Event)
