import pytest

from services.cases.lifecycle import (
    REJECT_REASONS,
    CaseEntry,
    CaseError,
    CaseStatus,
    Verdict,
    check_undo,
    decide,
)

NOW = 1_760_000_000_000


def test_an_open_case_is_approved_without_a_reason() -> None:
    assert decide(CaseStatus.OPEN, Verdict.APPROVE, reason_code=None, text="") is CaseStatus.APPROVED


@pytest.mark.parametrize("code", [None, "", "because"])
def test_a_rejection_needs_a_reason_of_the_list(code: str | None) -> None:
    with pytest.raises(CaseError, match="reason_code"):
        decide(CaseStatus.OPEN, Verdict.REJECT, reason_code=code, text="")


def test_the_reason_other_needs_words() -> None:
    with pytest.raises(CaseError, match="text"):
        decide(CaseStatus.OPEN, Verdict.REJECT, reason_code="other", text="  ")
    assert decide(CaseStatus.OPEN, Verdict.REJECT, reason_code="other", text="tow truck") is CaseStatus.REJECTED


@pytest.mark.parametrize("status", [CaseStatus.APPROVED, CaseStatus.REJECTED])
def test_a_decided_case_cannot_be_decided_again(status: CaseStatus) -> None:
    with pytest.raises(CaseError, match="already"):
        decide(status, Verdict.APPROVE, reason_code=None, text="")


def test_every_reason_speaks_both_languages() -> None:
    assert all(text.vi and text.en and text.vi != text.en for text in REJECT_REASONS.values())


def entry(actor: str, action: str, time_ms: int = NOW) -> CaseEntry:
    return CaseEntry(time_ms=time_ms, actor=actor, action=action, note="")


@pytest.mark.parametrize(
    ("log", "actor", "now_ms", "why"),
    [
        ([], "lan", NOW, "no decision"),
        ([entry("lan", "approve")], "minh", NOW, "only the person"),
        ([entry("lan", "approve")], "lan", NOW + 10_001, "within 10 s"),
        ([entry("lan", "approve"), entry("lan", "undo")], "lan", NOW, "no decision"),
    ],
)
def test_an_undo_is_refused(log: list[CaseEntry], actor: str, now_ms: int, why: str) -> None:
    with pytest.raises(CaseError, match=why):
        check_undo(log, actor, now_ms)


def test_an_own_decision_can_be_undone_within_ten_seconds() -> None:
    check_undo([entry("machine", "open"), entry("lan", "reject")], "lan", NOW + 9_999)
