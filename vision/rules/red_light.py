"""A driver crosses the stop line while the lamp is red and rides on into the junction."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.violation import LampSpan
from vision.rules.approach import ApproachView
from vision.rules.base import DRIVERS, Finding, Rule, Scene
from vision.rules.crossing import SLOW_MPS, Crossing, History, Past, front_off_m
from vision.rules.excuses import exceptions_of, excused, is_sure
from vision.rules.settle import is_smooth, settle

# Whose front is farther over the line when red begins had entered; one that has still not a while later stood there.
ENTERED_M, STOOD_MS = 0.8, 3_000
# Who comes to stand before so far past the line was pushed or stopped late: no ride through.
THROUGH_M = 6.0
GONE_MS = 1_000
# Near the line an identity must be sure: until the rear is so large a share of ``past_line_m`` past it.
CLEAR_SHARE = 0.5
TURN_MS = 15_000


@dataclass
class _Open:
    crossing: Crossing
    first: Crossing  # as it was told; a later one of the same track takes its place
    is_settled: bool = False
    started_ms: float = 0.0  # when its front surely was over the line, where it came on steadily, else its foot
    entered: bool | None = None  # on red; told while its looks before the line are still remembered
    is_one: bool | None = None


class RedLight(Rule):
    """Waits until the act is certain: the front over the line well after red began, the rear past it, red for longer.

    A start in the last ``early_start_s`` of red is not claimed: lamp, eye and frame times differ by as much. It is
    the front that starts, unless it stood on the line. A turn on its arrow is none where front or foot may have come
    on it. Who is pushed over the line, or stops late, and stands there does not come far enough past it.

    Parameters
    ----------
    view : ApproachView
        The approach.
    limits : Mapping of str to float
        ``grace_s``, ``early_start_s``, ``past_line_m``.
    """

    name = "red_light"

    def __init__(self, view: ApproachView, limits: Mapping[str, float]) -> None:
        self._view, self._limits = view, limits
        self._open: list[_Open] = []

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        self._open += [_Open(c, c) for c in self._view.crossings if c.at.label in DRIVERS or c.at.label == "person"]
        found, still = [], []
        for item in self._open:
            verdict = self._judge(item, scene)
            if verdict is None:
                still.append(item)
            elif isinstance(verdict, Finding):
                found.append(verdict)
        self._open = still
        return found

    def _judge(self, item: _Open, scene: Scene) -> Finding | bool | None:
        """Return the finding, ``False`` where there is none, ``None`` while it is open."""
        light, history = scene.lights.get(self._view.id), self._view.histories.get(item.crossing.track_id)
        if light is None or history is None or history.crossed is not item.first:
            return False
        if not item.is_settled:
            if scene.time_ms < item.crossing.time_ms + GONE_MS and not scene.is_end:
                return None
            item.crossing, item.is_settled = settle(history, item.crossing), True
            item.started_ms = self._started_ms(history, item.crossing)
        crossing, span = item.crossing, light.span_at(item.crossing.time_ms)
        if span is None:
            return None if light.seen_until_ms < crossing.time_ms and not scene.is_end else False
        if item.entered is None:
            item.entered = span.colour == "red" and self._entered_on_red(history, crossing, span)
        if item.is_one is None:
            item.is_one = self._is_one(history, crossing)
        if not item.entered or item.is_one is False:
            return False
        rode_on = self._rode_on(history, item, span, scene)
        if not rode_on or not self._is_act(history, crossing, scene):
            return None if rode_on is None else False
        turn = self._turn_excuses(item, scene)
        if turn is None:
            return None
        return False if turn else self._finding(item, history, span)

    def _started_ms(self, history: History, crossing: Crossing) -> float:
        """Return when its front surely was over the line, or its foot where it did not come on without a stop."""
        nose_ms, over = history.nose_over_ms(), history.at(crossing.time_ms)
        if not self._view.road.is_metric or nose_ms is None or over is None:
            return crossing.time_ms
        came_mps, rides_ms = history.came_mps(nose_ms), (over.nose_m - over.foot_m) / SLOW_MPS * 1000
        if came_mps < SLOW_MPS or crossing.time_ms - nose_ms > rides_ms:
            return crossing.time_ms
        return min(nose_ms + front_off_m(over) / came_mps * 1000, crossing.time_ms)

    def _rode_on(self, history: History, item: _Open, span: LampSpan, scene: Scene) -> bool | None:
        """Tell whether it rode through and red went on long enough; ``None`` while either may still come."""
        through = self._is_through(history, item.crossing, span, scene)
        red_left_s = (span.end_ms - item.started_ms) / 1000
        if through is not None and (not through or red_left_s >= self._limits["early_start_s"]):
            return through
        seen_until_ms = scene.lights[self._view.id].seen_until_ms
        if not scene.is_end and seen_until_ms <= span.end_ms:
            return None
        return bool(through) and scene.is_end and seen_until_ms == span.end_ms

    def _entered_on_red(self, history: History, crossing: Crossing, span: LampSpan) -> bool:
        """Tell whether its front came over the line so long after red began that no error explains it."""
        error_s = max(crossing.error_s, 0.0) + span.error_ms / 1000
        grace_s = max(self._limits["grace_s"], 2 * error_s)
        if (crossing.time_ms - span.start_ms) / 1000 < grace_s:
            return False
        if self._view.road.is_metric and max(crossing.speed_mps, history.entered_mps(crossing.time_ms)) < SLOW_MPS:
            return False  # creeps: when its front came over the line cannot be told
        nose_ms = history.nose_over_ms()
        if nose_ms is not None and (nose_ms - span.start_ms) / 1000 >= grace_s:
            return not self._view.road.is_metric or history.was_before(span.start_ms, crossing.time_ms)
        later = [past for past in history.pasts if past.time_ms >= span.start_ms + STOOD_MS]
        return bool(later) and later[0].time_ms < crossing.time_ms and later[0].nose_m <= ENTERED_M

    def _is_through(self, history: History, crossing: Crossing, span: LampSpan, scene: Scene) -> bool | None:
        """Tell whether it rode on into the junction while it was red; ``None`` while that may still come."""
        after = history.between(crossing.time_ms, span.end_ms)
        past = [p for p in after if p.tail_m >= self._limits["past_line_m"]]
        if not past:
            return None
        if past[-1].tail_m >= THROUGH_M or not self._view.road.is_metric:
            return True  # without a known ground no speed is told from standing
        run_s = (past[-1].time_ms - crossing.time_ms) / 1000
        gone = scene.is_end or scene.time_ms - history.seen_ms >= GONE_MS
        last = [p for p in history.pasts if p.time_ms >= past[-1].time_ms - GONE_MS]
        is_over = scene.lights[self._view.id].seen_until_ms > span.end_ms
        if min(_mps(after[0], past[-1]), _mps(last[0], last[-1])) >= SLOW_MPS and (gone or (is_over and run_s >= 1.0)):
            return True
        return False if gone else None

    def _is_act(self, history: History, crossing: Crossing, scene: Scene) -> bool:
        last = history.last.look
        return last.label in DRIVERS and not excused(scene, self._view.id, crossing.track_id, crossing.time_ms)

    def _is_one(self, history: History, crossing: Crossing) -> bool | None:
        """Tell whether it was surely one road user until its rear was clearly past the line; ``None`` before that.

        Who later rides close behind another may change places with it: both are over the line then.
        """
        clear_m = CLEAR_SHARE * self._limits["past_line_m"]
        after = (past for past in history.pasts if past.time_ms > crossing.time_ms and past.tail_m >= clear_m)
        clear = next(after, None)
        if clear is None:
            return None
        return is_sure(clear.look, crossing.time_ms) or (self._view.road.is_metric and is_smooth(history, crossing))

    def _turn_excuses(self, item: _Open, scene: Scene) -> bool | None:
        """Tell whether the turn it took was allowed; ``None`` while its turn is not known and could be."""
        light, crossing = scene.lights[self._view.id], item.crossing
        may = {
            *light.may_go(item.started_ms),
            *light.may_go(crossing.time_ms),
            *(t.turn for t in self._view.approach.turns if t.on_red),
        }
        if not may:
            return False
        taken = self._view.turn_of(crossing.track_id)
        if taken is not None:
            return taken.turn in may
        history = self._view.histories[crossing.track_id]
        is_gone = scene.time_ms - history.seen_ms >= GONE_MS or scene.time_ms - crossing.time_ms >= TURN_MS
        return True if is_gone or scene.is_end else None

    def _finding(self, item: _Open, history: History, span: LampSpan) -> Finding:
        crossing = item.crossing
        near = [past.look.confidence for past in history.between(crossing.time_ms - 1000, crossing.time_ms + 1000)]
        red_left_s = (span.end_ms - crossing.time_ms) / 1000
        exceptions = exceptions_of(self._view.road)
        if (span.end_ms - item.started_ms) / 1000 < self._limits["early_start_s"]:
            exceptions["recording_ends"] = f"the recording ends {red_left_s:.1f} s later, still red"
        return Finding(
            rule=self.name,
            approach_id=self._view.id,
            track_id=crossing.track_id,
            at=crossing.at,
            time_ms=crossing.time_ms,
            confidence=round(min(0.99, sum(near) / max(len(near), 1)), 4),
            measured={
                "after_red_s": round((crossing.time_ms - span.start_ms) / 1000, 3),
                "red_left_at_least_s": round(red_left_s, 3),
                "crossing_error_s": round(crossing.error_s, 3),
                "lamp_error_s": round(span.error_ms / 1000, 3),
                "looks_before_line": float(crossing.looks_before),
                "crossing_mps": round(crossing.speed_mps, 2),
            },
            exceptions=exceptions,
        )


def _mps(first: Past, last: Past) -> float:
    """Return how fast it drove from one look to another, whichever way: who turns drives along the line."""
    return first.place.metres_to(last.place) / max((last.time_ms - first.time_ms) / 1000, 1e-3)
