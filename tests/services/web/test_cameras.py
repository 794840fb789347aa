"""What a controller sees of a camera and says of what is before it, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.web.browser import settled
from tests.services.web.fixture_answers import BOOK

pytestmark = [pytest.mark.browser]
CARD = "/control?tab=cameras&sel=camera:C-58&view=selected"


def test_the_queue_before_a_line_stands_with_what_was_counted(person):
    page = settled(person(CARD))
    expect(page.get_by_text(re.compile("hàng chờ 38 m, 17 xe · 2 phút"))).to_be_visible()


def test_a_minute_watched_in_part_says_so_and_the_detector_is_named_by_its_hash(person):
    page = settled(person(CARD))
    expect(page.get_by_text("chỉ xem được 41 trong 60 giây")).to_be_visible()
    page.get_by_text("Mô hình nhận dạng").click()
    expect(page.get_by_text("5f" * 32)).to_be_visible()


def test_a_controller_says_that_an_officer_directs_one_side_and_takes_it_back(person):
    page = settled(person(CARD))
    page.get_by_label("Hướng").select_option("north")
    page.get_by_role("button", name="Công an điều khiển").click()
    expect(page.locator(".told")).to_contain_text("từ phía bắc")
    assert [(one["kind"], one["approach_id"]) for one in BOOK.told["C-58"]] == [("officer", "north")]
    expect(page.get_by_role("button", name="Công an điều khiển")).to_have_count(0)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".told")).to_have_count(0)
    assert BOOK.told["C-58"] == []


def test_what_has_ended_is_said_and_can_be_taken_back(person):
    page = settled(person(CARD))
    page.get_by_role("button", name="Thi công").click()
    page.get_by_role("button", name="Kết thúc").click()
    expect(page.locator(".told")).to_have_count(0)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".told")).to_contain_text("Thi công")


def test_a_camera_without_pictures_excuses_nobody(person):
    page = settled(person("/control?tab=cameras&sel=camera:J-001&view=selected"))
    expect(page.get_by_text("Trước camera có gì?")).to_have_count(0)
