"""Time-stamps (RFC 3161) of a package's manifest: the query, and whether an answer may be believed."""

import hashlib
from collections.abc import Sequence

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from vision.errors import EvidenceError
from vision.evidence.verifier import stamp_facts


class Query:
    """One question to a time-stamp authority, with a number used once.

    Parameters
    ----------
    manifest : bytes
        The manifest as sealed.
    """

    def __init__(self, manifest: bytes) -> None:
        self._manifest = manifest
        self._request = TimestampRequestBuilder().data(manifest).hash_algorithm(HashAlgorithm.SHA256).build()

    @property
    def data(self) -> bytes:
        """The question's bytes (``application/timestamp-query``)."""
        return bytes(self._request.as_bytes())

    def read_answer(self, answer: bytes, roots: Sequence[x509.Certificate] = ()) -> bytes:
        """Check an answer (``application/timestamp-reply``) and return it.

        Parameters
        ----------
        answer : bytes
            The body.
        roots : sequence of Certificate
            Whom to believe; none: its signature is not checked, only that it answers this question.

        Raises
        ------
        EvidenceError
            If it is no time-stamp, was refused, is of something else or signed by somebody else.
        """
        response = _decode(answer)
        if PKIStatus(response.status) is not PKIStatus.GRANTED:
            raise EvidenceError(
                f"the time-stamp authority refused ({', '.join(response.status_string) or 'no reason'})"
            )
        if response.tst_info.nonce != self._request.nonce:
            raise EvidenceError("the time-stamp answers another question (its nonce differs)")
        check_stamp(answer, self._manifest, roots)
        return answer


def check_stamp(token: bytes, manifest: bytes, roots: Sequence[x509.Certificate] = ()) -> str:
    """Check a time-stamp fully and return its time as in the token.

    Parameters
    ----------
    token : bytes
        A TimeStampResp.
    manifest : bytes
        What it must be of.
    roots : sequence of Certificate
        Whom to believe; none: its signature is not checked.

    Raises
    ------
    EvidenceError
        If it is of something else or not signed by one of them.
    """
    response = _decode(token)
    try:
        imprint, moment = stamp_facts(token)
    except (ValueError, IndexError) as error:
        raise EvidenceError(f"the time-stamp has no SHA-256 imprint or no time ({error})") from error
    if imprint != response.tst_info.message_imprint.message.hex() or imprint != hashlib.sha256(manifest).hexdigest():
        raise EvidenceError("the time-stamp is of another manifest")
    if roots:
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        try:
            builder.build().verify_message(response, manifest)
        except (VerificationError, ValueError) as error:
            raise EvidenceError(f"the time-stamp is not signed by an authority that you trust ({error})") from error
    return moment


def load_roots(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM file; `EvidenceError` where it holds none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise EvidenceError(f"holds no certificate in PEM form ({error})") from error


def _decode(answer: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(answer)
        response.tst_info  # noqa: B018 - parsed only now
    except ValueError as error:
        raise EvidenceError(f"the answer is no time-stamp ({str(error)[:200]})") from error
    return response
