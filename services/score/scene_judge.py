"""Candidates beside the truth of a scene: right, false, excused, twice; and acts that were missed."""

from dataclasses import dataclass, field, fields, replace

from schemas.violation import may_be_same_act
from vision.scenes.truth import Act, Pass

# A candidate belongs to an act of its road user and rule that is at most so far away.
NEAR_S = 6.0
# Acts so clear that a camera must find them: what each rule turns on, and the least of it.
CLEAR: dict[str, tuple[str, float]] = {
    "red_light": ("after_red_s", 0.3),
    "no_stopping": ("stood_s", 60.0),
    "bus_stop_occupied": ("stood_s", 60.0),
    "junction_blocking": ("stood_s", 12.0),
    "wrong_side": ("metres", 15.0),
    "wrong_way": ("metres", 15.0),
    "brt_lane": ("metres", 15.0),
    "lane": ("metres", 15.0),
    "pavement_riding": ("metres", 15.0),
    "speed_screening": ("speed_mps", 16.7),
}
# Who starts in the last moments of red is told apart: the rules do not claim it.
EARLY_START_S = 1.5
LEAST_SEEN = 0.6
# Reasons that no machine at a camera can know; such candidates are shown apart and need a person.
NEEDS_A_PERSON = frozenset({"police_signal", "priority_vehicle", "yields", "breakdown", "child", "behind_parked"})

# So all the way, not only where the truth notes it; a turn is noted at the line and may be taken a minute later.
ALWAYS = frozenset({"helmet", "too_many_riders", "forbidden_turn", "u_turn"})
# Rules of standing: who stands lawfully is counted by why.
STANDING = frozenset({"no_stopping", "bus_stop_occupied", "junction_blocking"})
# Who breaks one of these makes no legal pass.
AT_RED = frozenset({"red_light", "stop_line"})


@dataclass(frozen=True)
class Claim:
    """One candidate: ``user_id`` is who truly stands in its box, ``since_ms`` when an act that lasts began."""

    rule: str
    user_id: int | None
    time_ms: int
    seed: int
    measured: dict[str, float]
    since_ms: int | None = None


@dataclass
class Tally:
    """What came of some scenes."""

    passes: int = 0
    legal: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    by_seconds: dict[str, list[int]] = field(default_factory=dict)
    missed: list[tuple[int, Act]] = field(default_factory=list)
    false: list[tuple[Claim, str]] = field(default_factory=list)
    excused: list[tuple[Claim, str]] = field(default_factory=list)
    doubled: list[Claim] = field(default_factory=list)
    renamed: list[Claim] = field(default_factory=list)
    stood: dict[str, int] = field(default_factory=dict)
    unclear: int = 0
    hidden: int = 0
    late_ms: list[float] = field(default_factory=list)

    @property
    def innocent(self) -> int:
        """How many there were of whom nothing may be claimed: legal passes and lawful stands."""
        return self.passes + sum(self.stood.values())

    def add(self, other: "Tally") -> None:
        """Add what came of other scenes."""
        for column in fields(Tally):
            mine, more = getattr(self, column.name), getattr(other, column.name)
            if isinstance(mine, dict):
                for key, value in more.items():
                    mine[key] = _sum(mine[key], value) if key in mine else value
            else:
                setattr(self, column.name, mine + more)


def _sum(one: int | list[int], other: int | list[int]) -> int | list[int]:
    if isinstance(one, list) and isinstance(other, list):
        return [a + b for a, b in zip(one, other, strict=True)]
    assert isinstance(one, int)
    assert isinstance(other, int)
    return one + other


def judge(
    tally: Tally, claims: list[Claim], acts: list[tuple[Act, float]], passes: list[Pass], *, seed: int, start_ms: int
) -> None:
    """Set one scene's candidates beside its acts.

    Parameters
    ----------
    tally : Tally
        What is added to.
    claims : list of Claim
        The candidates.
    acts : list of tuple
        Each act with the share of its time in which its road user was well to be seen; below 0 it is not asked for.
    passes : list of Pass
        All passes of the watched stop line.
    seed : int
        The scene's.
    start_ms : int
        Event time of the scene's second 0.
    """
    matched = _match(tally, claims, acts, passes, start_ms)
    for which, (act, share) in enumerate(acts):
        _count(tally, act, share, is_found=which in matched, seed=seed)
    broke = {act.user_id for act, _ in acts if act.rule in AT_RED and not act.exception}
    for one in passes:
        if one.user_id not in broke:
            tally.passes += 1
            kind = _kind_of(one)
            tally.legal[kind] = tally.legal.get(kind, 0) + 1


