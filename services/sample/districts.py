"""Names on the sample's map: lat, lon and what OpenStreetMap would call the place."""

# fmt: off
NEIGHBOURHOODS: dict[str, tuple[float, float, str]] = {
    "Ba Đình": (21.0355, 105.8225, "suburb"), "Hoàn Kiếm": (21.0235, 105.8470, "suburb"),
    "Hai Bà Trưng": (21.0060, 105.8565, "suburb"), "Đống Đa": (21.0145, 105.8225, "suburb"),
    "Tây Hồ": (21.0735, 105.8235, "suburb"), "Cầu Giấy": (21.0320, 105.7950, "suburb"),
    "Thanh Xuân": (20.9960, 105.8120, "suburb"), "Hoàng Mai": (20.9760, 105.8560, "suburb"),
    "Long Biên": (21.0440, 105.8960, "suburb"), "Bắc Từ Liêm": (21.0690, 105.7680, "suburb"),
    "Nam Từ Liêm": (21.0180, 105.7600, "suburb"), "Hà Đông": (20.9610, 105.7700, "suburb"),
    "Phố cổ": (21.0345, 105.8510, "quarter"), "Linh Đàm": (20.9660, 105.8300, "quarter"),
    "Ciputra": (21.0760, 105.8010, "quarter"), "Mỹ Đình": (21.0290, 105.7740, "quarter"),
    "Trung Hòa": (21.0110, 105.8000, "quarter"), "Times City": (20.9945, 105.8680, "quarter"),
    "Royal City": (21.0020, 105.8160, "quarter"), "Văn Quán": (20.9770, 105.7880, "quarter"),
    "Ocean Park": (20.9960, 105.9440, "quarter"), "Smart City": (21.0070, 105.7420, "quarter"),
    "Bát Tràng": (20.9765, 105.9130, "quarter"), "Ngọc Thụy": (21.0560, 105.8640, "quarter"),
    "Sài Đồng": (21.0350, 105.9120, "quarter"), "Lĩnh Nam": (20.9850, 105.8850, "quarter"),
    "Cổ Nhuế": (21.0640, 105.7790, "quarter"), "Nhật Tân": (21.0770, 105.8210, "quarter"),
    "Quảng An": (21.0650, 105.8240, "quarter"), "Định Công": (20.9830, 105.8290, "quarter"),
    "Phú Đô": (21.0130, 105.7660, "quarter"), "Dương Nội": (20.9760, 105.7520, "quarter"),
    "Cổ Loa": (21.1150, 105.8710, "quarter"), "Xuân Đỉnh": (21.0720, 105.7920, "quarter"),
    "Văn Điển": (20.9450, 105.8470, "town"), "Trâu Quỳ": (21.0130, 105.9370, "town"),
    "Đông Anh": (21.1390, 105.8550, "town"), "Nội Bài": (21.2140, 105.8050, "town"),
    "Sóc Sơn": (21.2590, 105.8510, "town"), "Nhổn": (21.0545, 105.7330, "town"), "Phùng": (21.0870, 105.6650, "town"),
    "Sơn Tây": (21.1380, 105.5060, "town"), "Hòa Lạc": (20.9950, 105.5280, "town"),
    "Quốc Oai": (20.9930, 105.6420, "town"), "Xuân Mai": (20.8850, 105.5590, "town"),
    "Chúc Sơn": (20.9210, 105.6990, "town"), "Kim Bài": (20.8550, 105.7690, "town"),
    "Thường Tín": (20.8700, 105.8610, "town"), "Phú Xuyên": (20.7400, 105.9060, "town"),
    "Vân Đình": (20.7340, 105.7710, "town"), "Yên Viên": (21.0880, 105.9190, "town"),
    "Từ Sơn": (21.1190, 105.9600, "town"), "Bắc Ninh": (21.1830, 106.0700, "town"),
    "Như Quỳnh": (20.9850, 105.9900, "town"), "Mê Linh": (21.1830, 105.7180, "town"),
}
# fmt: on
