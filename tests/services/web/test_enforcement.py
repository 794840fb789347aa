"""What an officer sees and does, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.web.browser import settled
from tests.services.web.fixture_answers import BOOK

pytestmark = [pytest.mark.browser]


def test_an_officer_approves_with_two_keys_and_takes_it_back(person):
    page = settled(person("/enforcement?case=K0"))
    expect(page.get_by_text("Nghi vấn: Vượt đèn đỏ")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Duyệt nghi vấn này?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".decision .is-ok")).to_contain_text("Đã duyệt")
    assert BOOK.cases == {"K0": "approved"}
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("button", name=re.compile("^Duyệt"))).to_be_visible()
    assert BOOK.cases == {}


def test_an_officer_cannot_reject_without_a_reason(person):
    page = settled(person("/enforcement?case=K1"))
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Loại hồ sơ")).to_be_disabled()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".decision .is-bad")).to_contain_text("Đã loại")
    assert BOOK.cases == {"K1": "rejected"}


def test_an_officer_sees_the_redacted_copy_until_a_reason_is_given(person):
    page = settled(person("/enforcement?case=K2"))
    expect(page.get_by_text("Đầu người và biển số của những người khác đã được che.")).to_be_visible()
    assert "original" not in (page.locator("video").get_attribute("src") or "")
    expect(page.get_by_role("link", name="Tải hồ sơ")).to_have_count(0)
    page.get_by_role("button", name="Xem bản gốc").click()
    show = page.get_by_role("button", name="Xem trong 15 phút")
    expect(show).to_be_disabled()
    page.get_by_label(re.compile("Vì sao cần xem")).fill("không rõ mũ bảo hiểm")
    show.click()
    expect(page.get_by_text(re.compile("Đang xem bản gốc"))).to_be_visible()
    expect(page.locator("video")).to_have_attribute("src", re.compile("original=true"))
    assert BOOK.originals == {"K2": "không rõ mũ bảo hiểm"}


def test_an_unread_plate_is_said_and_not_guessed(person):
    page = settled(person("/enforcement?case=K1"))
    expect(page.get_by_text("Máy không đọc được biển số và không đoán.")).to_be_visible()


def test_the_box_lies_on_the_vehicle_in_the_very_frame_that_is_shown(person):
    page = settled(person("/enforcement?case=K0"))
    page.wait_for_function("document.querySelector('.player-frame').textContent.includes('23 / 48')")
    page.wait_for_timeout(300)
    where = """() => {
        const video = document.querySelector('video'); const canvas = document.createElement('canvas')
        canvas.width = 640; canvas.height = 480
        const pen = canvas.getContext('2d'); pen.drawImage(video, 0, 0, 640, 480)
        const box = document.querySelector('.box-now'); const n = (name) => Number(box.getAttribute(name))
        const { data } = pen.getImageData(330, 0, 1, 480); const rows = []
        for (let y = 0; y < 480; y++) if (data[4 * y] > 150 && data[4 * y + 1] < 110) rows.push(y)
        return { top: Math.min(...rows), bottom: Math.max(...rows), y: n('y'), end: n('y') + n('height') }
    }"""
    for key in ("", ".", ".", ","):
        if key:
            page.keyboard.press(key)
            page.wait_for_timeout(300)
        seen = page.evaluate(where)
        assert abs(seen["top"] - seen["y"]) < 5
        assert abs(seen["bottom"] - seen["end"]) < 5
