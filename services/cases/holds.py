"""Evidence stays while a case is open or approved; a rejected one goes when the media store needs its room."""

import structlog

from services.cases.lifecycle import CaseStatus
from services.evidence.copies import copy_path
from services.media.errors import MediaError
from services.media.store import MediaStore
from services.store.cases import Case

_log = structlog.get_logger(__name__)


def settle_hold(media: MediaStore, case: Case) -> None:
    """Hold or release the package of a case and its copy as its status asks; the decision stands even where this fails.

    Parameters
    ----------
    media : MediaStore
        Where the package lies.
    case : Case
        As it stands after the decision.
    """
    evidence = case.candidate.evidence
    if evidence is None:
        return
    try:
        for uri in (evidence.uri, copy_path(evidence.uri)):
            if case.status is CaseStatus.REJECTED:
                media.release(uri, case.candidate.candidate_id)
            else:
                media.hold(uri, case.candidate.candidate_id)
    except MediaError as error:
        _log.error("the hold of a package does not follow its case", case=case.case_id, reason=str(error))
