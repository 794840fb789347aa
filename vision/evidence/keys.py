"""The key that seals evidence."""

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from vision.errors import EvidenceError


class SealingKey:
    """An Ed25519 key pair.

    Parameters
    ----------
    private : Ed25519PrivateKey
        The private half; it never leaves this object.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_hex = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        self.key_id = hashlib.sha256(bytes.fromhex(self.public_hex)).hexdigest()[:16]

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes, 64 bytes."""
        return self._private.sign(data)


def load_or_make_key(path: Path) -> SealingKey:
    """Return the key of a PEM file; a new one is made and kept where the file is absent.

    Parameters
    ----------
    path : Path
        Readable by its owner only when made here.

    Returns
    -------
    SealingKey
        The key.

    Raises
    ------
    EvidenceError
        If the file holds no Ed25519 key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(pem)
        try:
            os.link(new, path)  # whoever is first wins; two processes end with one key
        except FileExistsError:
            pass
        finally:
            new.unlink()
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise EvidenceError(f"{path}: holds no private key ({error}); move it away and a new one is made") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise EvidenceError(f"{path}: is no Ed25519 key; move it away and a new one is made")
    return SealingKey(key)
