"""Reading what the latency benchmark measures."""

from services.bench.latency import Traffic, _figures, read_events


def test_server_sent_events_are_read_with_their_names() -> None:
    lines = [": hello", "", "event: vehicles", 'data: {"a":', "data: 1}", "", "data: bare", "", "event: cut off"]
    assert list(read_events(iter(lines))) == [("vehicles", '{"a":\n1}'), ("message", "bare")]


def test_buses_stand_inside_the_city_and_move_with_time() -> None:
    bbox = (105.7, 20.9, 106.0, 21.2)
    traffic = Traffic(50, bbox)
    first = [traffic.fix(number, 1_771_218_000_000) for number in range(50)]
    later = [traffic.fix(number, 1_771_218_010_000) for number in range(50)]
    assert all(105.7 <= fix.lon <= 106.0 for fix in first)
    assert all(b.lat > a.lat for a, b in zip(first, later, strict=True))
    assert [Traffic(50, bbox).fix(3, 1_771_218_000_000)] == [first[3]]


def test_the_figures_are_quantiles_in_milliseconds_with_the_acknowledgement_as_peer() -> None:
    figures = {figure.name: figure for figure in _figures([float(n) for n in range(1, 102)], [10.0], 2)}
    assert figures["fix_to_sse_p50_ms"].ours == 51.0
    assert figures["fix_to_sse_p95_ms"].ours == 96.0
    assert figures["fix_to_sse_p95_ms"].ratio == 9.6
    assert figures["probes_lost"].ours == 2.0
