"""What is known of a junction from one camera's tracks: trails, lights, crossings, and what the rules say."""

from collections.abc import Mapping, Sequence

from schemas.signal import CameraCircumstance, SignalState
from schemas.violation import LampSpan
from vision.camera_values import CameraConfig
from vision.circumstances import Circumstance, Circumstances
from vision.frames import Frame
from vision.lights import Light
from vision.rejoin import Rejoiner
from vision.road import Road
from vision.rules import Finding, Scene, make_rules
from vision.rules.approach import ApproachView
from vision.rules.helmet import Helmet
from vision.rules.merge import Merger
from vision.rules.stands import StandBook
from vision.tracks import Look
from vision.trails import Trails


class Observer:
    """Takes tracks and gives findings; it needs no picture but for the lamps.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._camera_id = camera.id
        self.road = Road(camera)
        self.trails = Trails(self.road)
        self._rejoiner = Rejoiner(self.trails)
        self.views = [ApproachView(approach, self.road) for approach in camera.approaches]
        self.lights = {a.id: Light(a) for a in camera.approaches if a.lamps or a.arrows or a.signal}
        self.circumstances = Circumstances()
        self.book = StandBook(self.views)
        self._rules = make_rules(camera, self.road, self.views, self.book)
        self._merger = Merger(self.trails)
        self._waits_for_helmets = Helmet.name in camera.rules

    def hear(self, said: SignalState | CameraCircumstance) -> None:
        """Take what a controller or a person says; what is of other signals and cameras is left out."""
        if isinstance(said, CameraCircumstance):
            if said.camera_id == self._camera_id:
                told = Circumstance(said.kind.value, said.since_ms, said.until_ms, said.approach_id)
                self.circumstances.tell(told)
            return
        span = LampSpan(
            colour=said.colour.value,
            start_ms=said.since_ms,
            end_ms=said.until_ms,
            error_ms=said.error_ms,
            source="controller",
        )
        for view in self.views:
            if view.approach.signal == said.signal_id:
                self.lights[view.id].tell(span)

    def read_lamps(self, frame: Frame) -> dict[str, list[str]]:
        """Return the colours of each approach's lamps in one picture; see `take_lamps`."""
        return {approach: light.read(frame.image) for approach, light in self.lights.items()}

    def take_lamps(self, time_ms: int, lamps: Mapping[str, Sequence[str]]) -> None:
        """Take what `read_lamps` said of one frame; of approaches that are not among it, nothing was seen."""
        for approach, colours in lamps.items():
            self.lights[approach].take(time_ms, colours)

    def step(self, time_ms: int, looks: Sequence[Look], *, is_blind: bool = False) -> list[Finding]:
        """Take the tracks of one frame, its lamps taken before.

        Parameters
        ----------
        time_ms : int
            The frame's time, later than the last.
        looks : sequence of Look
            What the tracker gave.
        is_blind : bool
            Then crossings are followed, but no rule speaks.

        Returns
        -------
        list of Finding
            What became certain.
        """
        if self._waits_for_helmets:
            self._waits_for_helmets = all(look.bare_heads is None for look in looks)
        seen = self.trails.step(time_ms, self._rejoiner.named(looks))
        seen = self._rejoiner.step(time_ms, seen)
        for view in self.views:
            view.step(time_ms, seen)
        if is_blind:
            return []
        scene = Scene(time_ms, seen, self.trails, self.lights, self.circumstances)
        self.book.step(scene)
        return self._merger.take([finding for rule in self._rules for finding in rule.step(scene)])

    def finish(self, time_ms: int) -> list[Finding]:
        """Return what can still be said at the end of a recording."""
        for view in self.views:
            view.crossings = []
        scene = Scene(time_ms, [], self.trails, self.lights, self.circumstances, is_end=True)
        return self._merger.take([finding for rule in self._rules for finding in rule.step(scene)])

    @property
    def silent(self) -> dict[str, str]:
        """Rules of the camera file that could not say anything so far, and why."""
        if self._waits_for_helmets:
            return {Helmet.name: "the detector tells no helmets; give weights that have a class for bare heads"}
        return {}
