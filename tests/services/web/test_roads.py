"""What a controller sees and does with roads: doubt, forecast, bottlenecks, water, evidence; in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from routing.flood.passable import PASSABLE, passable_by
from tests.services.web.fixture_answers import BOOK
from tests.services.web.fixture_server import DIST

pytestmark = [pytest.mark.browser]
PLACE = "at=105.8300,21.0220,14.3"


@pytest.fixture
def control(person):
    """Give a function that opens the control page and waits until its map can be touched."""

    def start(query="", **wanted):
        page = person(f"/control?{PLACE}{query}", **wanted)
        page.wait_for_selector(".map-canvas[data-ready=yes]", state="attached", timeout=20_000)
        return page

    return start


def test_a_controller_looks_half_an_hour_ahead_by_keyboard_and_is_told_that_it_is_a_forecast(control):
    page = control()
    slider = page.get_by_role("slider", name="Xem đường lúc trước, lúc này hoặc dự báo")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("t=30"))
    expect(slider).to_have_attribute("aria-valuetext", "+30 phút")
    expect(page.get_by_text("DỰ BÁO +30 phút.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"ước tính cho \d\d:\d\d, tính lúc \d\d:\d\d"))).to_be_visible()
    page.get_by_role("button", name="Về lúc này").click()
    expect(page).not_to_have_url(re.compile("t=30"))
    expect(page.get_by_text("DỰ BÁO +30 phút.")).to_have_count(0)


def test_a_city_without_a_forecast_says_so(control):
    expect(control("&t=15", state="empty").get_by_text("Chưa có dự báo")).to_be_visible()


def test_a_controller_looks_back_by_keyboard_and_the_address_keeps_the_moment(control):
    page = control()
    slider = page.get_by_role("slider", name="Xem đường lúc trước, lúc này hoặc dự báo")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d\d:\d\d, 30 phút trước$"))
    expect(page.get_by_text(re.compile(r"NHƯ LÚC \d\d:\d\d\."))).to_be_visible()
    expect(page.get_by_text("ước tính không được lưu", exact=False)).to_be_visible()
    moment = re.search(r"t=(\d{13})", page.url)[1]
    expect(page.locator(f".map-canvas[data-past='{moment}']")).to_have_count(1)
    page.get_by_role("button", name="Về lúc này").click()
    expect(page.locator(".map-canvas[data-past]")).to_have_count(0)


def test_a_controller_asks_what_the_road_looked_like_at_twenty_to_eight(control):
    page = control("&tab=jams")
    page.get_by_label("Xem đường vào lúc, trong 24 giờ qua").fill("7:40")
    page.keyboard.press("Enter")
    expect(page.get_by_text("NHƯ LÚC 07:40.")).to_be_visible()
    expect(page.get_by_text("nhiều thời gian nhất lúc 07:40", exact=False)).to_be_visible()


def test_space_plays_the_last_hour_and_stops_it(control):
    page = control()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Dừng phát lại")).to_be_visible()
    shown = page.locator(".map-canvas[data-past]")
    first = int(shown.get_attribute("data-past"))
    expect(page.locator(f".map-canvas[data-past='{first + 300_000}']")).to_have_count(1, timeout=10_000)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Phát lại một giờ qua")).to_be_visible()


def test_a_moment_of_which_nothing_was_kept_says_so(control):
    page = control("&t=1600000000000", state="empty")
    expect(page.get_by_text("Không lưu được gì về đường vào lúc đó.")).to_be_visible()


def test_doubtful_roads_are_shown_faded_or_hidden_as_the_address_says(control):
    page = control()
    switch = page.get_by_role("group", name="Chỗ chưa chắc")
    expect(switch.get_by_role("button", name="Làm mờ")).to_have_attribute("aria-pressed", "true")
    switch.get_by_role("button", name="Ẩn").click()
    expect(page).to_have_url(re.compile("doubt=sure"))
    page.get_by_text("Chú giải").click()
    expect(page.get_by_text("Chỉ hiện đoạn có xe vừa đi qua, lệch nhiều nhất một mức.")).to_be_visible()
    switch.get_by_role("button", name="Hiện").click()
    expect(page.get_by_text("ước tính, không xe nào đi qua")).to_be_visible()


def test_hiding_doubt_takes_colour_off_the_map(control):
    coloured = {}
    for doubt in ("all", "sure"):
        page = control(f"&doubt={doubt}&off=buses,incidents,water,cameras")
        page.wait_for_selector(".map-canvas[data-idle=yes]", state="attached", timeout=20_000)
        page.wait_for_timeout(300)
        shot = page.locator(".map-canvas").screenshot()
        coloured[doubt] = saturated(shot)
    assert 0 < coloured["sure"] < 0.9 * coloured["all"]


def saturated(png):
    """Return how many points of a picture have a strong colour."""
    import io

    import numpy as np
    from PIL import Image

    rgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return int((rgb.max(axis=2) - rgb.min(axis=2) > 90).sum())


def test_a_bottleneck_leads_to_its_road_with_speed_doubt_and_forecast(control):
    page = control("&tab=jams")
    page.get_by_role("button", name=re.compile("^1 .* chậm thêm 14 phút")).click()
    expect(page).to_have_url(re.compile("sel=edge%3A9"))
    card = page.locator(".control-right .card")
    expect(card.get_by_text(re.compile(r"khoảng \d+–\d+ km/h \(90 %\)"))).to_be_visible()
    expect(card.get_by_text("Khá chắc: xe vừa đi qua, lệch nhiều nhất một mức.")).to_be_visible()
    expect(card.get_by_role("img", name=re.compile("Dự báo lúc"))).to_be_visible()
    card.get_by_role("button", name="24 giờ").click()
    expect(card.get_by_role("img", name=re.compile("thấp nhất 14 km.h, cao nhất 29 km.h"))).to_be_visible()


def test_a_road_nobody_drove_says_that_it_is_a_guess(control):
    card = control("&sel=edge:3").locator(".control-right .card")
    expect(card.get_by_text(re.compile("Ước tính từ đường lân cận"))).to_be_visible()
    expect(card.get_by_text("không xe nào", exact=True)).to_be_visible()


def test_water_is_set_on_the_map_and_taken_back(control):
    page = control("&tab=water")
    page.get_by_role("button", name="Đặt điểm ngập").click()
    page.get_by_role("button", name="Đặt ở giữa bản đồ").click()
    panel = page.get_by_role("region", name="Đặt điểm ngập")
    panel.get_by_role("button", name=re.compile("^Nước trên 40 cm")).click()
    card = page.get_by_role("article", name="Ngập trên Thái Hà")
    expect(card.get_by_role("heading", name="Nước trên 40 cm")).to_be_visible()
    assert [one["flood"] for one in BOOK.floods.values()] == ["deep"]
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".control-right .chip-cleared")).to_be_visible()
    assert BOOK.incidents == {"flood-1": "cleared"}


def test_water_is_set_by_a_touch_of_the_map(control):
    page = control("&tab=water&off=buses,incidents")
    page.get_by_role("button", name="Đặt điểm ngập").click()
    box = page.locator(".map-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    page.get_by_role("button", name=re.compile("^Nước dưới 10 cm")).click()
    page.get_by_role("article", name="Ngập trên Thái Hà").wait_for()
    (set_,) = BOOK.floods.values()
    assert set_["lon"] > 105.8300
    assert set_["lat"] == pytest.approx(21.0220, abs=0.002)


def test_the_depth_of_water_is_said_anew_and_the_earlier_one_comes_back(control):
    page = control("&sel=incident:flood-0")
    card = page.locator(".control-right .card")
    expect(card.get_by_role("heading", name="Nước 20–40 cm")).to_be_visible()
    card.get_by_role("button", name=re.compile("^Nước 10–20 cm")).click()
    expect(card.get_by_role("heading", name="Nước 10–20 cm")).to_be_visible()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(card.get_by_role("heading", name="Nước 20–40 cm")).to_be_visible()


def test_the_rain_is_told_by_the_heaviest_first_and_old_news_are_no_rain(control):
    rows = control("&tab=water").locator(".control-left .fleet-row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("31,5 mm/giờ")
    expect(rows.last).to_contain_text("không có tin mới")


def test_a_candidate_tells_from_whom_each_piece_of_evidence_is_and_how_strong(control):
    findings = control("&sel=incident:I0").locator(".finding")
    expect(findings).to_have_count(3)
    expect(findings.first).to_contain_text("Xe buýt đứng yên")
    expect(findings.first).to_contain_text("mạnh")
    expect(findings.last).to_contain_text("nói ngược lại")


def test_parked_buses_are_told_apart_from_silent_ones(control):
    cell = control().locator(".strip-cell").nth(1)
    expect(cell).to_contain_text("1.121")
    expect(cell).to_contain_text("/ 1.144")
    expect(cell).to_contain_text("612 xe đỗ")
    expect(cell).to_have_class(re.compile("is-calm"))


def test_pages_and_router_agree_on_who_gets_through_water():
    words = (DIST.parent / "src" / "control" / "depths.tsx").read_text()
    said = {
        depth: tuple(re.findall(r"'(\w+)'", who))
        for depth, who in re.findall(r"^  (\w+): \[(.*)\],$", words, flags=re.MULTILINE)
    }
    assert {d: set(who) for d, who in said.items()} == {d.value: set(passable_by(d)) for d in PASSABLE}


def test_a_lesson_the_machine_learnt_is_taken_back_and_given_again(control):
    page = control("&tab=learnt")
    row = page.get_by_role("listitem").filter(has_text="Khâm Thiên")
    expect(row.get_by_text("Ở đây bằng chứng phải mạnh gấp 4,5 lần.")).to_be_visible()
    row.get_by_role("button", name="Bỏ bài học này").click()
    expect(row.get_by_text("Máy không học từ đây.")).to_be_visible()
    assert BOOK.forgotten == {"I7"}
    row.get_by_role("button", name="Cho máy học lại").click()
    expect(row.get_by_text("Ở đây bằng chứng phải mạnh gấp 4,5 lần.")).to_be_visible()
    assert page.get_by_role("listitem").filter(has_text="Láng").get_by_role("button").count() == 1, "nothing to undo"


def test_a_machine_that_learnt_nothing_says_so(control):
    expect(control("&tab=learnt", state="empty").get_by_text("Máy chưa học được gì")).to_be_visible()
