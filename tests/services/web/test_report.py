"""How somebody reports what they see on the road; in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.services.web.fixture_answers import BOOK
from tests.services.web.fixtures import CENTRE

pytestmark = [pytest.mark.browser]


def here(page, lon, lat):
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 12})


def test_a_rider_reports_what_is_here_in_three_touches(person):
    page = person("/", account="none", width=390)
    page.get_by_role("link", name="Báo sự cố trên đường").click()
    here(page, *CENTRE)
    page.get_by_label("Ngập nước").check()
    page.get_by_role("button", name="Ngay chỗ tôi đang đứng").click()
    expect(page.get_by_text("Nơi báo: chỗ đang đứng")).to_be_visible()
    page.get_by_role("button", name="Gửi tin báo").click()
    expect(page.get_by_text("Đã nhận tin. Cảm ơn!")).to_be_visible()
    (said,) = BOOK.reports
    assert (said["what"], said["lon"], said["lat"]) == ("water", *CENTRE)
    page.get_by_role("button", name="Báo điều khác").click()
    expect(page.get_by_label("Ngập nước")).not_to_be_checked()


def test_without_a_position_a_stop_or_street_near_it_is_searched_for_by_keyboard(person):
    page = person("/report", account="none", lang="en")
    page.get_by_role("button", name="Right where I am").click()
    expect(page.get_by_text("Your place could not be found.")).to_be_visible()
    page.get_by_label("Crash").press("Space")
    page.get_by_label("Near which stop or street").fill("tay son")
    page.get_by_role("button", name="Tây Sơn").press("Enter")
    expect(page.get_by_text("Place: Tây Sơn")).to_be_visible()
    page.get_by_role("button", name="Send the report").press("Enter")
    expect(page.get_by_text("Received. Thank you!")).to_be_visible()
    assert BOOK.reports[0]["what"] == "crash"


def test_what_is_missing_and_what_was_refused_are_said_and_nothing_is_lost(person):
    page = person("/report", account="none")
    page.get_by_role("button", name="Gửi tin báo").click()
    expect(page.get_by_role("alert")).to_have_text("Chọn điều đã thấy và nơi xảy ra trước khi gửi.")
    assert BOOK.reports == []
    page.get_by_label("Va chạm").check()
    page.get_by_label("Gần trạm hay đường nào").fill("xyz")
    expect(page.get_by_text("Không thấy “xyz”")).to_be_visible()
    expect(page.get_by_label("Va chạm")).to_be_checked()


def test_a_place_beside_no_road_is_said(person):
    page = person("/report", account="none", state="rural")
    here(page, CENTRE[0], CENTRE[1] - 2)
    page.get_by_label("Va chạm").check()
    page.get_by_role("button", name="Ngay chỗ tôi đang đứng").click()
    page.get_by_role("button", name="Gửi tin báo").click()
    expect(page.get_by_role("alert")).to_contain_text("không sát con đường nào")
