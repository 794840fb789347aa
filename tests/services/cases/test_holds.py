"""Packages of a case, and of what other cameras saw of its act, stay and go with its status."""

from pathlib import Path

import msgspec

from schemas.violation import EvidenceRef
from services.cases.holds import settle_hold
from services.cases.lifecycle import CaseStatus
from services.evidence.keeper import folder_of_id, package_folder
from services.media.store import MediaStore, open_media
from services.store.cases import Case
from tests.contract.messages import candidate

OTHER = msgspec.structs.replace(
    candidate(), camera_id="C-2-b", candidate_id=f"C-2-b-red_light-{candidate().time_ms}-120"
)
OWN, ALSO = "evidence/own/1.zip", f"{package_folder(OTHER)}/00000001.zip"


def case(status: CaseStatus) -> Case:
    evidence = EvidenceRef(uri=OWN, sha256="0" * 64, manifest_sha256="0" * 64, key_id="k")
    own = msgspec.structs.replace(candidate(), evidence=evidence)
    return Case(case_id="c", status=status, opened_ms=candidate().time_ms, candidate=own)


def kept(root: Path) -> MediaStore:
    media = open_media(f"file://{root}")
    media.hold(ALSO, OTHER.candidate_id)
    media.create(ALSO, b"package")
    return media


def test_the_package_of_the_second_camera_is_let_go_with_a_rejected_case_and_held_again_when_that_is_undone(
    tmp_path: Path,
) -> None:
    media = kept(tmp_path)
    settle_hold(media, case(CaseStatus.REJECTED), [OTHER.candidate_id])
    assert (media.list_holders(ALSO), media.list_holders(OWN)) == ([], [])
    settle_hold(media, case(CaseStatus.OPEN), [OTHER.candidate_id])
    assert len(media.list_holders(ALSO)) == len(media.list_holders(OWN)) == 1


def test_an_id_of_another_form_names_no_folder() -> None:
    assert folder_of_id(OTHER.candidate_id) == package_folder(OTHER)
    assert folder_of_id("seen by hand") is None
