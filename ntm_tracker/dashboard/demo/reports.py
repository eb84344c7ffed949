"""What communes report beside verdicts: indicators, months declared complete, cells half typed."""

from datetime import date
from typing import Any

from communes.models import Commune, CommuneGroup
from criteria.choices import Outcome, Stage
from criteria.models import Indicator
from criteria.selectors.sheet_rows import sheet
from criteria.services.assessments import AssessmentEntry, record_assessments
from criteria.services.declarations import declare_month
from criteria.services.drafts import CellEntry, save_cells
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.dashboard.catalogues.files import Row, RowError
from ntm_tracker.dashboard.demo.case import REPORTING, VALID_FROM, Case, code

REGION = "bac_trung_bo"


def seed_groups(case: Case) -> None:
    """The region by which the thresholds of 2021-2025 differ."""
    CommuneGroup.objects.bulk_create(
        CommuneGroup(
            commune=commune,
            group=REGION,
            valid_from=VALID_FROM,
            provenance=Provenance.ILLUSTRATIVE,
            source="Hà Tĩnh thuộc Bắc Trung Bộ; cách chia vùng của bộ tiêu chí chưa xác minh",
        )
        for commune in case.communes.values()
    )


def seed_indicator_reports(case: Case) -> None:
    """Record indicator_reports.csv: values beside verdicts that are in standings.csv already."""
    known = _indicators(case)

    def build(row: Row) -> tuple[str, AssessmentEntry]:
        return row.text("by_label"), AssessmentEntry(
            None,
            Stage.SELF,
            code(row, "outcome", Outcome),
            row.day("as_of"),
            indicator=row.find(row.text("indicator"), known, "chỉ tiêu"),
            commune=case.commune(row),
            note=row.optional("note"),
            **_figure(row),
            **case.origin(row),
        )

    columns = "commune_code commune as_of indicator value numerator denominator outcome note"
    made = case.read("indicator_reports.csv", f"{columns} by_label", build)
    for label in dict.fromkeys(label for label, _entry in made):
        entries = [entry for other, entry in made if other == label]
        record_assessments(entries, by_label=label, **case.written)
    case.wrote("giá trị chỉ tiêu", len(made))


def seed_declarations(case: Case) -> None:
    """Record declarations.csv: which commune declared which month complete, on which day."""

    def build(row: Row) -> dict:
        return {
            "commune": case.commune(row),
            "month": date.fromisoformat(f"{row.text('month')}-01"),
            "effective_on": row.day("effective_on"),
            "by_label": row.text("by_label"),
            "note": row.optional("note"),
        }

    columns = "commune_code commune month effective_on by_label note"
    made = case.read("declarations.csv", columns, build)
    for fields in made:
        declare_month(is_complete=True, **fields, **case.written)
    case.wrote("xác nhận báo cáo tháng", len(made))


def seed_drafts(case: Case) -> None:
    """Type drafts.csv into the sheets, as the accounts do on the reporting date."""
    users = {user.username: user for user in User.objects.all()}
    indicators = _indicators(case)

    def build(row: Row) -> tuple[Commune, User, CellEntry]:
        target = row.text("target")
        if target in indicators:
            key = f"i{indicators[target].pk}"
        elif target.isdigit() and int(target) in case.criteria:
            key = f"c{case.criteria[int(target)].pk}"
        else:
            raise RowError(f"không có tiêu chí, chỉ tiêu “{target}”")
        user = row.find(row.text("username"), users, "tài khoản")
        commune = case.commune(row)
        seen = sheet(commune, REPORTING, user).cell(key)
        entry = CellEntry(
            key,
            seen.stamp if seen else "",
            **_figure(row),
            outcome=row.optional("outcome"),
            note=row.optional("note"),
        )
        return commune, user, entry

    columns = "commune_code commune username target value numerator denominator outcome note"
    made = case.read("drafts.csv", columns, build)
    for commune, user, entry in made:
        save_cells(commune=commune, entries=[entry], by=user, now=case.now, today=REPORTING)
    # The trail of the case credits no account.
    AuditEntry.objects.filter(action__startswith="draft.").update(by=None)
    case.wrote("ô đang nhập", len(made))


def _indicators(case: Case) -> dict[str, Indicator]:
    """Indicators by number; one that is its whole criterion bears the criterion's number."""
    rows = Indicator.objects.filter(criterion__criteria_set=case.criteria_set)
    return {indicator.number: indicator for indicator in rows.order_by("pk")}


def _figure(row: Row) -> dict[str, Any]:
    return {
        "value": row.optional_number("value"),
        "numerator": row.optional_whole("numerator"),
        "denominator": row.optional_whole("denominator"),
    }
