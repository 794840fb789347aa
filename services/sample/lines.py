"""The sample's bus lines: real numbers and end points of Hanoi, their course over the sample's roads by hand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line: its ends as riders call them, the places it runs through, and its usual headway in minutes."""

    number: str
    start: str
    end: str
    via: tuple[str, ...]
    headway_min: int
    color: str = "0B7A4B"


def _line(number: str, start: str, end: str, via: str, headway_min: int, color: str = "0B7A4B") -> Line:
    return Line(number, start, end, tuple(via.split()), headway_min, color)


LINES: tuple[Line, ...] = (
    _line("01", "Bến xe Gia Lâm", "Bến xe Yên Nghĩa",
          "bx_gia_lam long_bien_e long_bien hang_dau quan_thanh dien_bien_phu cua_nam kham_thien o_cho_dua nga_tu_so "
          "thanh_xuan ha_dong bx_yen_nghia", 12),
    _line("02", "Bác Cổ", "Bến xe Yên Nghĩa",
          "bac_co trang_tien cua_nam nguyen_thai_hoc cat_linh o_cho_dua nga_tu_so thanh_xuan ha_dong bx_yen_nghia", 10),
    _line("03A", "Bến xe Giáp Bát", "Bến xe Gia Lâm",
          "bx_giap_bat kim_lien ga_ha_noi thd_tkd bac_co tnd_chuong_duong chuong_duong_e bx_gia_lam", 15),
    _line("08A", "Long Biên", "Văn Điển",
          "long_bien hang_dau dong_kinh trang_tien hue_nguyen_du trung_hien duoi_ca bx_giap_bat van_dien", 15),
    _line("09A", "Bờ Hồ", "Đại học Mỏ",
          "dong_kinh trang_tien cua_nam kim_ma lieu_giai nct_lang cau_giay buoi hqv_pvd co_nhue dh_mo", 18),
    _line("14", "Bờ Hồ", "Cổ Nhuế", "dong_kinh hang_dau quan_thanh van_cao buoi hqv_nps hqv_pvd co_nhue", 15),
    _line("16", "Bến xe Mỹ Đình", "Bến xe Nước Ngầm",
          "bx_my_dinh mai_dich xuan_thuy cau_giay nct_lang nga_tu_so nga_tu_vong bx_nuoc_ngam", 15),
    _line("18", "Đại học Kinh tế Quốc dân", "Long Biên",
          "trung_hien nga_tu_vong kim_lien pham_ngoc_thach o_cho_dua cat_linh nguyen_thai_hoc kim_ma lieu_giai van_cao "
          "quan_thanh yen_phu long_bien", 20),
    _line("20A", "Cầu Giấy", "Bến xe Phùng", "cau_giay xuan_thuy mai_dich cau_dien nhon phung", 18),
    _line("22A", "Bến xe Gia Lâm", "Hà Đông",
          "bx_gia_lam chuong_duong_e tnd_chuong_duong long_bien hang_dau quan_thanh dien_bien_phu cua_nam kim_ma "
          "giang_vo lang_ha_lang ldd_kdt van_phuc ha_dong", 15),
    _line("23", "Kim Ngưu", "Long Biên",
          "kim_nguu_tkc o_cau_den kim_lien pham_ngoc_thach chua_boc lang_ha_thai_ha lang_ha_dlt kim_ma cua_nam "
          "trang_tien dong_kinh hang_dau long_bien", 20),
    _line("25", "Bến xe Giáp Bát", "Bến xe Nam Thăng Long",
          "bx_giap_bat nga_tu_vong nga_tu_so chua_boc lang_ha_thai_ha nct_htk lieu_giai van_cao buoi hqv_pvd "
          "bx_nam_thang_long", 15),
    _line("26", "Mai Động", "Sân vận động Mỹ Đình",
          "mai_dong kim_nguu_tkc o_cau_den kim_lien pham_ngoc_thach o_cho_dua cat_linh kim_ma cau_giay xuan_thuy "
          "mai_dich my_dinh_ldt svd_my_dinh", 10),
    _line("27", "Bến xe Yên Nghĩa", "Bến xe Nam Thăng Long",
          "bx_yen_nghia ha_dong thanh_xuan nga_tu_so cau_giay xuan_thuy mai_dich hqv_pvd bx_nam_thang_long", 12),
    _line("28", "Bến xe Nước Ngầm", "Đại học Mỏ",
          "bx_nuoc_ngam nga_tu_vong kim_lien pham_ngoc_thach chua_boc lang_ha_thai_ha nct_htk lieu_giai voi_phuc "
          "cau_giay xuan_thuy hqv_nps hqv_pvd co_nhue dh_mo", 15),
    _line("31", "Đại học Bách khoa", "Đại học Mỏ",
          "kim_lien o_cau_den hue_nguyen_du trang_tien dong_kinh hang_dau long_bien yen_phu nghi_tam au_co xuan_la "
          "vcc_xuan_la co_nhue dh_mo", 15),
    _line("32", "Bến xe Giáp Bát", "Nhổn",
          "bx_giap_bat nga_tu_vong kim_lien ga_ha_noi cua_nam kim_ma cau_giay xuan_thuy mai_dich cau_dien nhon", 8),
    _line("34", "Bến xe Mỹ Đình", "Bến xe Gia Lâm",
          "bx_my_dinh mai_dich xuan_thuy cau_giay kim_ma cua_nam ga_ha_noi thd_tkd bac_co tnd_chuong_duong "
          "chuong_duong_e bx_gia_lam", 12),
    _line("36", "Yên Phụ", "Linh Đàm",
          "yen_phu long_bien hang_dau dong_kinh trang_tien hue_nguyen_du o_cau_den kim_lien nga_tu_vong phap_van "
          "linh_dam_r3 linh_dam", 15),
    _line("38", "Bến xe Nam Thăng Long", "Mai Động",
          "bx_nam_thang_long hqv_pvd hqv_nps xuan_thuy cau_giay nct_lang lang_ha_lang lang_ha_thai_ha chua_boc "
          "pham_ngoc_thach kim_lien trung_hien mai_dong", 15),
    _line("50", "Long Biên", "Sân vận động Mỹ Đình",
          "long_bien hang_dau quan_thanh dien_bien_phu cua_nam kim_ma giang_vo lang_ha_thai_ha lang_ha_lang nct_lang "
          "big_c bx_my_dinh mai_dich my_dinh_ldt svd_my_dinh", 18),
    _line("55A", "Times City", "Cầu Giấy",
          "times_city vinh_tuy_w luong_yen bac_co tnd_chuong_duong long_bien yen_phu au_co xuan_la buoi cau_giay", 18),
    _line("86", "Ga Hà Nội", "Sân bay Nội Bài",
          "ga_ha_noi hang_bai_thd trang_tien dong_kinh hang_dau long_bien yen_phu au_co nhat_tan_s nhat_tan_n vng_ha "
          "noi_bai", 20, "E8590C"),
    _line("07", "Cầu Giấy", "Sân bay Nội Bài",
          "cau_giay buoi hqv_pvd bx_nam_thang_long thang_long_s thang_long_n bac_thang_long vng_noi_bai noi_bai", 18),
    _line("15", "Bến xe Gia Lâm", "Yên Viên", "bx_gia_lam cau_chui duc_giang yen_vien", 20),
    _line("40", "Bác Cổ", "Trâu Quỳ",
          "bac_co tnd_chuong_duong chuong_duong_e bx_gia_lam cau_chui sai_dong trau_quy", 18),
    _line("BRT01", "Bến xe Yên Nghĩa", "Kim Mã",
          "bx_yen_nghia to_huu_end van_phuc ldd_kdt lang_ha_lang lang_ha_dlt giang_vo kim_ma", 8, "C2255C"),
)  # fmt: skip
