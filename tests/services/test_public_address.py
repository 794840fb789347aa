from services.public_address import public_address


def test_a_name_and_a_password_in_an_address_are_not_shown() -> None:
    assert public_address("https://user:secret@tsa.example:8443/tsr?x=1") == "https://tsa.example:8443/tsr?x=1"
    assert public_address("rtsp://me:p@ss@camera.example/live") == "rtsp://camera.example/live"


def test_what_holds_none_is_left_as_it_is() -> None:
    assert public_address(None) is None
    assert public_address("clips/day 1.mp4") == "clips/day 1.mp4"
