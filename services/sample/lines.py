"""The sample's bus lines: real numbers and end points of Hanoi, as riders of 2018 to 2024 know them.

The courses are ours: the shortest way over the sample's roads through the places named.
"""

from dataclasses import dataclass

CITY, AIRPORT, BRT, ELECTRIC, OUTER = "0B7A4B", "C2410C", "A61E4D", "0E7490", "5B4B8A"
KIND = {"": CITY, "air": AIRPORT, "brt": BRT, "e": ELECTRIC, "out": OUTER}


@dataclass(frozen=True)
class Line:
    """One line: its ends as riders call them, the places it runs through, and minutes between buses in rush hours.

    A place marked ``>`` is run through only on the way from start to end, one marked ``<`` only on the way back.
    """

    number: str
    start: str
    end: str
    via: tuple[str, ...]
    peak_min: int
    color: str = CITY

    def course(self, direction: int) -> tuple[str, ...]:
        """Return the places of a direction, 0 from start to end, in the order they are run through."""
        skipped, taken = ("<", ">") if direction == 0 else (">", "<")
        places = tuple(place.removeprefix(taken) for place in self.via if not place.startswith(skipped))
        return places if direction == 0 else places[::-1]


def parse_line(text: str) -> Line:
    """Read a row of the table: number | start | end | minutes | kind | places; > only there, < only back."""
    number, start, end, minutes, kind, via = (part.strip() for part in text.split("|"))
    return Line(number, start, end, tuple(via.split()), int(minutes), KIND[kind])


