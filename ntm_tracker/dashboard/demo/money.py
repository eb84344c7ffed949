"""Work items with what they need and what has a source, and the figures announced on 26/4/2022."""

from criteria.choices import SourceKind
from criteria.models import FundingCategory, FundingSource, WorkItem
from criteria.services.debts import state_debt
from criteria.services.funding import (
    NeedEntry,
    SourceEntry,
    reconcile,
    record_disbursements,
    record_needs,
    record_sources,
)
from ntm_tracker.dashboard.catalogues import load_control_totals
from ntm_tracker.dashboard.catalogues.files import Row
from ntm_tracker.dashboard.demo.case import ANNOUNCED, OFFICE_LABEL, Case, code, dong


def seed_money(case: Case) -> None:
    """Record work_items.csv, needs.csv and sources.csv, and hold them against the announcement."""
    categories = {category.code: category for category in FundingCategory.objects.all()}

    def build(row: Row) -> WorkItem:
        item = WorkItem(
            code=row.text("code"),
            category=row.find(row.text("category"), categories, "nhóm kinh phí"),
            # Without a commune: inter-commune work, or not yet allotted.
            commune=case.commune(row) if row.optional("commune_code") else None,
            criterion=case.criterion(row),
            name=row.text("name"),
            **case.origin(row),
        )
        return item.prepare()

    items = WorkItem.objects.bulk_create(
        case.read("work_items.csv", "code category commune_code commune criterion name", build),
        batch_size=500,
    )
    by_code = {item.code: item for item in items}
    case.wrote("hạng mục", len(items))

    def common(row: Row) -> dict:
        return {
            "item": row.find(row.text("item"), by_code, "hạng mục"),
            "amount": dong(row, "amount_trieu"),
            "effective_on": row.day("effective_on"),
            "note": row.optional("note"),
            "document": case.document(row),
            **case.origin(row),
        }

    needs = case.read(
        "needs.csv",
        "item effective_on amount_trieu document note",
        lambda row: NeedEntry(**common(row)),
    )
    sources = case.read(
        "sources.csv",
        "item effective_on kind amount_trieu document note",
        lambda row: SourceEntry(kind=code(row, "kind", SourceKind), **common(row)),
    )
    record_needs(needs, by_label=OFFICE_LABEL, **case.written)
    record_sources(sources, by_label=OFFICE_LABEL, **case.written)
    case.wrote("dòng kinh phí", len(needs) + len(sources))
    payments = case.read(
        "disbursements.csv",
        "item effective_on kind amount_trieu document note",
        lambda row: SourceEntry(kind=code(row, "kind", SourceKind), **common(row)),
    )
    record_disbursements(payments, by_label=OFFICE_LABEL, **case.written)
    case.wrote("dòng giải ngân", len(payments))
    load_control_totals(case.folder)
    reconcile(announced_on=ANNOUNCED, by=None, now=case.now)


def seed_debts(case: Case) -> None:
    """Record debts.csv: what each commune owes, and how much of it is overdue."""

    def build(row: Row) -> dict:
        return {
            "commune": case.commune(row),
            "total": dong(row, "total_trieu"),
            "overdue": dong(row, "overdue_trieu"),
            "effective_on": row.day("effective_on"),
            "note": row.optional("note"),
            "by_label": f"UBND xã {row.text('commune')} (minh họa)",
            **case.origin(row),
        }

    rows = case.read(
        "debts.csv", "commune_code commune effective_on total_trieu overdue_trieu note", build
    )
    for fields in rows:
        state_debt(**fields, **case.written)
    case.wrote("lần ghi số nợ", len(rows))


def source_of_item(code: str) -> FundingSource:
    """The one source of kind sponsor of an item, to which a commitment is linked."""
    return FundingSource.objects.get(item__code=code, kind=SourceKind.SPONSOR)
