"""The outer shape of a time-stamp (RFC 3161), for tests that need no authority."""


def der(tag: int, *parts: bytes) -> bytes:
    """Return one DER value."""
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def time_stamp(imprint_hex: str, moment: bytes = b"20261122031500Z") -> bytes:
    """Return a TimeStampResp of a SHA-256 whose signature is rubbish."""
    sha256 = der(0x30, der(0x06, bytes.fromhex("608648016503040201")), der(0x05))
    facts = der(
        0x30,
        der(0x02, b"\1"),
        der(0x06, b"\x2a\x03"),
        der(0x30, sha256, der(0x04, bytes.fromhex(imprint_hex))),
        der(0x02, b"\7"),
        der(0x18, moment),
    )
    kept = der(0x30, der(0x06, bytes.fromhex("2a864886f70d0109100104")), der(0xA0, der(0x04, facts)))
    signed = der(0x30, der(0x02, b"\3"), der(0x31, sha256), kept, der(0x31, bytes(300)))
    content = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010702")), der(0xA0, signed))
    return der(0x30, der(0x30, der(0x02, b"\0")), content)
