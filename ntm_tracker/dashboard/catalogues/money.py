"""Funding categories, and the figures announced for a case."""

from pathlib import Path

from django.db import transaction

from criteria.models import ControlTotal, FundingCategory
from ntm_tracker.dashboard.catalogues.files import FileReport, Loading, Row, RowError
from ntm_tracker.dashboard.catalogues.sets import Criteria
from ntm_tracker.dashboard.catalogues.units import documents_by_code


def load_funding_categories(loading: Loading, criteria: Criteria) -> None:
    """The published groups, and the criteria of one set to which they are mapped."""
    wanted: dict[str, set[int]] = {}

    def build(row: Row) -> FundingCategory:
        numbers = row.optional("criteria").split()
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise RowError("cột “criteria”: hãy viết các số tiêu chí cách nhau bằng dấu cách")
        keys = [(row.text("set"), int(number)) for number in numbers]
        wanted[row.text("code")] = {row.find(key, criteria, "tiêu chí").pk for key in keys}
        return FundingCategory(
            code=row.text("code"),
            name=row.text("name"),
            position=row.whole("position"),
            source=row.text("source"),
        )

    rows = loading.table(
        "funding_categories.csv",
        "code name position set criteria",
        build,
        lambda category: category.code,
        "code name position source",
    )
    links = FundingCategory.criteria.through
    pairs = {(category.pk, pk) for _, category in rows for pk in wanted[category.code]}
    kept = links.objects.filter(fundingcategory__in=[category.pk for _, category in rows])
    found = {(link.fundingcategory_id, link.criterion_id): link.pk for link in kept}
    added, gone = pairs - found.keys(), found.keys() - pairs
    links.objects.filter(pk__in=[found[pair] for pair in gone]).delete()
    links.objects.bulk_create(
        links(fundingcategory_id=category, criterion_id=criterion)
        for category, criterion in sorted(added)
    )
    title = "funding_categories.csv, tiêu chí của nhóm"
    note = (f"bỏ {len(gone)} ánh xạ",) if gone else ()
    loading.reports.append(FileReport(title, len(added), len(gone), len(pairs) - len(added), note))


@transaction.atomic
def load_control_totals(folder: Path) -> FileReport:
    """Load the announced figures of a case (`folder`/control_totals.csv), all or nothing.

    The catalogues of the folder above must have been loaded. Raises CatalogueError.
    """
    documents = documents_by_code(folder.parent)
    categories = {category.code: category for category in FundingCategory.objects.all()}

    def build(row: Row) -> ControlTotal:
        return ControlTotal(
            measure=row.text("measure"),
            category=row.optional_find("category", categories, "nhóm kinh phí"),
            announced_on=row.day("announced_on"),
            amount=row.whole("amount"),
            precision=row.whole("precision"),
            is_approximate=row.flag("is_approximate"),
            wording=row.text("wording"),
            document=row.find(row.text("document"), documents, "văn bản"),
            provenance=row.text("provenance"),
            source=row.text("source"),
        )

    columns = (
        "measure category announced_on amount precision is_approximate wording document provenance"
    )
    loading = Loading(folder)
    loading.table(
        "control_totals.csv",
        columns,
        build,
        lambda total: (total.measure, total.category_id, total.announced_on),
        f"{columns} source",
    )
    return loading.reports[0]
