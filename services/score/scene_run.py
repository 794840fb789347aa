"""One scene through the whole pipeline: its world, its camera, its candidates and its truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from services.score.red_stands import as_the_law_names
from services.score.scene_judge import Claim, Tally, judge
from services.score.scene_log import SceneLog, owner_of
from vision.camera import parse_camera
from vision.eyes import Tracked
from vision.pipeline import Outputs, Watcher
from vision.scenes.arrivals import Flow
from vision.scenes.camera_file import camera_yaml
from vision.scenes.film import Film
from vision.scenes.layout import Arm
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.seen import Box
from vision.scenes.truth import Act, Pass
from vision.scenes.world import World

START_MS = 1_790_000_000_000
WARM_S, AFTER_S = 60.0, 5.0
BEGIN_S = WARM_S + AFTER_S
# So long around an act its road user must be seen to count as seen.
BEFORE_MS, BEHIND_MS = 1000, 300
LONG_MS = 20_000
WATCHED = "south"
FORGET_MS = 1_900_000
# The share seen of acts that an edge of the run cuts and of those on other arms: they may be found, but need not.
NOT_ASKED = -1.0


@dataclass(frozen=True)
class SceneCase:
    """What one run shows.

    Attributes
    ----------
    seed : int
        The seed of world and noise.
    minutes : float
        How long, after a minute of warming up.
    shares : dict of str to float
        Behaviours.
    rules : tuple of str
        Rules that the camera watches; acts of others are not asked for.
    noise : str
        A key of `NOISES`.
    fps, jitter, drops : float
        Of the camera.
    flow : Flow
        How many come.
    officer : float
        Share of reds with an officer.
    has_signal : bool
        Whether the camera sees the stop line and the lamps.
    is_modal : bool
        Whether boxes end where somebody nearer begins, as those of real detectors do.
    """

    seed: int
    minutes: float
    shares: dict[str, float]
    rules: tuple[str, ...]
    camera: Callable[[Arm, float], PinholeCamera]
    noise: str = "good"
    fps: float = 25.0
    jitter: float = 0.0
    drops: float = 0.0
    flow: Flow = field(default_factory=Flow)
    officer: float = 0.0
    has_signal: bool = True
    is_modal: bool = True


@dataclass(frozen=True)
class SceneTruth:
    """What truly happened: acts with the share of their time in which their road user was well seen, and passes."""

    acts: list[tuple[Act, float]]
    passes: list[Pass]
    end_s: float


# The colours of each approach's lamps in one frame.
Lamps = dict[str, list[str]]


class WatchedScene(Protocol):
    """A scene up to its tracks, with its truth."""

    def steps(self) -> Iterator[tuple[Tracked, Lamps]]:
        """Yield the tracks and the lamps of each frame."""

    def user_at(self, track_id: int, time_ms: int, box: Box) -> int | None:
        """Return who truly stands in a track's box."""

    def truth(self) -> SceneTruth:
        """Return what truly happened, once all steps are done."""


def open_scene(case: SceneCase) -> tuple[World, Film, Watcher]:
    """Return the world of a scene, its camera's film, and the pipeline that watches it."""
    world = World(case.seed, case.shares, case.flow, officer=case.officer)
    camera = case.camera(world.layout.arms[WATCHED], case.fps)
    noise = replace(NOISES[case.noise], is_modal=case.is_modal)
    film = Film(world, camera, noise, case.seed, start_ms=START_MS, jitter=case.jitter, drops=case.drops)
    text = camera_yaml(camera, world.layout, rules=case.rules, with_signal=case.has_signal)
    return world, film, Watcher(parse_camera(text.encode()), film)


