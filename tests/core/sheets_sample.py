"""A monthly workbook of realistic size and wording, to try the layout on; all of it made up.

Amounts of the funding table are the published ones in đồng, the split by commune is invented.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ntm_tracker.core.numbers import TRIEU, TY
from ntm_tracker.core.sheets import (
    Column,
    Figure,
    GroupRow,
    Heading,
    KeyFigure,
    KeyFigures,
    Letterhead,
    Notes,
    Paragraph,
    Sheet,
    Signature,
    Table,
    Workbook,
)

CREATED = datetime(2022, 5, 4, 2, 30, tzinfo=UTC)
PERIOD = "(Kỳ báo cáo: tháng 4 năm 2022, số liệu đến ngày 30/4/2022)"
COMMUNES = (
    "Hương Bình", "Hương Thủy", "Phúc Đồng", "Hòa Hải", "Hương Lâm", "Hương Liên", "Điền Mỹ",
    "Hà Linh",
)  # fmt: skip
CRITERIA = (
    ("", ("Quy hoạch",)),
    (
        "Hạ tầng kinh tế - xã hội",
        (
            "Giao thông", "Thủy lợi và phòng, chống thiên tai", "Điện", "Trường học",
            "Cơ sở vật chất văn hóa", "Cơ sở hạ tầng thương mại nông thôn",
            "Thông tin và Truyền thông", "Nhà ở dân cư",
        ),
    ),
    (
        "Kinh tế và tổ chức sản xuất",
        (
            "Thu nhập", "Nghèo đa chiều", "Lao động",
            "Tổ chức sản xuất và phát triển kinh tế nông thôn",
        ),
    ),
    (
        "Văn hóa - Xã hội - Môi trường",
        ("Giáo dục và Đào tạo", "Y tế", "Văn hóa", "Môi trường và an toàn thực phẩm"),
    ),
    (
        "Hệ thống chính trị",
        ("Hệ thống chính trị và tiếp cận pháp luật", "Quốc phòng và An ninh"),
    ),
    ("", ("Khu dân cư nông thôn mới kiểu mẫu",)),
)  # fmt: skip
FUNDING = (
    ("Giao thông", 1_142_100_000_000, 328_100_000_000),
    ("Y tế - văn hóa - giáo dục", 73_600_000_000, 1_200_000_000),
    ("Kinh tế", 101_000_000_000, 0),
    ("Môi trường", 15_000_000_000, 0),
    ("Chất lượng môi trường sống", 15_000_000_000, 0),
)
DIFFICULTY = (
    "Giá vật liệu tăng, xã chưa bố trí được vốn đối ứng; đề nghị cho lùi thời hạn đến hết tháng "
    "6/2022."
)
LONG_TITLE = "Xây dựng rãnh thoát nước, trồng hàng rào xanh, chỉnh trang nhà văn hóa thôn"
PLEDGES = (
    "Hỗ trợ máy tính cho trung tâm học tập cộng đồng",
    "Hỗ trợ xi măng làm đường thôn, xây dựng nhà văn hóa, chỉnh trang vườn hộ",
)
TT = Column("TT", kind="index", width=5)
LETTERHEAD = Letterhead(
    superior="BAN CHỈ ĐẠO CÁC CHƯƠNG TRÌNH\nMỤC TIÊU QUỐC GIA TỈNH HÀ TĨNH",
    issuer="VĂN PHÒNG ĐIỀU PHỐI NÔNG THÔN MỚI",
    number=".../BC-VPĐP",
    place="Hà Tĩnh",
    date=date(2022, 5, 4),
)
SIGNATURE = Signature(
    title="CHÁNH VĂN PHÒNG",
    recipients=(
        "- Ban Chỉ đạo tỉnh (báo cáo);",
        "- Ủy ban nhân dân huyện Hương Khê;",
        "- Các sở, ngành, đơn vị đỡ đầu;",
        "- Lưu: VT, ĐP.",
    ),
)


@dataclass(frozen=True)
class Money:
    name: str
    need: int
    identified: int
    note: str = ""

    @property
    def missing(self) -> int:
        return self.need - self.identified


@dataclass(frozen=True)
class Sponsor:
    name: str
    place: str
    decision: str
    signed_on: date | None
    pledge: str
    promised: int
    cash: int
    goods: int
    days: int
    share: float | None
    progress: str
    difficulty: str


def sums(rows, *names: str) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in rows) for name in names}


def key_figures() -> Sheet:
    lines = [
        {"name": "Xã đạt chuẩn nông thôn mới", "unit": "xã", "before": 12, "now": 12},
        {"name": "Xã chạm chuẩn 20/20 tiêu chí, đang trình thẩm định", "unit": "xã", "before": 3,
         "now": 4, "note": "Hương Bình, Hương Thủy, Phúc Đồng, Hòa Hải"},
        {"name": "Xã đạt từ 10 đến 12 tiêu chí", "unit": "xã", "before": 4, "now": 4,
         "note": "Hương Lâm, Hương Liên, Điền Mỹ, Hà Linh"},
        {"name": "Thôn chưa đạt khu dân cư nông thôn mới kiểu mẫu", "unit": "thôn", "before": 52,
         "now": 50},
        {"name": "Tỷ lệ đơn vị đỡ đầu đã ký kết", "unit": "%", "before": Figure(0.1, "percent"),
         "now": Figure(0.375, "percent", decimals=1)},
        {"name": "Kinh phí chưa xác định nguồn", "unit": "tỷ đồng",
         "before": Figure(1_020_900_000_000, "money", TY),
         "now": Figure(1_017_400_000_000, "money", TY)},
    ]  # fmt: skip
    for line in lines:
        old, new = line["before"], line["now"]
        if isinstance(old, int):
            line["change"] = new - old
        else:
            change = new.value - old.value
            line["change"] = Figure(change, new.kind, new.scale, decimals=1, signed=True)
    columns = (
        TT,
        Column("Chỉ tiêu", "name", 42),
        Column("Đơn vị tính", "unit", 10, align="center"),
        Column("Tháng trước", "before", 12, "int", group="Kết quả"),
        Column("Tháng này", "now", 12, "int", group="Kết quả"),
        Column("Tăng, giảm", "change", 12, "int", number_label="6=5-4", signed=True),
        Column("Ghi chú", "note", 26, get=lambda line: line.get("note")),
    )
    figures = KeyFigures(
        (
            KeyFigure("Ngày đích toàn huyện có 100% số xã đạt chuẩn", date(2022, 12, 31)),
            KeyFigure("Số ngày còn lại", 245, "ngày"),
            KeyFigure("Đơn vị nhận đỡ đầu, tài trợ", "hơn 60", "đơn vị", "8 xã và 50 thôn"),
            KeyFigure("Nhu cầu kinh phí", Figure(1_346_700_000_000, "money", TY), "tỷ đồng"),
        )
    )
    return Sheet(
        name="Tổng hợp",
        label="BÁO CÁO",
        title="Kết quả đỡ đầu, tài trợ các xã chưa đạt chuẩn nông thôn mới huyện Hương Khê",
        period=PERIOD,
        notice="BẢN TẠM lúc 09:30 ngày 04/5/2022",
        letterhead=LETTERHEAD,
        signature=SIGNATURE,
        blocks=(
            Heading("I. Số liệu chính"),
            figures,
            Heading("II. Thay đổi so với tháng trước"),
            Paragraph(
                "Trong tháng có thêm một xã tự đánh giá đạt 20/20 tiêu chí; hai thôn được công "
                "nhận khu dân cư nông thôn mới kiểu mẫu. Các đơn vị đỡ đầu tập trung khảo sát, "
                "thống nhất danh mục việc cần hỗ trợ với từng xã và ký kết trước ngày 10/5/2022."
            ),
            Table(columns, lines),
            Notes(
                ("- Số liệu về từng tiêu chí, kinh phí và đơn vị đỡ đầu ở các phụ lục kèm theo.",)
            ),
        ),
    )


def criteria() -> Sheet:
    names = [(group, name) for group, members in CRITERIA for name in members]
    rows = []
    for at, commune in enumerate(COMMUNES):
        met = ["Đ"] * 20 if at < 4 else ["Đ" if (k * 7 + at) % 20 < 11 else "x" for k in range(20)]
        row = {f"c{k}": mark for k, mark in enumerate(met)}
        rows.append({"name": commune, "met": met.count("Đ"), **row})
    total = {f"c{k}": sum(row[f"c{k}"] == "Đ" for row in rows) for k in range(20)}
    columns = [Column("TT", kind="index", width=4.5), Column("Xã", "name", 15)]
    columns += [
        Column(f"{k + 1}. {name}", f"c{k}", 4.2, align="center", rotated=True, group=group)
        for k, (group, name) in enumerate(names)
    ]
    columns.append(Column("Số tiêu chí đạt", "met", 7, "int", align="center"))
    return Sheet(
        name="Tiến độ tiêu chí",
        label="Phụ lục I",
        title="TIẾN ĐỘ THỰC HIỆN 20 TIÊU CHÍ NÔNG THÔN MỚI CỦA CÁC XÃ",
        period=PERIOD,
        blocks=(
            Table(
                columns,
                rows,
                total={**{k: Figure(v) for k, v in total.items()}, "met": sum(total.values())},
                total_label="Số xã đạt",
                frozen_columns=2,
            ),
            Notes(("Đ: đạt; x: chưa đạt; ô trống: chưa có số liệu.",)),
        ),
    )


def funding() -> Sheet:
    money = {"width": 14, "kind": "money", "scale": TY}
    columns = (
        TT,
        Column("Lĩnh vực", "name", 34),
        Column("Nhu cầu", "need", **money),
        Column("Đã xác định nguồn", "identified", group="Trong đó", **money),
        Column("Chưa xác định nguồn", "missing", group="Trong đó", number_label="5=3-4", **money),
        Column(
            "Tỷ lệ chưa xác định", "share", 10, "percent", get=lambda m: m.missing / m.need,
            number_label="6=5/3",
        ),
        Column("Ghi chú", "note", 20),
    )  # fmt: skip
    rows = [Money(*row, note="khoảng" if row[0] == "Kinh tế" else "") for row in FUNDING]
    total = sums(rows, "need", "identified", "missing")
    communes = [
        Money(name, 1_346_700_000_000 // 9 * (1 if at else 2), 329_300_000_000 // 8)
        for at, name in enumerate(COMMUNES)
    ]
    half = (communes[:4], communes[4:])
    grouped = [
        GroupRow("Xã chạm chuẩn 20/20", sums(half[0], "need", "identified", "missing")),
        *half[0],
        GroupRow("Xã đạt từ 10 đến 12 tiêu chí", sums(half[1], "need", "identified", "missing")),
        *half[1],
    ]
    by_commune = (
        TT,
        Column("Xã", "name", 34),
        *(
            Column(title, key, 14, "money", scale=TRIEU)
            for title, key in (
                ("Nhu cầu", "need"),
                ("Đã xác định", "identified"),
                ("Chưa xác định", "missing"),
            )
        ),
    )
    return Sheet(
        name="Kinh phí",
        label="Phụ lục II",
        title="KINH PHÍ THỰC HIỆN CÁC TIÊU CHÍ Ở CÁC XÃ CHƯA ĐẠT CHUẨN",
        period=PERIOD,
        blocks=(
            Table(columns, rows, "1. Theo lĩnh vực", "tỷ đồng",
                  {**total, "share": total["missing"] / total["need"]}),
            Table(by_commune, grouped, "2. Theo xã", "triệu đồng",
                  sums(communes, "need", "identified", "missing")),
        ),
    )  # fmt: skip


def sponsors(count: int = 60) -> Sheet:
    rows = []
    for at in range(count):
        promised = (at * 37 % 90 + 10) * 25_000_000
        cash = promised // 4 if at % 3 else 0
        rows.append(
            Sponsor(
                name=f"{('Sở', 'Doanh nghiệp', 'Ngân hàng')[at % 3]} minh họa {at + 1:02d}",
                place=COMMUNES[at % 8] + (f", thôn {at % 7 + 1}" if at % 2 else ""),
                decision="834/QĐ-UBND",
                signed_on=date(2022, 5, 1) + timedelta(days=at % 9) if at % 5 else None,
                pledge=PLEDGES[at % 2],
                promised=promised,
                cash=cash,
                goods=12_500_000 * (at % 4),
                days=at * 3 % 40,
                share=(cash + 12_500_000 * (at % 4)) / promised,
                progress=("Đang thực hiện", "Chưa bắt đầu", "Hoàn thành")[at % 3],
                difficulty="" if at % 4 else DIFFICULTY,
            )
        )
    money = {"kind": "money", "scale": TRIEU}
    columns = (
        Column("TT", kind="index", width=4.5),
        Column("Đơn vị đỡ đầu", "name", 18),
        Column("Xã, thôn", "place", 14),
        Column("Số quyết định", "decision", 11.5, align="center"),
        Column("Ngày ký kết", "signed_on", 10, "date"),
        Column("Nội dung cam kết", "pledge", 20),
        Column("Cam kết", "promised", 8.5, **money),
        Column("Tiền", "cash", 7.5, group="Đã thực hiện", **money),
        Column("Hiện vật quy đổi", "goods", 8, group="Đã thực hiện", **money),
        Column("Ngày công", "days", 7, "int", group="Đã thực hiện"),
        Column("Tỷ lệ thực hiện", "share", 8.5, "percent", number_label="11=(8+9)/7"),
        Column("Tiến độ", "progress", 10),
        Column("Khó khăn, kiến nghị", "difficulty", 20),
    )
    return Sheet(
        name="Đơn vị đỡ đầu",
        label="Phụ lục III",
        title="KẾT QUẢ ĐỠ ĐẦU, TÀI TRỢ CỦA CÁC ĐƠN VỊ",
        period=PERIOD,
        signature=SIGNATURE,
        blocks=(
            Table(columns, rows, unit="triệu đồng", total=sums(rows, "promised", "cash", "goods",
                  "days"), filterable=True, frozen_columns=2),
        ),
    )  # fmt: skip


def villages() -> Sheet:
    rows = [
        {"name": f"Thôn {at % 7 + 1}", "commune": COMMUNES[at // 7 % 8], "met": 3 + at * 5 % 7,
         "planned": date(2022, 6 + at % 7, 28), "sponsor": f"Sở minh họa {at % 40 + 1:02d}",
         "open": "Hàng rào; vườn hộ và công trình chăn nuôi" if at % 3 else "Vệ sinh môi trường"}
        for at in range(50)
    ]  # fmt: skip
    columns = (
        TT,
        Column("Thôn", "name", 14),
        Column("Xã", "commune", 14),
        Column("Số tiêu chí đạt (trên 10)", "met", 10, "int", align="center"),
        Column("Tiêu chí chưa đạt", "open", 36),
        Column("Thời hạn đạt chuẩn", "planned", 11, "date"),
        Column("Đơn vị đỡ đầu", "sponsor", 22),
    )
    return Sheet(
        name="Khu dân cư kiểu mẫu",
        label="Phụ lục IV",
        title="TIẾN ĐỘ XÂY DỰNG KHU DÂN CƯ NÔNG THÔN MỚI KIỂU MẪU",
        period=PERIOD,
        blocks=(Table(columns, rows),),
    )


def late_tasks(count: int = 300) -> Sheet:
    rows = [
        {
            "title": "Bê tông hóa đường trục thôn" if at % 2 else LONG_TITLE,
            "commune": COMMUNES[at % 8],
            "criterion": ("Giao thông", "Môi trường và an toàn thực phẩm", "Thu nhập")[at % 3],
            "owner": ("Xã", "Đơn vị đỡ đầu", "Nhân dân và thôn")[at % 3],
            "due_on": date(2022, 4, 30) - timedelta(days=at % 60 + 1),
            "days_late": at % 60 + 1,
            "progress": at % 10 / 10,
            "note": "=1+1" if at == 0 else ("Chờ vốn đối ứng" if at % 3 else None),
        }
        for at in range(count)
    ]
    columns = (
        TT,
        Column("Nội dung công việc", "title", 36),
        Column("Xã", "commune", 13),
        Column("Tiêu chí", "criterion", 18),
        Column("Đơn vị thực hiện", "owner", 16),
        Column("Thời hạn", "due_on", 10, "date"),
        Column("Chậm", "days_late", 7, "int", unit="ngày"),
        Column("Tiến độ", "progress", 7, "percent"),
        Column("Ghi chú", "note", 18),
    )
    return Sheet(
        name="Việc chậm tiến độ",
        label="Phụ lục V",
        title="DANH MỤC CÔNG VIỆC CHẬM TIẾN ĐỘ",
        period=PERIOD,
        blocks=(Table(columns, rows),),
        signature=SIGNATURE,
    )


def monthly(tasks: int = 40, created: datetime = CREATED) -> Workbook:
    return Workbook(
        title="Báo cáo tháng 4 năm 2022",
        creator="Văn phòng Điều phối nông thôn mới",
        created=created,
        sheets=(
            key_figures(), criteria(), funding(), sponsors(), villages(), late_tasks(tasks),
        ),
    )  # fmt: skip
