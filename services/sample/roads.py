"""The sample's roads by name: class, lanes a direction, and the places they run through."""

from dataclasses import dataclass

from services.sample.points import POINTS


@dataclass(frozen=True)
class Road:
    """One two-way road; ``points`` name places of `POINTS`."""

    name: str
    kind: str
    lanes: int
    points: tuple[str, ...]
    bridge: bool = False


def _road(name: str, kind: str, lanes: int, points: str, *, bridge: bool = False) -> Road:
    return Road(name, kind, lanes, tuple(points.split()), bridge)


ROADS: tuple[Road, ...] = (
    # The old centre
    _road("Đinh Tiên Hoàng", "secondary", 2, "dong_kinh trang_tien"),
    _road("Hàng Bài", "secondary", 2, "trang_tien hang_bai_ltk hang_bai_thd"),
    _road("Phố Huế", "secondary", 2, "hang_bai_thd hue_nguyen_du o_cau_den"),
    _road("Bạch Mai", "secondary", 1, "o_cau_den trung_hien"),
    _road("Trương Định", "secondary", 1, "trung_hien .truong_dinh duoi_ca"),
    _road("Tràng Tiền", "secondary", 2, "trang_tien opera"),
    _road("Hàng Khay", "secondary", 2, "trang_thi trang_tien"),
    _road("Tràng Thi", "secondary", 2, "cua_nam trang_thi"),
    _road("Lý Thường Kiệt", "tertiary", 2, "cua_nam hang_bai_ltk lo_duc"),
    _road("Trần Hưng Đạo", "secondary", 2, "ga_ha_noi hang_bai_thd thd_tkd"),
    _road("Lò Đúc", "tertiary", 1, "lo_duc kim_nguu_tkc"),
    _road("Trần Nhật Duật", "primary", 3, "long_bien tnd_chuong_duong"),
    _road("Trần Quang Khải", "primary", 3, "tnd_chuong_duong .tran_quang_khai bac_co"),
    _road("Trần Khánh Dư", "primary", 3, "bac_co thd_tkd luong_yen"),
    _road("Nguyễn Khoái", "secondary", 2, "luong_yen .nguyen_khoai vinh_tuy_w"),
    _road("Tràng Tiền", "tertiary", 2, "opera bac_co"),
    _road("Hàng Đậu", "tertiary", 2, "long_bien hang_dau"),
    _road("Phan Đình Phùng", "secondary", 2, "hang_dau quan_thanh"),
    _road("Hàng Đường", "tertiary", 1, "hang_dau dong_kinh"),
    _road("Điện Biên Phủ", "secondary", 2, "cua_nam dien_bien_phu"),
    _road("Hùng Vương", "secondary", 2, "dien_bien_phu quan_thanh"),
    # South along the railway
    _road("Lê Duẩn", "primary", 3, "cua_nam ga_ha_noi kham_thien kim_lien"),
    _road("Giải Phóng", "primary", 3, "kim_lien nga_tu_vong duoi_ca bx_giap_bat phap_van bx_nuoc_ngam"),
    _road("Ngọc Hồi", "primary", 2, "bx_nuoc_ngam van_dien"),
    _road("Khâm Thiên", "tertiary", 1, "kham_thien o_cho_dua"),
    # First ring road
    _road("Trần Khát Chân", "primary", 3, "o_cau_den kim_nguu_tkc .nguyen_khoai"),
    _road("Đại Cồ Việt", "primary", 3, "kim_lien o_cau_den"),
    _road("Xã Đàn", "primary", 3, "kim_lien pham_ngoc_thach o_cho_dua"),
    _road("Đê La Thành", "tertiary", 1, "o_cho_dua lang_ha_dlt nct_htk voi_phuc"),
    # Second ring road
    _road("Minh Khai", "primary", 3, "trung_hien mai_dong times_city vinh_tuy_w"),
    _road("Đại La", "primary", 3, "nga_tu_vong trung_hien"),
    _road("Trường Chinh", "primary", 3, "nga_tu_so ttt_truong_chinh nga_tu_vong"),
    _road("Láng", "primary", 2, "nga_tu_so lang_ha_lang nct_lang cau_giay"),
    _road("Bưởi", "primary", 2, "cau_giay buoi"),
    _road("Võ Chí Công", "trunk", 3, "buoi vcc_xuan_la nhat_tan_s"),
    _road("Lạc Long Quân", "secondary", 2, "buoi .lac_long_quan xuan_la au_co"),
    _road("Đức Thắng", "tertiary", 1, "dh_mo co_nhue"),
    _road("Xuân La", "tertiary", 1, "xuan_la vcc_xuan_la co_nhue"),
    # Third ring road
    _road("Phạm Văn Đồng", "trunk", 3, "mai_dich hqv_pvd co_nhue bx_nam_thang_long thang_long_s"),
    _road("Phạm Hùng", "trunk", 3, "mai_dich bx_my_dinh big_c"),
    _road("Khuất Duy Tiến", "trunk", 3, "big_c ldd_kdt thanh_xuan"),
    _road("Nguyễn Xiển", "trunk", 3, "thanh_xuan kim_giang .ring3_sw linh_dam_r3"),
    _road("Vành đai 3", "trunk", 3, "linh_dam_r3 phap_van .ring3_se thanh_tri_w"),
    _road("Cầu Thanh Trì", "trunk", 3, "thanh_tri_w thanh_tri_e", bridge=True),
    _road("Cổ Linh", "trunk", 3, "thanh_tri_e co_linh sai_dong"),
    _road("Cầu Thăng Long", "trunk", 2, "thang_long_s .thang_long thang_long_n", bridge=True),
    _road("Võ Văn Kiệt", "trunk", 2, "thang_long_n bac_thang_long vng_noi_bai"),
    # West
    _road("Nguyễn Thái Học", "primary", 2, "cua_nam nguyen_thai_hoc kim_ma"),
    _road("Kim Mã", "primary", 3, "kim_ma lieu_giai voi_phuc"),
    _road("Cầu Giấy", "primary", 3, "voi_phuc cau_giay xuan_thuy"),
    _road("Xuân Thủy", "primary", 3, "xuan_thuy mai_dich"),
    _road("Hồ Tùng Mậu", "primary", 3, "mai_dich my_dinh_ldt cau_dien"),
    _road("Quốc lộ 32", "primary", 2, "cau_dien nhon .tay_tuu phung"),
    _road("Lê Đức Thọ", "secondary", 2, "my_dinh_ldt svd_my_dinh"),
    _road("Hoàng Quốc Việt", "primary", 3, "buoi hqv_nps hqv_pvd"),
    _road("Nguyễn Phong Sắc", "secondary", 2, "hqv_nps xuan_thuy"),
    _road("Hoàng Hoa Thám", "tertiary", 1, "quan_thanh .hoang_hoa_tham van_cao buoi"),
    _road("Liễu Giai", "primary", 3, "lieu_giai van_cao"),
    _road("Nguyễn Chí Thanh", "primary", 3, "lieu_giai nct_htk nct_lang"),
    _road("Trần Duy Hưng", "primary", 3, "nct_lang big_c"),
    _road("Giảng Võ", "primary", 3, "kim_ma giang_vo lang_ha_dlt"),
    _road("Cát Linh", "secondary", 2, "cat_linh giang_vo"),
    _road("Láng Hạ", "primary", 3, "lang_ha_dlt lang_ha_thai_ha lang_ha_lang"),
    _road("Lê Văn Lương", "primary", 3, "lang_ha_lang ldd_kdt"),
    _road("Tố Hữu", "primary", 3, "ldd_kdt .to_huu van_phuc to_huu_end"),
    _road("Lê Trọng Tấn", "secondary", 2, "to_huu_end ba_la"),
    _road("Huỳnh Thúc Kháng", "secondary", 2, "lang_ha_thai_ha nct_htk"),
    _road("Thái Hà", "secondary", 2, "chua_boc lang_ha_thai_ha"),
    _road("Chùa Bộc", "secondary", 2, "pham_ngoc_thach chua_boc"),
    _road("Tôn Đức Thắng", "secondary", 2, "nguyen_thai_hoc cat_linh o_cho_dua"),
    _road("Nguyễn Lương Bằng", "secondary", 2, "o_cho_dua chua_boc"),
    _road("Tây Sơn", "primary", 3, "chua_boc nga_tu_so"),
    _road("Tôn Thất Tùng", "tertiary", 1, "chua_boc ttt_truong_chinh"),
    _road("Nguyễn Trãi", "primary", 3, "nga_tu_so .nguyen_trai thanh_xuan phung_khoang ha_dong"),
    _road("Quang Trung", "primary", 3, "ha_dong .quang_trung ba_la"),
    _road("Ba La", "primary", 2, "ba_la bx_yen_nghia"),
    _road("Vạn Phúc", "secondary", 2, "van_phuc ha_dong"),
    _road("Kim Giang", "tertiary", 1, "kim_giang linh_dam"),
    _road("Linh Đường", "tertiary", 1, "linh_dam linh_dam_r3"),
    _road("Tam Trinh", "secondary", 1, "mai_dong .tam_trinh .ring3_se"),
    _road("Kim Ngưu", "secondary", 2, "kim_nguu_tkc mai_dong"),
    # The lakes and the river
    _road("Thanh Niên", "secondary", 2, "quan_thanh yen_phu"),
    _road("Yên Phụ", "primary", 3, "long_bien yen_phu"),
    _road("Nghi Tàm", "primary", 3, "yen_phu nghi_tam"),
    _road("Âu Cơ", "primary", 3, "nghi_tam .au_co au_co nhat_tan_s"),
    _road("Cầu Nhật Tân", "trunk", 4, "nhat_tan_s .nhat_tan_1 nhat_tan_n", bridge=True),
    _road("Võ Nguyên Giáp", "trunk", 3, "nhat_tan_n vng_ha vng_noi_bai noi_bai"),
    _road("Cầu Long Biên", "tertiary", 1, "long_bien long_bien_e", bridge=True),
    _road("Ngọc Lâm", "tertiary", 1, "long_bien_e chuong_duong_e"),
    _road("Cầu Chương Dương", "primary", 2, "tnd_chuong_duong chuong_duong_e", bridge=True),
    _road("Nguyễn Văn Cừ", "primary", 3, "chuong_duong_e bx_gia_lam cau_chui"),
    _road("Ngô Gia Tự", "primary", 2, "cau_chui duc_giang yen_vien"),
    _road("Nguyễn Văn Linh", "primary", 3, "cau_chui nvl_dqt sai_dong trau_quy"),
    _road("Đàm Quang Trung", "primary", 3, "vinh_tuy_e nvl_dqt"),
    _road("Cổ Linh", "secondary", 3, "vinh_tuy_e co_linh"),
    _road("Cầu Vĩnh Tuy", "trunk", 3, "vinh_tuy_w .vinh_tuy_1 .vinh_tuy_2 vinh_tuy_e", bridge=True),
)


def arms() -> dict[str, int]:
    """Return how many road ends meet at each place, bends left out."""
    count: dict[str, int] = {}
    for road in ROADS:
        for number, point in enumerate(road.points):
            ways = 1 if number in (0, len(road.points) - 1) else 2
            count[point] = count.get(point, 0) + ways
    return {point: ways for point, ways in count.items() if not point.startswith(".")}


def unknown_points() -> list[str]:
    """Return the places a road names that have no coordinates."""
    return sorted({point for road in ROADS for point in road.points if point not in POINTS})