def _match(
    tally: Tally, claims: list[Claim], acts: list[tuple[Act, float]], passes: list[Pass], start_ms: int
) -> set[int]:
    """Sort the candidates into the tally; return which acts were found."""
    matched: dict[int, list[Claim]] = {}
    for claim in claims:
        which = _act_of(claim, acts, start_ms)
        if which is None:
            _no_act(tally, claim, acts, passes, start_ms)
        elif acts[which][0].exception in NEEDS_A_PERSON:
            tally.excused.append((claim, acts[which][0].exception))
        elif acts[which][0].exception:
            tally.false.append((claim, acts[which][0].exception))
        else:
            matched.setdefault(which, []).append(claim)
    for which, several in matched.items():
        tally.doubled += several[1:]
        if acts[which][0].rule == "red_light":
            tally.late_ms.append(several[0].time_ms - start_ms - acts[which][0].measured["tail_s"] * 1000)
    return set(matched)


def _act_of(claim: Claim, acts: list[tuple[Act, float]], start_ms: int) -> int | None:
    """Return the act that a claim is of: of those near in time the one whose time it shares most."""
    since_ms = claim.time_ms if claim.since_ms is None else claim.since_ms
    at_s, since_s = (claim.time_ms - start_ms) / 1000, (since_ms - start_ms) / 1000
    near: list[tuple[float, int]] = []
    for which, (act, _) in enumerate(acts):
        if act.rule != claim.rule or act.user_id != claim.user_id:
            continue
        shared_s = min(act.until_s, at_s) - max(act.time_s, since_s)
        if act.rule in ALWAYS or shared_s >= -NEAR_S:
            near.append((-shared_s, which))
    return min(near)[1] if near else None


def _is_renamed(claim: Claim, acts: list[tuple[Act, float]], start_ms: int) -> bool:
    """Tell whether its road user broke another rule by the same deed."""
    others = (act for act, _ in acts if not act.exception and may_be_same_act(act.rule, claim.rule))
    return any(_act_of(replace(claim, rule=act.rule), [(act, 0.0)], start_ms) is not None for act in others)


def _no_act(tally: Tally, claim: Claim, acts: list[tuple[Act, float]], passes: list[Pass], start_ms: int) -> None:
    if _is_renamed(claim, acts, start_ms):
        tally.renamed.append(claim)
        return
    own = [act for act, _ in acts if act.user_id == claim.user_id and not act.exception]
    near = next((one for one in passes if one.user_id == claim.user_id), None)
    why = "nobody there" if claim.user_id is None else _kind_of(near) if near else "never passed"
    if near is not None and near.reason in NEEDS_A_PERSON:
        tally.excused.append((claim, near.reason))
        return
    if own:
        why += f", but {own[0].rule} at {own[0].time_s:.1f}"
    if near is not None:
        why += f"; nose {near.nose_s:.2f} {near.colour} since {near.since_s:.2f} {near.turn} {near.kind}"
    tally.false.append((claim, why))


def _kind_of(one: Pass) -> str:
    if one.reason:
        return one.reason
    if one.turn in one.arrows and one.colour == "red":
        return "arrow"
    if one.colour == "red":
        return "pushed"
    return one.colour


def _count(tally: Tally, act: Act, share: float, *, is_found: bool, seed: int) -> None:
    key, least = CLEAR.get(act.rule, ("", 0.0))
    if act.rule in STANDING and share >= LEAST_SEEN and (act.exception or act.measured[key] < least):
        why = act.exception or "short"
        tally.stood[why] = tally.stood.get(why, 0) + 1
    if act.exception or share < 0:
        return
    is_early = act.rule == "red_light" and act.measured["red_left_s"] < EARLY_START_S
    if act.rule == "red_light":
        bucket = _seconds(act.measured["after_red_s"], is_early=is_early)
        if share >= LEAST_SEEN:
            row = tally.by_seconds.setdefault(bucket, [0, 0])
            row[0] += is_found
            row[1] += 1
    if share < LEAST_SEEN:
        tally.hidden += 1
    elif is_early or (key and act.measured[key] < least):
        tally.unclear += 1
    else:
        tally.due[act.rule] = tally.due.get(act.rule, 0) + 1
        tally.found[act.rule] = tally.found.get(act.rule, 0) + is_found
        if not is_found:
            tally.missed.append((seed, act))


def _seconds(after_red_s: float, *, is_early: bool) -> str:
    if is_early:
        return "red ends within 1.5 s"
    for low, high in ((0.0, 0.3), (0.3, 1.0), (1.0, 3.0), (3.0, 10.0)):
        if after_red_s < high:
            return f"{low:g}-{high:g} s"
    return "> 10 s"
