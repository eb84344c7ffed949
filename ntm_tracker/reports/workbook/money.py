"""The annex on money: by category, commune, kind of source and work item."""

from dataclasses import dataclass

from criteria.selectors.funding import Money
from ntm_tracker.core.numbers import TRIEU, TY, vi_number
from ntm_tracker.core.sheets import Chart, Column, GroupRow, Paragraph, Sheet, Table
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.workbook.marks import marked


@dataclass(frozen=True)
class Numbered:
    """A row of the funding detail: a commune (1) or one of its work items (1.1)."""

    number: str
    label: str
    money: Money


def funding_sheet(rows: MonthRows) -> Sheet:
    """Kinh phí: by category, commune, kind of source and work item; money in tỷ and triệu."""

    def amounts(scale: int) -> tuple[Column, ...]:
        return (
            Column("Nhu cầu", "need", 15, "money", get=lambda n: n.money.need, scale=scale),
            Column("Đã xác định nguồn", "identified", 15, "money",
                   get=lambda n: n.money.identified, group="Trong đó", scale=scale),
            Column("Chưa xác định nguồn", "missing", 15, "money",
                   get=lambda n: n.money.missing, group="Trong đó", scale=scale),
            *(
                (Column("Vượt nhu cầu", "surplus", 15, "money",
                        get=lambda n: n.money.surplus, scale=scale),)
                if total.surplus
                else ()
            ),
            Column("Tỷ lệ đã xác định", "share", 10, "percent",
                   get=lambda n: n.money.identified / n.money.need if n.money.need else None),
        )  # fmt: skip

    def sums(money: Money) -> dict[str, int | float | None]:
        share = money.identified / money.need if money.need else None
        sums = {
            "need": money.need, "identified": money.identified, "missing": money.missing,
            "share": share,
        }  # fmt: skip
        if total.surplus:
            sums["surplus"] = money.surplus
        return sums

    index, total = Column("TT", kind="index", width=5), rows.state.money
    before = {node.key: node.money.identified for node in rows.outlook.funding_before}
    compared: tuple[Column, ...] = ()
    change: dict[str, int | float | None] = {}
    if before:
        compared = (
            Column("Tháng trước", "before", 15, "money", group="Đã xác định nguồn, so sánh",
                   get=lambda n: before.get(n.key, 0), scale=TY),
            Column("Tăng, giảm", "change", 13, "money", group="Đã xác định nguồn, so sánh",
                   get=lambda n: n.money.identified - before.get(n.key, 0), scale=TY, signed=True),
        )  # fmt: skip
        was = sum(before.values())
        change = {"before": was, "change": total.identified - was}
    detail: list[object] = []
    for category in rows.funding:
        detail.append(GroupRow(category.label, sums(category.money)))
        for number, commune in enumerate(category.children, 1):
            detail.append(Numbered(str(number), commune.label, commune.money))
            detail += [
                Numbered(f"{number}.{at}", marked(item.label, item.provenance), item.money)
                for at, item in enumerate(commune.children, 1)
            ]
    kinds = (
        index,
        Column("Nguồn vốn", "kind", 34, get=lambda k: k.kind.label),
        Column("Đã xác định", "amount", 15, "money", scale=TY),
    )
    credit = f"{vi_number(total.without_credit / TY, 1)} tỷ đồng"
    return Sheet(
        name="Kinh phí",
        title="KINH PHÍ THỰC HIỆN CÁC TIÊU CHÍ Ở CÁC XÃ CHƯA ĐẠT CHUẨN",
        blocks=(
            Table((index, Column("Lĩnh vực", "label", 34), *amounts(TY), *compared), rows.funding,
                  "1. Theo lĩnh vực", "tỷ đồng", sums(total) | change,
                  chart=Chart("Kinh phí đã xác định nguồn và chưa xác định nguồn (tỷ đồng)",
                              "label", ("identified", "missing")),
                  names={"need": "TONG_NHU_CAU", "identified": "DA_XAC_DINH",
                         "missing": "CHUA_XAC_DINH"}),
            Table((index, Column("Xã", "label", 34), *amounts(TY)), rows.by_commune,
                  "2. Theo xã", "tỷ đồng", sums(total)),
            Table(kinds, rows.by_kind, "3. Đã xác định theo nguồn vốn", "tỷ đồng",
                  {"amount": sum(line.amount for line in rows.by_kind)}),
            Paragraph(f"Đã xác định không kể vốn tín dụng: {credit}.", italic=True),
            Table((Column("TT", "number", 6, align="center"),
                   Column("Xã, hạng mục", "label", 34), *amounts(TRIEU)), detail,
                  "4. Theo lĩnh vực, xã và hạng mục", "triệu đồng", sums(total)),
        ),
    )  # fmt: skip
