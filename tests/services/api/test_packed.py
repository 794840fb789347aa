"""A gzip stream put together from blocks that were packed once."""

import zlib

from services.api.stream.packed import GZIP_HEADER, Event, named


def test_blocks_packed_apart_are_one_stream_in_any_order() -> None:
    events = [named("clock", b'{"n":%d}' % n) for n in range(50)]
    for order in (events, events[::-1], events[10:20] * 3):
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
        assert unpack.decompress(GZIP_HEADER) == b""
        for event in order:
            assert unpack.decompress(event.packed) == event.plain


def test_an_event_is_packed_once() -> None:
    event = Event(b"data: x\n\n" * 100)
    assert event.packed is event.packed
    assert len(event.packed) < 40
