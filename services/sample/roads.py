"""The sample's main roads by name: class, lanes a direction, and what they run through."""

from dataclasses import dataclass

Node = str | tuple[float, float]


@dataclass(frozen=True)
class Road:
    """One road; ``nodes`` are names of `POINTS`, where roads meet, or lat, lon of a mere bend."""

    name: str
    kind: str
    lanes: int
    nodes: tuple[Node, ...]
    bridge: bool = False
    oneway: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """The named places it runs through, in order."""
        return tuple(node for node in self.nodes if isinstance(node, str))


def road(name: str, kind: str, lanes: int, course: str, *, bridge: bool = False, oneway: bool = False) -> Road:
    """Read a road's course: words are places, ``lat,lon`` are bends."""
    return Road(name, kind, lanes, tuple(_node(word) for word in course.split()), bridge, oneway)


def _node(word: str) -> Node:
    lat, comma, lon = word.partition(",")
    return (float(lat), float(lon)) if comma else word


CENTRE: tuple[Road, ...] = (
    # Hoàn Kiếm; many streets run one way
    road("Đinh Tiên Hoàng", "secondary", 3, "trang_tien 21.0303,105.8539 21.0317,105.8530 dong_kinh", oneway=True),
    road("Lê Thái Tổ", "secondary", 2, "dong_kinh 21.0311,105.8509 hang_trong hang_khay", oneway=True),
    road("Hàng Khay", "secondary", 2, "hang_khay trang_tien"),
    road("Tràng Tiền", "secondary", 2, "trang_tien trang_tien_nq opera bac_co"),
    road("Tràng Thi", "secondary", 2, "hang_khay trang_thi phu_doan cua_nam", oneway=True),
    road("Hàng Bài", "secondary", 3, "hang_bai_thd hang_bai_ltk hang_bai_hbt trang_tien", oneway=True),
    road("Phố Huế", "secondary", 3, "o_cau_den hue_nct hue_tnt hue_nguyen_du hang_bai_thd", oneway=True),
    road("Bà Triệu", "secondary", 3,
         "hang_khay ba_trieu_hbt ba_trieu_ltk ba_trieu_thd ba_trieu_nd ba_trieu_tnt ba_trieu_dcv", oneway=True),
    road("Quang Trung", "tertiary", 2, "trang_thi quang_trung_ltk quang_trung_thd 21.0191,105.8477 hue_nguyen_du"),
    road("Quán Sứ", "tertiary", 2, "phu_doan quan_su_ltk quan_su_thd"),
    road("Hai Bà Trưng", "tertiary", 2, "cua_nam ba_trieu_hbt hang_bai_hbt pct_hbt"),
    road("Lý Thường Kiệt", "secondary", 2,
         "le_duan_ltk quan_su_ltk quang_trung_ltk ba_trieu_ltk hang_bai_ltk pct_ltk"),
    road("Trần Hưng Đạo", "secondary", 2, "ga_ha_noi quan_su_thd quang_trung_thd ba_trieu_thd hang_bai_thd "
         "phan_chu_trinh le_thanh_tong thd_tkd"),
    road("Phan Chu Trinh", "tertiary", 2, "trang_tien_nq pct_hbt pct_ltk phan_chu_trinh lo_duc"),
    road("Lê Thánh Tông", "tertiary", 2, "opera le_thanh_tong lo_duc"),
    road("Lò Đúc", "secondary", 2, "lo_duc lo_duc_nct kim_nguu_tkc"),
    road("Nguyễn Hữu Huân", "tertiary", 2, "luong_ngoc_quyen lo_su 21.0276,105.8560 opera", oneway=True),
    road("Hàng Tre", "tertiary", 2, "opera 21.0280,105.8570 tqk_lo_su", oneway=True),
    road("Lò Sũ", "tertiary", 1, "dong_kinh lo_su tqk_lo_su"),
    road("Lương Ngọc Quyến", "tertiary", 1, "luong_ngoc_quyen tnd_chuong_duong"),
    road("Hàng Đào – Hàng Ngang – Hàng Đường", "tertiary", 1,
         "dong_kinh 21.0341,105.8507 hang_ngang dong_xuan 21.0383,105.8486 hang_dau", oneway=True),
    road("Hàng Chiếu", "tertiary", 1, "dong_xuan hang_chieu"),
    road("Hàng Gai – Hàng Bông", "tertiary", 2, "dong_kinh 21.0310,105.8485 hang_bong cua_nam", oneway=True),
    road("Phùng Hưng", "tertiary", 2, "hang_bong phung_hung_tp 21.0387,105.8469 phung_hung_pdp", oneway=True),
    road("Lý Nam Đế", "tertiary", 2, "phung_hung_pdp 21.0395,105.8455 21.0310,105.8442 phung_hung_tp", oneway=True),
    road("Hàng Đậu", "secondary", 2, "long_bien hang_dau"),
    road("Trần Nhật Duật", "primary", 3, "long_bien hang_chieu tnd_chuong_duong"),
    road("Trần Quang Khải", "primary", 3, "tnd_chuong_duong tqk_lo_su bac_co"),
    road("Trần Khánh Dư", "primary", 3, "bac_co thd_tkd 21.0167,105.8625 luong_yen"),
    road("Nguyễn Khoái", "primary", 2, "luong_yen nguyen_khoai_tkc vinh_tuy_nk 21.0010,105.8800 20.9966,105.8915 "
         "20.9924,105.8922 20.9867,105.8950 linh_nam_nk 20.9722,105.8868 nguyen_khoai_r3"),
    # Hai Bà Trưng
    road("Trần Nhân Tông", "secondary", 2, "le_duan_tnt ba_trieu_tnt hue_tnt"),
    road("Nguyễn Du", "tertiary", 2, "le_duan_nd ba_trieu_nd hue_nguyen_du"),
    road("Nguyễn Công Trứ", "tertiary", 2, "hue_nct lo_duc_nct luong_yen"),
    road("Bạch Mai", "secondary", 1, "o_cau_den bach_mai_ltn trung_hien"),
    road("Lê Thanh Nghị", "secondary", 2, "gp_ltn bach_mai_ltn"),
    road("Thanh Nhàn", "secondary", 1, "bach_mai_ltn kim_nguu_tn"),
    road("Lạc Trung", "secondary", 1, "kim_nguu_tn lac_trung_mk"),
    road("Kim Ngưu", "secondary", 2, "kim_nguu_tkc kim_nguu_tn mai_dong"),
    road("Võ Thị Sáu", "tertiary", 1, "vo_thi_sau kim_nguu_tn"),
    road("Đại Cồ Việt", "primary", 3, "kim_lien ba_trieu_dcv o_cau_den"),
    road("Trần Khát Chân", "primary", 3, "o_cau_den vo_thi_sau kim_nguu_tkc nguyen_khoai_tkc"),
    # Along the railway to the south
    road("Lê Duẩn", "primary", 3,
         "cua_nam_w le_duan_nk le_duan_ltk ga_ha_noi le_duan_nd kham_thien le_duan_tnt kim_lien"),
    road("Giải Phóng", "primary", 3, "kim_lien gp_ltn nga_tu_vong dinh_cong kim_dong bx_giap_bat duoi_ca gp_dai_tu "
         "phap_van r3_phap_van bx_nuoc_ngam"),
    # Ba Đình
    road("Phan Đình Phùng", "secondary", 2,
         "quan_thanh hoang_dieu_pdp cua_bac phung_hung_pdp hang_dau", oneway=True),
    road("Quán Thánh", "secondary", 2, "hang_dau hang_than 21.0419,105.8420 thanh_nien_s", oneway=True),
    road("Cửa Bắc", "tertiary", 1, "21.0419,105.8420 cua_bac"),
    road("Hàng Than", "tertiary", 1, "yen_phu_ht hang_than"),
    road("Hùng Vương", "secondary", 2, "thanh_nien_s quan_thanh 21.0375,105.8353 hung_vuong_dbp le_hong_phong"),
    road("Hoàng Diệu", "secondary", 3, "hoang_dieu_pdp dien_bien_phu"),
    road("Điện Biên Phủ", "secondary", 2, "cua_nam cua_nam_w dien_bien_phu hung_vuong_dbp"),
    road("Trần Phú", "tertiary", 2, "phung_hung_tp dien_bien_phu kim_ma", oneway=True),
    road("Nguyễn Thái Học", "primary", 3, "kim_ma nguyen_thai_hoc cua_nam_w cua_nam", oneway=True),
    road("Nguyễn Khuyến", "tertiary", 2, "le_duan_nk van_mieu_nk nguyen_thai_hoc", oneway=True),
    road("Sơn Tây", "tertiary", 2, "le_hong_phong kim_ma"),
    road("Lê Hồng Phong", "tertiary", 2, "dien_bien_phu le_hong_phong doi_can"),
    road("Đội Cấn", "tertiary", 1, "doi_can 21.0354,105.8184 van_cao_dc 21.0379,105.8120 doi_can_buoi"),
    road("Ngọc Hà", "tertiary", 1, "doi_can ngoc_ha_hht"),
    road("Hoàng Hoa Thám", "secondary", 2, "hht_hv 21.0417,105.8311 ngoc_ha_hht 21.0421,105.8203 van_cao "
         "21.0464,105.8104 buoi_hht"),
    road("Hoàng Hoa Thám", "tertiary", 2, "quan_thanh hht_hv"),
    road("Thụy Khuê", "secondary", 1, "thanh_nien_s 21.0427,105.8327 21.0409,105.8279 21.0431,105.8231 van_cao_tk "
         "21.0480,105.8099 thuy_khue_llq"),
    road("Kim Mã", "primary", 3, "kim_ma ngoc_khanh_km lieu_giai voi_phuc"),
    road("Liễu Giai", "primary", 3, "lieu_giai dao_tan_lg van_cao_dc"),
    road("Văn Cao", "primary", 3, "van_cao_dc van_cao van_cao_tk"),
    road("Văn Cao", "tertiary", 2, "van_cao_tk trich_sai_tk"),
    road("Đào Tấn", "secondary", 2, "dao_tan_lg 21.0329,105.8076 dao_tan_buoi"),
    road("Ngọc Khánh", "tertiary", 1, "ngoc_khanh_km 21.0262,105.8179 lang_ha_lt"),
    # Đống Đa
    road("Giảng Võ", "primary", 3, "kim_ma giang_vo 21.0270,105.8240 lang_ha_lt"),
    road("Láng Hạ", "primary", 3, "lang_ha_lt lang_ha_thai_ha lang_ha_lang"),
    road("Cát Linh", "secondary", 2, "cat_linh hao_nam giang_vo"),
    road("Hào Nam", "secondary", 2, "hao_nam 21.0265,105.8277 hoang_cau_lt"),
    road("Tôn Đức Thắng", "secondary", 2, "nguyen_thai_hoc cat_linh o_cho_dua"),
    road("Nguyễn Lương Bằng", "secondary", 2, "o_cho_dua xa_dan_nlb nlb_tay_son"),
    road("Tây Sơn", "primary", 3, "nlb_tay_son chua_boc nga_tu_so"),
    road("Khâm Thiên", "secondary", 1, "kham_thien o_cho_dua"),
    road("Xã Đàn", "primary", 3, "kim_lien pham_ngoc_thach 21.0160,105.8330 xa_dan_nlb o_cho_dua"),
    road("Đê La Thành", "secondary", 2, "o_cho_dua hoang_cau_lt 21.0231,105.8211 lang_ha_lt nct_lt 21.0274,105.8093 "
         "voi_phuc"),
    road("Hoàng Cầu", "secondary", 2, "hoang_cau_lt 21.0167,105.8234 21.0164,105.8211 thai_ha_yl"),
    road("Yên Lãng", "secondary", 2, "thai_ha_yl lang_yen_lang"),
    road("Thái Hà", "secondary", 2, "chua_boc thai_ha_yl lang_ha_thai_ha"),
    road("Huỳnh Thúc Kháng", "secondary", 2, "lang_ha_thai_ha nct_htk"),
    road("Chùa Bộc", "secondary", 2, "cb_ttt chua_boc"),
    road("Phạm Ngọc Thạch", "secondary", 2, "pham_ngoc_thach cb_ttt"),
    road("Tôn Thất Tùng", "secondary", 1, "cb_ttt ton_that_tung ttt_truong_chinh"),
    road("Nguyễn Chí Thanh", "primary", 3, "lieu_giai nct_lt chua_lang nct_htk nct_lang"),
    road("Chùa Láng", "tertiary", 1, "chua_lang lang_chua_lang"),
    # West Lake
    road("Thanh Niên", "secondary", 2, "thanh_nien_s 21.0469,105.8367 yen_phu"),
    road("Yên Phụ", "primary", 3, "long_bien yen_phu_ht yen_phu"),
    road("Nghi Tàm", "primary", 3, "yen_phu nghi_tam"),
    road("Âu Cơ", "primary", 3, "nghi_tam xuan_dieu 21.0643,105.8316 21.0649,105.8292 au_co_xd 21.0730,105.8257 "
         "21.0773,105.8209 au_co"),
    road("Xuân Diệu", "tertiary", 1, "xuan_dieu dang_thai_mai au_co_xd"),
    road("Đặng Thai Mai", "tertiary", 1, "dang_thai_mai 21.0634,105.8247 21.0599,105.8235 21.0570,105.8225 "
         "21.0557,105.8213 21.0589,105.8188 21.0608,105.8190 21.0641,105.8199 21.0673,105.8194 au_co_xd"),
    road("Nguyễn Đình Thi", "tertiary", 1, "thanh_nien_s 21.0438,105.8340 21.0440,105.8311 21.0425,105.8283 "
         "21.0433,105.8250 trich_sai_tk"),
    road("Trích Sài", "tertiary", 1, "trich_sai_tk 21.0457,105.8149 21.0489,105.8142 21.0553,105.8116 trich_sai_llq"),
    road("Vệ Hồ", "tertiary", 1, "trich_sai_llq 21.0601,105.8094 21.0632,105.8100 21.0688,105.8124 llq_nht"),
    road("Nhật Chiêu", "tertiary", 1, "llq_nht 21.0738,105.8153 21.0720,105.8171 21.0741,105.8197 21.0730,105.8257"),
    road("Lạc Long Quân", "secondary", 2, "buoi_hht thuy_khue_llq 21.0525,105.8090 trich_sai_llq xuan_la llq_nht "
         "cv_nuoc_ho_tay au_co"),
    road("Xuân La", "secondary", 2, "xuan_la vcc_xuan_la"),
    road("Nguyễn Hoàng Tôn", "secondary", 2, "llq_nht vcc_nht 21.0760,105.8000 pvd_nht"),
)  # fmt: skip
