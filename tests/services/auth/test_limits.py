from services.auth.limits import MAX_KEYS, MAX_PER_ADDRESS, MAX_PER_NAME, WINDOW_MS, LoginLimit

NOW = 1_760_000_000_000


def test_after_five_failures_a_name_waits_at_that_address_only() -> None:
    limit = LoginLimit()
    for _ in range(MAX_PER_NAME):
        assert limit.wait_s("lan", "10.0.0.1", NOW) == 0
        limit.failed("lan", "10.0.0.1", NOW)
    assert limit.wait_s("LAN", "10.0.0.1", NOW) == WINDOW_MS // 1000
    assert limit.wait_s("lan", "10.0.0.2", NOW) == 0
    assert limit.wait_s("lan", "10.0.0.1", NOW + WINDOW_MS) == 0


def test_a_success_forgets_the_failures_of_the_name() -> None:
    limit = LoginLimit()
    for _ in range(MAX_PER_NAME):
        limit.failed("lan", "10.0.0.1", NOW)
    limit.succeeded("lan", "10.0.0.1")
    assert limit.wait_s("lan", "10.0.0.1", NOW) == 0


def test_one_address_cannot_try_many_names() -> None:
    limit = LoginLimit()
    for i in range(MAX_PER_ADDRESS):
        limit.failed(f"name{i}", "10.0.0.1", NOW)
    assert limit.wait_s("another", "10.0.0.1", NOW) > 0


def test_memory_is_bounded() -> None:
    limit = LoginLimit()
    for i in range(MAX_KEYS):
        limit.failed("lan", f"address{i}", NOW)
    assert len(limit._failures) <= MAX_KEYS