class FilmedScene:
    """A scene as it is filmed and tracked; its rules are asked elsewhere.

    Parameters
    ----------
    case : SceneCase
        The scene.
    tell : callable
        Takes the seconds of the scene done so far.
    """

    def __init__(self, case: SceneCase, tell: Callable[[float], None]) -> None:
        self.world, self._film, self.watcher = open_scene(case)
        self._case, self._tell = case, tell
        self._log = SceneLog()
        self._acts: list[tuple[Act, float]] = []
        self._known = 0

    def steps(self) -> Iterator[tuple[Tracked, Lamps]]:
        """Yield the tracks and the lamps of each frame."""
        for shot in self._film.shots(WARM_S, WARM_S + self._case.minutes * 60):
            self._log.add(shot.frame.time_ms, shot.seen)
            for frame, tracked in self.watcher.eyes.track([shot.frame]):
                yield tracked, self.watcher.observer.read_lamps(frame)
            self._settle()
            if shot.frame.index % 500 == 0:
                self._tell(shot.time_s - WARM_S)
                self._log.forget(shot.frame.time_ms - FORGET_MS)

    def user_at(self, track_id: int, time_ms: int, box: Box) -> int | None:  # noqa: ARG002
        """Return who truly stands in a track's box."""
        return self._log.user_at(time_ms, box)

    def truth(self) -> SceneTruth:
        """Return what truly happened, once all steps are done."""
        self.world.finish()
        self._settle()
        return SceneTruth(self._acts, self.world.truth.passes, self.world.time_s)

    def _settle(self) -> None:
        acts = self.world.truth.acts
        self._acts += [(act, _seen_share(act, self._log)) for act in acts[self._known :]]
        self._known = len(acts)


def run_scene(case: SceneCase, tally: Tally, tell: Callable[[float], None]) -> None:
    """Run one scene and add what came of it.

    Parameters
    ----------
    case : SceneCase
        The scene.
    tally : Tally
        What is added to.
    tell : callable
        Takes the seconds of the scene done so far.
    """
    scene = FilmedScene(case, tell)
    judge_scene(case, scene, scene.watcher, tally)


def judge_scene(case: SceneCase, scene: WatchedScene, watcher: Watcher, tally: Tally) -> None:
    """Ask the rules of every frame of a scene and add what came of it.

    Parameters
    ----------
    case : SceneCase
        What it shows.
    scene : WatchedScene
        Filmed now, or kept.
    watcher : Watcher
        Whose rules are asked.
    tally : Tally
        What is added to.
    """
    claims: list[Claim] = []
    for tracked, lamps in scene.steps():
        out = Outputs()
        watcher.observer.take_lamps(tracked.time_ms, lamps)
        watcher.watch(tracked, out)
        claims += _claims(out, scene, case.seed)
    claims += _claims(watcher.finish(), scene, case.seed)
    truth = _as_the_law_names(scene.truth(), case)
    passes = [one for one in truth.passes if one.arm == WATCHED and one.nose_s > BEGIN_S]
    judge(tally, claims, acts_asked(truth, case.rules), passes, seed=case.seed, start_ms=START_MS)


def _as_the_law_names(truth: SceneTruth, case: SceneCase) -> SceneTruth:
    acts = [one for one in truth.acts if one[0].rule in case.rules]
    world = World(case.seed, case.shares, case.flow, officer=case.officer)
    return replace(truth, acts=as_the_law_names(acts, world))


def acts_asked(truth: SceneTruth, rules: tuple[str, ...]) -> list[tuple[Act, float]]:
    """Return the acts against some rules with the share seen of each, `NOT_ASKED` where it need not be found.

    That is so on other arms, and where the recording begins or ends within the act: who still stands at the kerb
    when it ends would have been told of later, and how long it stood is not known.
    """
    end_s = truth.end_s - AFTER_S
    return [
        (act, share if _is_mine(act) and act.time_s > BEGIN_S and act.until_s < end_s else NOT_ASKED)
        for act, share in truth.acts
        if act.rule in rules
    ]


def _is_mine(act: Act) -> bool:
    return act.arm == WATCHED or act.rule == "wrong_way"


def _claims(out: Outputs, scene: WatchedScene, seed: int) -> list[Claim]:
    made = []
    for act in out.acts:
        finding = act.finding
        user_id = owner_of(act, scene.user_at)
        made.append(Claim(finding.rule, user_id, finding.time_ms, seed, dict(finding.measured), finding.since_ms))
    return made


def _seen_share(act: Act, log: SceneLog) -> float:
    from_ms = START_MS + act.time_ms
    to_ms = START_MS + round(act.until_s * 1000)
    if act.rule == "red_light":
        tail_ms = START_MS + round(act.measured["tail_s"] * 1000)
        return log.seen_share(act.user_id, tail_ms - BEFORE_MS, tail_ms + BEHIND_MS)
    if to_ms - from_ms < BEFORE_MS:
        return log.seen_share(act.user_id, from_ms - BEFORE_MS, to_ms + BEHIND_MS)
    return log.seen_share(act.user_id, max(from_ms, to_ms - LONG_MS), to_ms)
