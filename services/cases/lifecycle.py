"""The life of a violation case: open, then approved or rejected by an officer; never decided by the machine."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.text import Text

UNDO_MS = 10_000


class CaseStatus(enum.StrEnum):
    """Where a case stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class Verdict(enum.StrEnum):
    """What an officer may decide."""

    APPROVE = "approve"
    REJECT = "reject"


MOVES: dict[CaseStatus, dict[Verdict, CaseStatus]] = {
    CaseStatus.OPEN: {Verdict.APPROVE: CaseStatus.APPROVED, Verdict.REJECT: CaseStatus.REJECTED},
    CaseStatus.APPROVED: {},
    CaseStatus.REJECTED: {},
}
DECISIONS = frozenset(Verdict)

REJECT_REASONS: dict[str, Text] = {
    "no_violation": Text(vi="Không có vi phạm trên hình", en="The picture shows no violation"),
    "light_unclear": Text(vi="Không rõ màu đèn tại thời điểm vượt", en="The light's colour is unclear at the crossing"),
    "vehicle_unclear": Text(vi="Không phân biệt được phương tiện", en="The vehicle cannot be told apart"),
    "plate_unreadable": Text(vi="Không đọc được biển số", en="The plate cannot be read"),
    "plate_wrong": Text(vi="Biển số không khớp phương tiện", en="The plate does not match the vehicle"),
    "priority_vehicle": Text(vi="Xe ưu tiên đang làm nhiệm vụ", en="A priority vehicle on duty"),
    "directed_by_officer": Text(vi="Theo hiệu lệnh của cảnh sát giao thông", en="Directed by a traffic officer"),
    "forced": Text(vi="Tình thế cấp thiết (nhường đường, tránh tai nạn)", en="Forced: giving way or avoiding a crash"),
    "turn_allowed": Text(vi="Được phép rẽ theo đèn hoặc biển phụ", en="The turn was allowed by an arrow or a sign"),
    "camera_fault": Text(vi="Camera lệch, mờ hoặc sai giờ", en="Camera moved, blurred or its clock is wrong"),
    "package_broken": Text(vi="Gói chứng cứ không nguyên vẹn", en="The evidence package is not intact"),
    "duplicate": Text(vi="Trùng với hồ sơ khác", en="The same act as another case"),
    "other": Text(vi="Lý do khác (ghi rõ)", en="Another reason (say which)"),
}


class CaseError(Exception):
    """A decision that cannot be taken; the text says why."""


@dataclass(frozen=True)
class CaseEntry:
    """One line of a case's log; ``time_ms`` is wall time."""

    time_ms: int
    actor: str
    action: str
    note: str


def decide(status: CaseStatus, verdict: Verdict, *, reason_code: str | None, text: str) -> CaseStatus:
    """Return the status a decision leads to.

    Parameters
    ----------
    status : CaseStatus
        Where the case stands.
    verdict : Verdict
        What the officer decides.
    reason_code : str or None
        A key of `REJECT_REASONS`; needed to reject.
    text : str
        The officer's own words; needed with the reason ``other``.

    Returns
    -------
    CaseStatus
        The next status.

    Raises
    ------
    CaseError
        If the case is decided already, or the reason is absent or unknown.
    """
    if verdict not in MOVES[status]:
        raise CaseError(f"the case is {status.value} already; its decision can only be undone by who took it")
    if verdict is Verdict.REJECT:
        if reason_code not in REJECT_REASONS:
            raise CaseError(f"to reject, give a reason_code of: {', '.join(REJECT_REASONS)}")
        if reason_code == "other" and not text.strip():
            raise CaseError("the reason 'other' needs a text that says which")
    return MOVES[status][verdict]


def check_undo(log: Sequence[CaseEntry], actor: str, now_ms: int) -> None:
    """Refuse to take back a decision that is not the person's own or is older than 10 s.

    Parameters
    ----------
    log : sequence of CaseEntry
        The case's log, oldest first.
    actor : str
        Who wants to take a decision back.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.

    Raises
    ------
    CaseError
        If there is no such decision.
    """
    moves = [entry for entry in log if entry.action in DECISIONS or entry.action == "undo"]
    if not moves or moves[-1].action == "undo":
        raise CaseError("there is no decision to undo")
    last = moves[-1]
    if last.actor != actor:
        raise CaseError("only the person who decided can undo it")
    if not 0 <= now_ms - last.time_ms <= UNDO_MS:
        raise CaseError(f"a decision can be undone within {UNDO_MS // 1000} s only")
