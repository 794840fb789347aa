"""What a rider, a controller and an officer see and do, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.services.web.browser import settled
from tests.services.web.fixture_answers import BOOK
from tests.services.web.fixture_server import CUT_AFTER_S, DIST

pytestmark = [pytest.mark.browser]
AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
ADDRESSES = [
    "/",
    "/?q=kim",
    "/stop/S0",
    "/stop/S0?bus=T0-4%7C2026-02-16%7CS0",
    "/route/R32",
    "/login",
    "/developers",
    "/report",
    "/accuracy",
    "/control",
    "/control?tab=lines&sel=line:R32&view=selected",
    "/control?tab=alerts",
    "/control?sel=incident:I0&view=selected",
    "/control?tab=jams&sel=edge:9&view=selected",
    "/control?tab=learnt",
    "/control?tab=water&sel=incident:flood-0",
    "/control?t=30&view=map",
    "/control?tab=feeds",
    "/control?tab=buses&bus=late",
    "/control?tab=buses&sel=vehicle:29B-103.23",
    "/control?sel=stop:S0&view=selected",
    "/control?tab=cameras&sel=camera:C-58&view=selected",
    "/enforcement",
    "/enforcement?case=K1",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_nothing_runs_over_the_edge_of_a_narrow_phone(person, address, lang):
    page = settled(person(address, width=360, lang=lang))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing(person, address, width, theme):
    if not AXE.exists():
        pytest.skip("AXE IS NOT INSTALLED: npm ci in services/web")
    page = settled(person(address, width=width, theme=theme))
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
    )
    assert found == []


@pytest.mark.parametrize(
    "address", ["/", "/stop/S0", "/route/R32", "/login", "/developers", "/control", "/enforcement?case=K1"]
)
def test_what_a_finger_touches_on_the_phone_is_at_least_44_px(person, address):
    page = settled(person(address, width=360))
    small = page.evaluate("""[...document.querySelectorAll('a[href], button, select, summary, input:not([type=range])')]
        .filter(e => !e.closest('.maplibregl-ctrl') && !e.classList.contains('skip') && e.offsetParent !== null)
        .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 44)""")
    assert small == []


def test_a_rider_finds_a_stop_without_marks_and_sees_the_bus_come(person):
    page = person("/", width=360, account="none")
    page.get_by_role("searchbox").fill("nguyen thai hoc")
    page.get_by_role("link", name=re.compile("58 Nguyễn Thái Học")).click()
    row = page.get_by_role("button", name=re.compile("^32 Nhổn")).first
    expect(row).to_contain_text("4 phút")
    expect(row).to_contain_text("trực tiếp")
    expect(row).to_contain_text("kẹt xe Kim Mã, +2 phút")
    expect(page.get_by_text("Sắp đến")).to_be_visible()
    expect(page.get_by_text("theo biểu đồ").first).to_be_visible()
    expect(page.get_by_text(re.compile("Không chạy chuyến"))).to_be_visible()
    row.click()
    expect(page).to_have_url(re.compile("bus="))
    expect(page.get_by_text("còn 3 trạm")).to_be_visible()


def test_a_rider_sees_for_how_long_a_bus_stands_and_that_a_layover_lies_between(person):
    page = settled(person("/stop/S0", width=360, account="none"))
    expect(page.get_by_role("button", name=re.compile("^09A")).first).to_contain_text("Xe đứng yên 8 phút")
    expect(page.get_by_text("Xe đang chạy chuyến trước, rồi nghỉ ở bến")).to_be_visible()


def test_a_developer_finds_the_feeds_and_copies_an_address(person, base):
    page = settled(person("/", width=360, account="none"))
    page.get_by_role("link", name="Dữ liệu mở cho lập trình viên").click()
    expect(page.get_by_role("heading", name="Dữ liệu mở")).to_be_visible()
    expect(page.get_by_role("link", name="/gtfs-rt/trip-updates.pb")).to_have_attribute(
        "href", "/gtfs-rt/trip-updates.pb"
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Chép địa chỉ /gtfs-rt/vehicle-positions.pb").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{base}/gtfs-rt/vehicle-positions.pb"


def test_a_controller_sees_the_worst_line_its_bunching_ahead_and_what_helps(person):
    page = settled(person("/control?tab=lines"))
    page.get_by_role("button", name=re.compile("^32 Xe đứng lâu")).click()
    expect(page).to_have_url(re.compile("sel=line"))
    card = page.get_by_role("article", name="Tuyến 32")
    expect(card.get_by_role("img", name=re.compile("4 xe tới .*1 cặp dồn nhau"))).to_be_visible()
    expect(card.get_by_text("cách xe trước 1 phút dồn nhau")).to_be_visible()
    expect(card.get_by_text(re.compile("giữ lại ở Ga Hà Nội 3 phút"))).to_be_visible()
    card.get_by_role("button", name=re.compile("29B-102.22")).click()
    expect(page).to_have_url(re.compile("sel=vehicle"))


def test_alerts_stand_by_kind_and_one_without_a_bus_leads_to_its_line(person):
    page = settled(person("/control?tab=alerts"))
    kinds = page.locator(".alert-kind summary").all_inner_texts()
    assert [kind.split("\n")[0].rstrip(" 1") for kind in kinds][:3] == [
        "Chuyến không chạy",
        "Đi đường vòng",
        "Xe đứng lâu",
    ]
    page.get_by_role("button", name=re.compile("chưa thấy xe chuyến 10:32")).click()
    expect(page.get_by_role("article", name="Tuyến 32")).to_be_visible()


def test_home_tells_riders_what_goes_wrong_and_says_when_nothing_does_or_nobody_knows(person):
    panel = person("/", width=360, account="none").locator("section", has_text="Trục trặc lúc này")
    expect(panel.get_by_text(re.compile("Sự cố trên Tây Sơn"))).to_be_visible()
    expect(panel.get_by_text("Tuyến 32: một xe đứng yên hơn 5 phút ×2")).to_be_visible()
    expect(panel.get_by_text(re.compile("Chuyến không chạy · chuyến \\d\\d:\\d\\d"))).to_be_visible()
    quiet = person("/", width=360, state="empty")
    expect(quiet.get_by_text("Không có trục trặc nào được xác nhận.")).to_be_visible()
    broken = person("/", width=360, state="error").locator("section", has_text="Trục trặc lúc này")
    expect(broken.get_by_role("button", name="Thử lại")).to_be_visible()


def test_home_keeps_the_disruptions_it_knows_when_the_line_is_cut(person):
    page = person("/", width=360, state=f"stale-{time.time_ns()}")
    page.clock.install()
    page.reload()
    settled(page)
    page.wait_for_timeout(int(CUT_AFTER_S * 1000))
    page.clock.fast_forward(190_000)
    panel = page.locator("section", has_text="Trục trặc lúc này")
    expect(panel.locator(".band")).to_be_visible()
    expect(panel.get_by_text(re.compile("Sự cố trên Tây Sơn"))).to_be_visible()


def test_no_map_is_loaded_until_somebody_asks_for_it(person):
    page = person("/stop/S0?bus=T0-4%7C2026-02-16%7CS0", width=360)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    settled(page)
    assert not [url for url in asked if "pmtiles" in url or "maplibre" in url]
    page.get_by_role("button", name="Xem xe trên bản đồ").click()
    page.wait_for_selector(".arrival.is-open .map-canvas[data-ready=yes]", state="attached", timeout=20_000)
    assert [url for url in asked if "pmtiles" in url]


def test_the_doubt_of_a_measured_time_is_the_sum_of_its_parts_and_tells_them(person):
    doubt = settled(person("/enforcement?case=K1")).locator(".doubt")
    expect(doubt).to_have_text("sai số ± 0,04 giây")
    assert "Sai số lúc vượt: ± 0,020 giây" in doubt.get_attribute("title")


def test_no_page_asks_anybody_else_for_anything(person, base):
    page = person("/control")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector(".map-canvas[data-idle=yes]", state="attached", timeout=30_000)
    assert [url for url in asked if not url.startswith((base, "data:", f"blob:{base}"))] == []


def test_minutes_stop_and_say_so_when_the_line_is_cut(person):
    page = person("/stop/S0", width=360, state=f"stale-{time.time_ns()}")
    page.clock.install()
    page.reload()
    settled(page)
    shown = page.locator(".arrival-minutes").first.inner_text()
    page.wait_for_timeout(int(CUT_AFTER_S * 1000))
    page.clock.fast_forward(180_000)
    expect(page.get_by_text(re.compile("số phút đã dừng lại"))).to_be_visible()
    assert page.locator(".arrivals.is-frozen .arrival-minutes").first.inner_text() == shown


def test_the_last_arrivals_stay_with_their_age_when_the_server_is_gone(person, base):
    page = person("/stop/S0", width=360, state=f"stale-{time.time_ns()}")
    settled(page)
    expect(page.locator(".arrival")).not_to_have_count(0)
    page.wait_for_timeout(int(CUT_AFTER_S * 1000))
    page.add_init_script("""const kept = JSON.parse(localStorage.getItem('arrivals:S0'))
        kept.at -= 180000; localStorage.setItem('arrivals:S0', JSON.stringify(kept))""")
    page.reload()
    expect(page.locator(".band-old")).to_contain_text("3 phút")
    expect(page.locator(".arrivals.is-frozen")).to_be_visible()


@pytest.mark.parametrize(
    "address", ["/stop/S0", "/route/R32", "/control", "/control?sel=incident:I0&view=selected", "/enforcement"]
)
def test_a_panel_that_fails_says_what_failed_and_offers_to_try_again(person, address):
    page = person(address, state="error")
    expect(page.get_by_role("button", name="Thử lại").first).to_be_visible()


def test_a_controller_verifies_with_two_keys_and_takes_it_back(person):
    page = settled(person("/control"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("sel=incident"))
    expect(page.get_by_text("Máy nghi ngờ, chưa ai xác minh.")).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator(".control-right .chip-verified")).to_be_visible()
    assert BOOK.incidents == {"I0": "verified"}
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".control-right .chip-detected")).to_be_visible()
    assert BOOK.incidents == {}


def test_a_controller_says_why_it_is_not_real(person):
    page = settled(person("/control"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="Chọn lý do").get_by_role("button")).to_have_count(5)
    page.keyboard.press("2")
    page.get_by_text("Không phải:").wait_for()
    assert BOOK.incidents == {"I1": "dismissed"}


def test_the_slash_key_searches_and_finds_a_bus_by_its_plate(person):
    page = settled(person("/control"))
    page.keyboard.press("/")
    page.keyboard.type("101.21")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sel=vehicle"))
    expect(page.get_by_role("heading", name="Năm trạm tới")).to_be_visible()


def test_a_filter_of_buses_is_in_the_address_and_holds_for_list_and_map(person):
    page = settled(person("/control?tab=buses"))
    canvas = page.locator(".map-canvas[data-buses]")
    expect(canvas).not_to_have_attribute("data-buses", "0")
    page.get_by_role("button", name=re.compile("^trễ nhiều")).click()
    expect(page).to_have_url(re.compile("bus=late"))
    expect(page.locator(".fleet-sum")).to_contain_text("10 / 60 xe")
    expect(page.locator(".control-left .fleet-row")).to_have_count(10)
    expect(page.get_by_text("Bản đồ chỉ hiện 10 / 60 xe.")).to_be_visible()
    page.locator(".fleet-pick select").first.select_option(value="09A")
    expect(page).to_have_url(re.compile("line=09A"))
    shown = page.locator(".control-left .fleet-row")
    page.reload()
    expect(page.locator(".fleet-sum")).to_contain_text("/ 60 xe")
    expect(shown.first.locator(".badge")).to_have_text("09A")
    page.get_by_role("button", name="Bỏ lọc").first.click()
    expect(page.locator(".fleet-sum")).to_contain_text("60 / 60 xe")


def test_keys_walk_the_buses_and_the_card_tells_age_source_and_the_weakest_score(person):
    page = settled(person("/control?tab=buses"))
    page.locator(".control-left .fleet-row").first.wait_for()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("sel=vehicle"))
    card = page.locator(".control-right .card")
    expect(card.get_by_text("Tuổi dữ liệu")).to_be_visible()
    expect(card.get_by_text("ufms")).to_be_visible()
    expect(card.get_by_text(re.compile("Yếu nhất là sạch"))).to_be_visible()
    expect(card.locator(".next-stops li")).to_have_count(5)
    first = page.url
    page.keyboard.press("j")
    expect(page).not_to_have_url(first)
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("sel="))


def test_a_tap_beside_a_bus_still_chooses_it(person):
    page = settled(person("/control?at=105.8300,21.0220,14.3"))
    page.wait_for_selector(".map-canvas[data-ready=yes]", state="attached", timeout=20_000)
    page.locator(".map-layers button", has_text="Sự cố").click()
    page.keyboard.press("/")
    page.keyboard.type("103.23")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sel=vehicle"))
    page.wait_for_timeout(700)
    box = page.locator(".map-canvas").bounding_box()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("sel="))
    page.mouse.click(box["x"] + box["width"] / 2 + 14, box["y"] + box["height"] / 2 + 10)
    expect(page).to_have_url(re.compile("sel=vehicle"))


def test_a_stop_and_a_street_are_found_and_shown_on_this_page(person):
    page = settled(person("/control"))
    page.keyboard.press("/")
    page.keyboard.type("kim")
    hits = page.locator(".csearch-hits")
    hits.get_by_role("button", name=re.compile("58 Nguyễn Thái Học")).click()
    expect(page).to_have_url(re.compile("sel=stop"))
    expect(page.get_by_role("heading", name="Xe sắp tới")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("tay son")
    page.keyboard.press("ArrowUp")
    hits.get_by_role("button", name=re.compile("Tây Sơn")).click()
    expect(page).to_have_url(re.compile("sel=edge"))


def test_people_who_are_not_logged_in_are_asked_to(person):
    page = person("/control", account="none")
    page.get_by_label("Tên đăng nhập").fill("fixture")
    page.get_by_label("Mật khẩu").fill("right")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Phòng điều hành")).to_be_attached()


def test_the_language_is_one_touch_away_and_remembered(person):
    page = person("/", width=360)
    page.get_by_role("button", name="Chuyển sang tiếng Anh").click()
    expect(page.get_by_placeholder("Find a stop or a line")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, localStorage.getItem('lang')]") == ["en", "en"]


def test_a_played_day_and_a_repeated_calendar_say_so_across_the_top(person):
    page = person("/", width=360, state=f"stale-{time.time_ns()}")
    expect(page.get_by_text(re.compile("Đang phát lại"))).to_be_visible()
    expect(page.get_by_text(re.compile("đang được lặp lại theo thứ"))).to_be_visible()
