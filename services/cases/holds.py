"""Evidence stays while a case is open or approved; a rejected one goes when the media store needs its room."""

from collections.abc import Sequence

import structlog

from services.cases.lifecycle import CaseStatus
from services.evidence.copies import copy_path
from services.evidence.keeper import folder_of_id
from services.media.errors import MediaError
from services.media.store import MediaStore
from services.store.cases import Case

_log = structlog.get_logger(__name__)


def settle_hold(media: MediaStore, case: Case, also_seen: Sequence[str] = ()) -> None:
    """Hold or release the package of a case and its copy as its status asks; the decision stands even where this fails.

    Parameters
    ----------
    media : MediaStore
        Where the package lies.
    case : Case
        As it stands after the decision.
    also_seen : sequence of str, optional
        Candidates of other cameras that were found to be of the same act; their packages go the same way.
    """
    evidence = case.candidate.evidence
    try:
        packages = [(evidence.uri, case.candidate.candidate_id)] if evidence is not None else []
        packages += [(path, other) for other in also_seen for path in _packages(media, other)]
        for uri, holder in packages:
            for each in (uri, copy_path(uri)):
                if case.status is CaseStatus.REJECTED:
                    media.release(each, holder)
                else:
                    media.hold(each, holder)
    except MediaError as error:
        _log.error("the hold of a package does not follow its case", case=case.case_id, reason=str(error))


def _packages(media: MediaStore, candidate_id: str) -> list[str]:
    folder = folder_of_id(candidate_id)
    return [path for path in media.list_below(folder) if path.endswith(".zip")] if folder else []