TABLE = """
01|Bến xe Gia Lâm|Bến xe Yên Nghĩa|6||bx_gia_lam chuong_duong_e tnd_chuong_duong long_bien cua_nam_w kham_thien o_cho_dua nga_tu_so ha_dong bx_yen_nghia
02|Bác Cổ|Bến xe Yên Nghĩa|5||bac_co trang_tien cua_nam_w nguyen_thai_hoc o_cho_dua nga_tu_so ha_dong bx_yen_nghia
03A|Bến xe Giáp Bát|Bến xe Gia Lâm|8||bx_giap_bat kim_lien ga_ha_noi thd_tkd tnd_chuong_duong bx_gia_lam
03B|Bến xe Nước Ngầm|Phúc Lợi|12||bx_nuoc_ngam bx_giap_bat kim_lien o_cau_den luong_yen tnd_chuong_duong cau_chui vincom_lb phuc_loi
04|Long Biên|Bến xe Nước Ngầm|10||long_bien >lo_su <hang_ngang opera lo_duc kim_nguu_tkc mai_dong tam_trinh_kd kim_dong bx_nuoc_ngam
05|Linh Đàm|Phú Diễn|12||linh_dam linh_dam_r3 thanh_xuan big_c bx_my_dinh my_dinh_ldt cau_dien phu_dien hvcs
06A|Bến xe Giáp Bát|Cầu Giẽ|10|out|bx_giap_bat van_dien ngoc_hoi thuong_tin phu_xuyen cau_gie
06B|Bến xe Giáp Bát|Hồng Vân|20|out|bx_giap_bat van_dien thuong_tin hong_van
06C|Bến xe Giáp Bát|Phú Minh|20|out|bx_giap_bat van_dien thuong_tin tia phu_minh
06E|Bến xe Giáp Bát|Phú Túc|20|out|bx_giap_bat van_dien thuong_tin tia phu_tuc
07|Cầu Giấy|Sân bay Nội Bài|8|air|cau_giay buoi hqv_pvd do_nhuan thang_long_s bac_thang_long vvk_noi_bai noi_bai
08A|Long Biên|Đông Mỹ|8||long_bien <dong_xuan <trang_tien <hue_nct >lo_su >opera >lo_duc_nct o_cau_den trung_hien duoi_ca van_dien ngoc_hoi dong_my
08B|Long Biên|Vạn Phúc|15||long_bien <dong_xuan >lo_su opera lo_duc o_cau_den trung_hien duoi_ca van_dien ngoc_hoi van_phuc_tt
09A|Trần Khánh Dư|Khu liên cơ Võ Chí Công|10||thd_tkd ga_ha_noi cua_nam_w kim_ma ngoc_khanh_km cau_giay buoi vcc_xuan_la vcc_nht
09B|Bờ Hồ|Bến xe Mỹ Đình|10||dong_kinh >trang_thi <hang_bai_thd ga_ha_noi kham_thien o_cho_dua lang_ha_lang trung_kinh_vph me_tri_ph bx_my_dinh
10A|Long Biên|Từ Sơn|10||long_bien tnd_chuong_duong chuong_duong_e cau_chui cau_duong yen_vien tu_son_n
10B|Long Biên|Trung Mầu|18||long_bien tnd_chuong_duong cau_chui sai_dong trau_quy phu_dong_n trung_mau
11|Công viên Thống Nhất|Học viện Nông nghiệp|6||le_duan_tnt >hue_tnt <ba_trieu_tnt thd_tkd bac_co chuong_duong_e cau_chui trau_quy hvnn
12|Công viên Nghĩa Đô|Đại Áng|12||nkt_nvh cau_giay lang_yen_lang nga_tu_so khuong_dinh kim_giang kim_giang_ptt dai_ang
13|Công viên nước Hồ Tây|Cổ Nhuế (Học viện Cảnh sát)|12||cv_nuoc_ho_tay xuan_la buoi hqv_nps tran_cung_pvd dh_mo hvcs
14|Bờ Hồ|Cổ Nhuế|10||dong_kinh hang_dau quan_thanh ngoc_ha_hht van_cao buoi hqv_nps tran_cung_pvd co_nhue bx_nam_thang_long
15|Bến xe Gia Lâm|Phố Nỉ|10|out|bx_gia_lam cau_chui cau_duong dong_anh phu_lo soc_son pho_ni
16|Bến xe Mỹ Đình|Bến xe Nước Ngầm|6||bx_my_dinh mai_dich cau_giay lang_ha_lang nga_tu_so nga_tu_vong bx_nuoc_ngam
17|Long Biên|Sân bay Nội Bài|10|air|long_bien chuong_duong_e cau_chui cau_duong dong_anh phu_lo noi_bai
18|Đại học Kinh tế Quốc dân|Long Biên|12||nga_tu_vong gp_ltn kim_lien pham_ngoc_thach o_cho_dua cat_linh kim_ma doi_can ngoc_ha_hht thanh_nien_s yen_phu long_bien
19|Trần Khánh Dư|Thiên đường Bảo Sơn|9||thd_tkd luong_yen nguyen_khoai_tkc lac_trung_mk trung_hien nga_tu_vong nga_tu_so thanh_xuan ha_dong ltt_nt do_nghia bao_son
20A|Cầu Giấy|Phùng|10|out|cau_giay mai_dich nhon phung
20B|Cầu Giấy|Sơn Tây|12|out|cau_giay mai_dich nhon phung phuc_tho son_tay
20C|Nhổn|Võng Xuyên|18|out|nhon phung phuc_tho vong_xuyen
21A|Bến xe Giáp Bát|Bến xe Yên Nghĩa|6||bx_giap_bat nga_tu_vong nga_tu_so thanh_xuan ha_dong bx_yen_nghia
21B|Pháp Vân – Tứ Hiệp|Bến xe Mỹ Đình|9||phap_van_cg tu_hiep linh_dam linh_dam_r3 thanh_xuan big_c bx_my_dinh
22A|Bến xe Gia Lâm|Trung Văn|6||bx_gia_lam tnd_chuong_duong long_bien hang_than kim_ma giang_vo lang_ha_lang ldd_kdt trung_van
22B|Bến xe Mỹ Đình|Kiến Hưng|10||bx_my_dinh me_tri_ph big_c ldd_kdt ltv_to_huu phung_khoang cau_trang phung_hung_hd kien_hung
22C|Bến xe Giáp Bát|Dương Nội|12||bx_giap_bat gp_dai_tu linh_dam r3_nguyen_xien xa_la phung_hung_hd ha_dong qt_ntn ltt_nt to_huu_end
23|Nguyễn Công Trứ|Long Biên|14||hue_nct trung_hien kim_lien cb_ttt lang_ha_thai_ha lang_ha_lt kim_ma >phung_hung_pdp >hang_dau <quan_thanh long_bien
24|Long Biên|Cầu Giấy|8||long_bien tnd_chuong_duong bac_co luong_yen vinh_tuy_nk mai_dong nga_tu_vong nga_tu_so cau_giay
25|Bến xe Giáp Bát|Bệnh viện Nhiệt đới Trung ương|9||bx_giap_bat le_trong_tan_tx nga_tu_so chua_boc lang_ha_thai_ha nct_htk lieu_giai van_cao buoi hqv_pvd thang_long_s bv_nhiet_doi
26|Mai Động|Sân vận động Mỹ Đình|5||tam_trinh_kd mai_dong kim_nguu_tn bach_mai_ltn kim_lien pham_ngoc_thach chua_boc lang_ha_thai_ha lieu_giai cau_giay mai_dich my_dinh_ldt svd_my_dinh
27|Bến xe Yên Nghĩa|Bến xe Nam Thăng Long|5||bx_yen_nghia ha_dong thanh_xuan nga_tu_so lang_chua_lang cau_giay xuan_thuy hqv_nps bx_nam_thang_long
28|Bến xe Nước Ngầm|Đại học Mỏ|7||bx_nuoc_ngam bx_giap_bat kim_lien o_cho_dua giang_vo lieu_giai cau_giay nguyen_van_huyen hqv_pvd dh_mo
29|Bến xe Giáp Bát|Tân Lập|10||bx_giap_bat phap_van linh_dam_r3 thanh_xuan big_c bx_my_dinh mai_dich nhon tay_tuu tan_lap
30|Gamuda (Yên Sở)|Bến xe Mỹ Đình|8||gamuda mai_dong o_cau_den >hue_tnt <ba_trieu_tnt ga_ha_noi cat_linh giang_vo lang_ha_lang hdt_tdh big_c bx_my_dinh
31|Đại học Bách khoa|Đại học Mỏ|8||bach_mai_ltn o_cau_den >hue_nct >trang_tien >dong_kinh <ba_trieu_tnt <hang_khay <lo_su long_bien yen_phu nghi_tam au_co xuan_la vcc_xuan_la xuan_dinh dh_mo
32|Bến xe Giáp Bát|Nhổn|5||bx_giap_bat nga_tu_vong kim_lien ga_ha_noi <cua_nam_w nguyen_thai_hoc kim_ma cau_giay mai_dich nhon
33|Bến xe Yên Nghĩa|Xuân Đỉnh|9||bx_yen_nghia van_phuc ltv_to_huu ldd_kdt big_c bx_my_dinh mai_dich hqv_pvd xuan_dinh vcc_xuan_la
34|Bến xe Mỹ Đình|Bến xe Gia Lâm|5||bx_my_dinh mai_dich cau_giay lieu_giai giang_vo hao_nam ga_ha_noi hang_bai_thd thd_tkd tnd_chuong_duong bx_gia_lam
35A|Trần Khánh Dư|Bến xe Nam Thăng Long|10||thd_tkd o_cau_den trung_hien nga_tu_vong chua_boc lang_ha_lt lieu_giai buoi hqv_nps bx_nam_thang_long
35B|Bến xe Nam Thăng Long|Thanh Lâm|15|out|bx_nam_thang_long thang_long_s vvk_23 me_linh thanh_lam
36|Yên Phụ|Linh Đàm|10||yen_phu long_bien >lo_su >trang_tien_nq <dong_kinh <trang_tien >ba_trieu_tnt <hue_tnt kim_lien nga_tu_vong dinh_cong bx_giap_bat linh_dam_n linh_dam
37|Bến xe Giáp Bát|Chúc Sơn (Chương Mỹ)|12|out|bx_giap_bat linh_dam_n linh_dam kim_giang_bl cau_buou ha_dong bx_yen_nghia chuc_son
38|Bến xe Nam Thăng Long|Mai Động|7||bx_nam_thang_long hqv_pvd nguyen_van_huyen cau_giay nct_lang lang_ha_thai_ha cb_ttt kim_lien bach_mai_ltn kim_nguu_tn mai_dong tam_trinh_kd
39|Công viên Nghĩa Đô|Bệnh viện Nội tiết (Tứ Hiệp)|7||nkt_nvh mai_dich bx_my_dinh me_tri_ph big_c thanh_xuan vu_trong_phung khuong_dinh kim_giang_kd linh_dam_s bx_nuoc_ngam tu_hiep
40|Công viên Thống Nhất|Văn Lâm|12|out|le_duan_tnt >hue_tnt <ba_trieu_tnt thd_tkd bac_co chuong_duong_e cau_chui trau_quy nhu_quynh van_lam
41|Nghi Tàm|Bến xe Giáp Bát|12||au_co_xd nghi_tam yen_phu long_bien tnd_chuong_duong luong_yen o_cau_den trung_hien duoi_ca bx_giap_bat
42|Bến xe Giáp Bát|Đức Giang|12||bx_giap_bat kd_tm tam_trinh_kd mai_dong vinh_tuy_w vinh_tuy_e nvl_dqt cau_chui duc_giang dg_nam
43|Công viên Thống Nhất|Đông Anh|15|out|le_duan_tnt ga_ha_noi thd_tkd tnd_chuong_duong chuong_duong_e cau_chui ly_son dong_tru_n co_loa dong_anh
44|Trần Khánh Dư|Bến xe Mỹ Đình|12||bac_co thd_tkd ga_ha_noi le_duan_tnt kim_lien ttt_truong_chinh nga_tu_so thanh_xuan big_c svd_my_dinh bx_my_dinh
45|Times City|Bến xe Nam Thăng Long|12||times_city vinh_tuy_nk luong_yen lo_duc phan_chu_trinh trang_tien >dong_kinh >hang_dau <lo_su <hang_than quan_thanh buoi_hht nguyen_van_huyen hqv_pvd bx_nam_thang_long
46|Bến xe Mỹ Đình|Đông Anh|12|out|bx_my_dinh mai_dich hqv_pvd xuan_dinh thang_long_s hai_boi vinh_ngoc vng_ha dong_anh
47A|Long Biên|Bát Tràng|12||long_bien tnd_chuong_duong chuong_duong_e bat_trang
47B|Đại học Kinh tế Quốc dân|Kim Lan|15||nga_tu_vong gp_ltn bach_mai_ltn kim_nguu_tn vinh_tuy_w vinh_tuy_e cl_thach_ban thanh_tri_e giap_hai bat_trang kim_lan
48|Phúc Lợi|Bến xe Nước Ngầm|12||phuc_loi nvl_dqt vinh_tuy_e vinh_tuy_w mai_dong tam_trinh_ln gamuda tam_trinh_r3 bx_nuoc_ngam
49|Trần Khánh Dư|Mỹ Đình II|8||bac_co trang_tien cua_nam doi_can van_cao_dc dao_tan_buoi nkt_nvh xuan_thuy mai_dich my_dinh_ldt my_dinh_2
50|Long Biên|Sân vận động Mỹ Đình|10||long_bien hang_than dien_bien_phu kim_ma giang_vo lang_ha_thai_ha nct_htk nct_lang big_c dltl_ph svd_my_dinh
51|Trần Khánh Dư|Công viên Cầu Giấy|8||bac_co thd_tkd hue_nct o_cau_den kim_lien chua_boc nga_tu_so lang_ha_lang lvl_hdt trung_kinh_vph mac_thai_to duy_tan
52A|Công viên Thống Nhất|Lệ Chi|15|out|le_duan_tnt thd_tkd luong_yen vinh_tuy_e nvl_dqt trau_quy dang_xa le_chi
52B|Công viên Thống Nhất|Đặng Xá|12||le_duan_tnt hue_tnt luong_yen vinh_tuy_w vinh_tuy_e cl_thach_ban thach_ban trau_quy dang_xa dang_xa_n
53A|Hoàng Quốc Việt|Đông Anh|15|out|hqv_pvd buoi vcc_xuan_la nhat_tan_n vinh_ngoc vng_ha dong_anh
53B|Bến xe Mỹ Đình|Kim Hoa|15|out|bx_my_dinh mai_dich thang_long_s vvk_23 quang_minh kim_hoa
54|Long Biên|Bắc Ninh|12|out|long_bien tnd_chuong_duong cau_chui cau_duong yen_vien tu_son bac_ninh
55A|Times City|Cầu Giấy|10||times_city vinh_tuy_nk luong_yen bac_co tnd_chuong_duong long_bien yen_phu au_co xuan_la buoi_hht cau_giay
55B|Aeon Mall Long Biên|Cầu Giấy|10||aeon_lb hong_tien_s chuong_duong_e long_bien yen_phu nghi_tam au_co vcc_nht buoi_hht cau_giay
56A|Bến xe Nam Thăng Long|Núi Đôi (Sóc Sơn)|15|out|bx_nam_thang_long thang_long_s vvk_noi_bai phu_lo soc_son nui_doi
57|Bến xe Nam Thăng Long|KCN Phú Nghĩa|15|out|bx_nam_thang_long hqv_pvd my_dinh_ldt svd_my_dinh lqd_dltl van_phuc ha_dong bx_yen_nghia phu_nghia
58|Long Biên|Thạch Đà|15|out|long_bien yen_phu au_co chem thang_long_s bac_thang_long vvk_23 thach_da
59|Đông Anh|Học viện Nông nghiệp|15|out|dong_anh co_loa cau_doi cau_duong mai_chi_tho vincom_lb hoi_xa trau_quy hvnn
60A|Pháp Vân – Tứ Hiệp|Công viên nước Hồ Tây|12||phap_van_cg tu_hiep phap_van nga_tu_vong chua_boc lang_ha_lt nct_lt voi_phuc buoi vcc_nht cv_nuoc_ho_tay
60B|Bến xe Nước Ngầm|Bệnh viện Nhiệt đới Trung ương|12||bx_nuoc_ngam linh_dam_r3 thanh_xuan nt_nguyen_tuan lvl_nt tdh_nc trung_kinh_n xuan_thuy hqv_nps xuan_dinh thang_long_s bv_nhiet_doi
61|Vân Hà|Công viên Cầu Giấy|15|out|van_ha co_loa dong_hoi vinh_ngoc nhat_tan_n buoi nguyen_van_huyen cg_nvh duy_tan
62|Bến xe Yên Nghĩa|Thường Tín|12|out|bx_yen_nghia ha_dong phung_hung_cb cau_buou van_dien ngoc_hoi thuong_tin
63|KCN Bắc Thăng Long|Tiến Thịnh|15|out|bac_thang_long vvk_23 me_linh thach_da tien_thinh
64|KCN Bắc Thăng Long|Phố Nỉ|18|out|bac_thang_long quang_minh vvk_noi_bai phu_lo soc_son pho_ni
65|Thụy Lâm|Long Biên|15|out|thuy_lam nguyen_khe dong_anh co_loa dong_tru_n ly_son cau_chui chuong_duong_e long_bien
72|Bến xe Yên Nghĩa|Xuân Mai|10|out|bx_yen_nghia chuc_son phu_nghia xuan_mai
74|Bến xe Mỹ Đình|Xuân Khanh|15|out|bx_my_dinh dltl_ph quoc_oai hoa_lac son_tay xuan_khanh
84|Cầu Diễn|Linh Đàm|12||my_dinh_2 thd_ldt svd_my_dinh me_tri_ph tdh_nc lvl_nt nt_nguyen_tuan kim_giang_kd kim_giang linh_dam
85|Công viên Nghĩa Đô|Thanh Hà|12||nkt_nvh cg_nvh trung_kinh_n mac_thai_to hdt_tdh lvl_hdt nt_nguyen_tuan thanh_xuan cau_trang phung_hung_hd kien_hung thanh_ha
86|Ga Hà Nội|Sân bay Nội Bài|15|air|ga_ha_noi >hang_bai_thd >dong_kinh <trang_tien_nq <lo_su long_bien yen_phu au_co nhat_tan_s vinh_ngoc noi_bai
87|Bến xe Mỹ Đình|Xuân Mai (qua Quốc Oai)|18|out|bx_my_dinh dltl_ph an_khanh quoc_oai hoa_lac xuan_mai
88|Bến xe Mỹ Đình|Xuân Mai (qua Hòa Lạc)|18|out|bx_my_dinh svd_my_dinh lqd_dltl quoc_oai hoa_lac hl_xuan_mai xuan_mai
89|Bến xe Yên Nghĩa|Bến xe Sơn Tây|15|out|bx_yen_nghia do_nghia dltl_70 an_khanh hoa_lac son_tay
90|Kim Mã|Sân bay Nội Bài|12|air|kim_ma doi_can van_cao buoi_hht nhat_tan_s vinh_ngoc noi_bai
91|Bến xe Yên Nghĩa|Phú Túc|15|out|bx_yen_nghia ha_dong phung_hung_cb cau_buou van_dien thuong_tin tia phu_tuc
92|Nhổn|Phú Sơn|18|out|nhon phung phuc_tho son_tay phu_son
93|Bến xe Nam Thăng Long|Bắc Sơn (Sóc Sơn)|18|out|bx_nam_thang_long thang_long_s vvk_noi_bai soc_son pho_ni bac_son
94|Bến xe Giáp Bát|Kim Bài|15|out|bx_giap_bat linh_dam_n linh_dam cau_buou ha_dong ba_la kim_bai
95|Bến xe Nam Thăng Long|Xuân Hòa|15|out|bx_nam_thang_long thang_long_s quang_minh kim_hoa thanh_lam xuan_hoa
96|Công viên Nghĩa Đô|Đông Anh (Nguyên Khê)|15|out|nkt_nvh hqv_nps hqv_pvd thang_long_s hai_boi vinh_ngoc vng_ha dong_anh nguyen_khe
97|Hoài Đức|Công viên Nghĩa Đô|12|out|troi nhon xuan_phuong tvb_xp trinh_van_bo thd_ldt bx_my_dinh tnt_ttt xuan_thuy nkt_nvh
98|Yên Phụ|Aeon Mall Long Biên|10||yen_phu long_bien chuong_duong_e cau_chui ngt_ncl doan_khue vincom_lb phuc_loi vh_chm nvl_dqt aeon_lb
99|Kim Mã|Bệnh viện Nội tiết (Tứ Hiệp)|10||kim_ma cat_linh kham_thien le_duan_tnt o_cau_den trung_hien tan_mai bx_giap_bat bx_nuoc_ngam tu_hiep
100|Long Biên|Đặng Xá|9||long_bien tnd_chuong_duong chuong_duong_e hong_tien_s cl_dqt sai_dong trau_quy dang_xa
101|Bến xe Giáp Bát|Vân Đình|18|out|bx_giap_bat van_dien kim_giang_ptt cau_buou ha_dong ba_la kim_bai van_dinh
102|Bến xe Yên Nghĩa|Vân Đình|10|out|bx_yen_nghia ba_la kim_bai van_dinh
103|Bến xe Mỹ Đình|Hương Sơn|18|out|bx_my_dinh big_c thanh_xuan ha_dong ba_la kim_bai van_dinh huong_son
104|Sân vận động Mỹ Đình|Linh Đàm|10||svd_my_dinh lqd_me_tri big_c tdh_nc lvl_nt nt_nguyen_tuan thanh_xuan r3_nguyen_xien linh_dam_r3 linh_dam_s
105|Đô Nghĩa|Cầu Giấy|10||do_nghia ltt_nt to_huu_end van_phuc trung_van ltv_to_huu lvl_nt tdh_nc trung_kinh_vph mac_thai_to nvh_yen_hoa cg_nvh cau_giay
106|Mỗ Lao|Aeon Mall Long Biên|9||mo_lao luong_the_vinh thanh_xuan khuong_dinh nga_tu_so nga_tu_vong trung_hien vinh_tuy_w vinh_tuy_e cl_dqt aeon_lb
107|Kim Mã|Làng Văn hóa các dân tộc|15|out|kim_ma lieu_giai nct_lang big_c dltl_ph quoc_oai hoa_lac lang_van_hoa
108|Thường Tín|Minh Tân|20|out|thuong_tin tia phu_xuyen cau_gie minh_tan
109|Bến xe Mỹ Đình|Sân bay Nội Bài|15|air|bx_my_dinh mai_dich hqv_pvd thang_long_s vvk_noi_bai noi_bai
112|Bến xe Nam Thăng Long|Thạch Đà|18|out|bx_nam_thang_long thang_long_s bac_thang_long me_linh thach_da
117|Hòa Lạc|Nhổn|18|out|hoa_lac quoc_oai an_khanh dltl_70 van_canh nhon
124|Bến xe Yên Nghĩa|Kim Bài|18|out|bx_yen_nghia ba_la kim_bai
BRT01|Bến xe Yên Nghĩa|Kim Mã|5|brt|bx_yen_nghia ltt_nt to_huu_end van_phuc ldd_kdt lang_ha_lang lang_ha_lt giang_vo kim_ma
E01|Bến xe Mỹ Đình|Ocean Park|10|e|bx_my_dinh big_c thanh_xuan linh_dam_r3 tam_trinh_r3 thanh_tri_e giap_hai ocean_park
E02|Hào Nam|Ocean Park|10|e|hao_nam hoang_cau_lt o_cho_dua kim_lien o_cau_den mai_dong vinh_tuy_e co_linh trau_quy hvnn ocean_park
E03|Sân vận động Mỹ Đình|Ocean Park|15|e|svd_my_dinh bx_my_dinh tnt_ttt duy_tan cg_nvh cau_giay nga_tu_so nga_tu_vong vinh_tuy_w vinh_tuy_e thanh_tri_e ocean_park
E04|Smart City|Vincom Long Biên|12|e|smart_city lqd_dltl big_c lang_ha_lang o_cho_dua kham_thien ga_ha_noi thd_tkd chuong_duong_e cau_chui vincom_lb
E05|Long Biên|Smart City (qua Cầu Giấy)|10|e|long_bien yen_phu thanh_nien_s buoi cau_giay xuan_thuy mai_dich my_dinh_ldt thd_ldt svd_my_dinh ltt_dltl smart_city
E06|Bến xe Giáp Bát|Smart City|10|e|bx_giap_bat linh_dam_n linh_dam thanh_xuan ltv_to_huu trung_van van_phuc ltt_dltl smart_city
E07|Long Biên|Smart City (qua Cửa Nam)|12|e|long_bien >hoang_dieu_pdp <phung_hung_pdp <cua_nam_w >dien_bien_phu kim_ma lieu_giai nct_lang big_c lqd_dltl smart_city
E08|Khu liên hợp thể thao Mỹ Đình|Times City|10|e|svd_my_dinh me_tri_ph mac_thai_to nvh_yen_hoa cau_giay nct_lt lang_ha_thai_ha cb_ttt kim_lien bach_mai_ltn mai_dong times_city
E09|Smart City|Công viên nước Hồ Tây|12|e|smart_city lqd_dltl svd_my_dinh mai_dich hqv_pvd do_nhuan vcc_nht cv_nuoc_ho_tay
E10|Ocean Park|Sân bay Nội Bài|18|air|ocean_park giap_hai thanh_tri_e trau_quy phu_dong_n tu_son yen_vien dong_anh noi_bai
"""  # noqa: E501  one line of text a bus line is how the table is read and mended

LINES: tuple[Line, ...] = tuple(parse_line(row) for row in TABLE.strip().splitlines())
