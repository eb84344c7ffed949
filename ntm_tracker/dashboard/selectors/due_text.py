"""What is sent to people: the same polite words for Zalo, by hand, and for the mail of the day."""

from collections.abc import Sequence
from datetime import date

from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.selectors.due_items import DueItem, count

MOST = 15  # a message that is longer is not read


def counts_words(items: Sequence[DueItem]) -> str:
    """3 việc quá hạn, 2 việc đến hạn trong 7 ngày, 1 việc chờ xử lý."""
    counts = count(items)
    parts = (
        (counts.late, "việc quá hạn"),
        (counts.due_soon, "việc đến hạn trong 7 ngày"),
        (counts.waiting, "việc chờ xử lý"),
    )
    return ", ".join(f"{n} {words}" for n, words in parts if n)


def item_line(item: DueItem) -> str:
    """One thing in one line."""
    due = f"hạn {item.due_on:%d/%m/%Y}, " if item.due_on else ""
    working = f" ({item.working_days_late} ngày làm việc)" if item.is_late else ""
    return f"{item.kind}: {item.title} ({item.place}) – {due}{item.words.lower()}{working}."


def reminder_text(
    name: str, items: Sequence[DueItem], on: date, installation: Installation, link: str
) -> str:
    """A reminder that can be sent as it stands; "" where nothing is due."""
    if not items:
        return ""
    office = installation.office_name.capitalize().replace("nông thôn mới", "Nông thôn mới")
    lines = [
        f"Kính gửi {name},",
        "",
        f"{office} xin trao đổi: tính đến ngày {on:%d/%m/%Y}, quý đơn vị có {counts_words(items)}:",
        *(f"{n}. {item_line(item)}" for n, item in enumerate(items[:MOST], start=1)),
    ]
    if len(items) > MOST:
        lines.append(f"… và {len(items) - MOST} việc khác.")
    lines += ["", "Kính đề nghị quý đơn vị quan tâm thực hiện và cập nhật kết quả trên hệ thống."]
    if link:
        lines.append(f"Xem đầy đủ và cập nhật tại: {link}")
    lines.append("Nếu có khó khăn, xin báo lại để Văn phòng cùng tháo gỡ. Trân trọng cảm ơn!")
    return "\n".join(lines)
