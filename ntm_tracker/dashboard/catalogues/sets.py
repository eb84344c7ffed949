"""Criteria sets with all that hangs on them, and the departments that lead criteria."""

from collections.abc import Mapping

from criteria.dossier_workflow import Step
from criteria.models import (
    CriteriaSet,
    Criterion,
    Department,
    Indicator,
    ProcedureStep,
    Threshold,
    VillageRule,
)
from ntm_tracker.core.choices import Role
from ntm_tracker.dashboard.catalogues.files import CatalogueError, Loading, Row, RowError
from ntm_tracker.dashboard.catalogues.units import Documents, Provinces

Sets = Mapping[str, CriteriaSet]
Criteria = Mapping[tuple[str, int], Criterion]
Indicators = list[tuple[Row, Indicator]]
Thresholds = list[tuple[Row, Threshold]]


def load_departments(loading: Loading) -> Mapping[str, Department]:
    def build(row: Row) -> Department:
        return Department(
            code=row.text("code"),
            name=row.text("name"),
            short_name=row.text("short_name"),
            is_illustrative=row.flag("is_illustrative"),
        )

    columns = "code name short_name is_illustrative"
    rows = loading.table("departments.csv", columns, build, lambda department: department.code)
    return {department.code: department for _, department in rows}


def load_sets(
    loading: Loading, provinces: Provinces, documents: Documents
) -> tuple[Sets, dict[str, str]]:
    """The sets by code, and which set borrows the indicators of which."""

    def build(row: Row) -> CriteriaSet:
        return CriteriaSet(
            code=row.text("code"),
            name=row.text("name"),
            level=row.text("level"),
            province=row.optional_find("province", provinces, "tỉnh"),
            document=row.optional_find("document", documents, "văn bản"),
            is_validity_verified=row.flag("is_validity_verified"),
            note=row.optional("note"),
            **row.validity(),
        )

    fields = "code name level province valid_from valid_to document is_validity_verified note"
    rows = loading.table(
        "criteria_sets.csv",
        f"{fields} borrows_indicators_from",
        build,
        lambda criteria_set: criteria_set.code,
        fields,
    )
    sets = {criteria_set.code: criteria_set for _, criteria_set in rows}
    lenders = {}
    for row, borrower in rows:
        if lender := row.optional("borrows_indicators_from"):
            if lender not in sets:
                raise CatalogueError([row.problem(f"không tìm thấy bộ tiêu chí “{lender}”")])
            lenders[borrower.code] = lender
    return sets, lenders


def load_criteria(loading: Loading, sets: Sets, departments: Mapping[str, Department]) -> Criteria:
    def build(row: Row) -> Criterion:
        return Criterion(
            criteria_set=row.find(row.text("set"), sets, "bộ tiêu chí"),
            number=row.whole("number"),
            name=row.text("name"),
            group_number=row.optional_whole("group_number") or 0,
            group_name=row.optional("group_name"),
            lead=row.optional_find("lead", departments, "sở, ngành"),
            weighs_in_revocation=row.flag("weighs_in_revocation"),
            source=row.text("source"),
        )

    fields = "number name group_number group_name lead weighs_in_revocation"
    rows = loading.table(
        "criteria.csv",
        f"set {fields}",
        build,
        lambda criterion: (criterion.criteria_set_id, criterion.number),
        f"{fields} source",
    )
    return {(row.text("set"), criterion.number): criterion for row, criterion in rows}


def load_village_rules(loading: Loading, criteria: Criteria) -> None:
    def build(row: Row) -> VillageRule:
        return VillageRule(
            criterion=row.find((row.text("set"), row.whole("criterion")), criteria, "tiêu chí"),
            min_villages=row.optional_whole("min_villages"),
            min_village_percent=row.optional_whole("min_village_percent"),
            min_gardens=row.optional_whole("min_gardens"),
            is_verified=row.flag("is_verified"),
            source=row.text("source"),
        )

    fields = "min_villages min_village_percent min_gardens is_verified"
    loading.table(
        "village_rules.csv",
        f"set criterion {fields}",
        build,
        lambda rule: rule.criterion_id,
        f"{fields} source",
    )


def load_procedure_steps(loading: Loading) -> None:
    """The steps to recognition; codes are those of `criteria.dossier_workflow`."""

    def build(row: Row) -> ProcedureStep:
        code = row.text("code")
        if code not in Step.values:
            raise RowError(f"cột “code”: không có bước “{code}”")
        roles = row.text("roles")
        if unknown := set(roles.split()) - set(Role.values):
            raise RowError(f"cột “roles”: không có vai trò “{min(unknown)}”")
        return ProcedureStep(
            code=code,
            position=row.whole("position"),
            name=row.text("name"),
            actor=row.text("actor"),
            roles=roles,
            day_limit=row.optional_whole("day_limit"),
            counts_working_days=row.flag("counts_working_days"),
            min_percent=row.optional_number("min_percent"),
            min_percent_each=row.optional_number("min_percent_each"),
            is_verified=row.flag("is_verified"),
            provenance=row.text("provenance"),
            source=row.text("source"),
            **row.validity(),
        )

    columns = (
        "code position name actor roles valid_from valid_to day_limit counts_working_days "
        "min_percent min_percent_each is_verified provenance"
    )
    loading.table(
        "procedure_steps.csv",
        columns,
        build,
        lambda step: (step.code, step.valid_from),
        f"{columns} source",
    )


INDICATOR_FIELDS = "number position text kind unit may_not_apply is_verified source"
THRESHOLD_FIELDS = "group valid_from valid_to op value text is_verified"


def _indicator_key(indicator: Indicator) -> tuple:
    return indicator.criterion_id, indicator.number


def _threshold_key(threshold: Threshold) -> tuple:
    return threshold.indicator_id, threshold.group, threshold.valid_from


def load_indicators(loading: Loading, criteria: Criteria) -> Indicators:
    positions: dict[int, int] = {}

    def build(row: Row) -> Indicator:
        key = (row.text("set"), row.whole("criterion"))
        criterion = row.find(key, criteria, "tiêu chí")
        positions[criterion.pk] = positions.get(criterion.pk, 0) + 1
        return Indicator(
            criterion=criterion,
            number=row.text("number"),
            position=positions[criterion.pk],
            text=row.text("text"),
            kind=row.text("kind"),
            unit=row.optional("unit"),
            may_not_apply=row.flag("may_not_apply"),
            is_verified=row.flag("is_verified"),
            source=row.text("source"),
        )

    columns = "set criterion number text kind unit may_not_apply is_verified"
    return loading.table("indicators.csv", columns, build, _indicator_key, INDICATOR_FIELDS)


def load_thresholds(loading: Loading, indicators: Indicators) -> Thresholds:
    by_number = {(row.text("set"), indicator.number): indicator for row, indicator in indicators}

    def build(row: Row) -> Threshold:
        value = row.optional_number("value")
        if (value is None) != (row.text("op") == "?"):
            raise RowError("phép so là “?” khi và chỉ khi không có giá trị")
        return Threshold(
            indicator=row.find((row.text("set"), row.text("indicator")), by_number, "chỉ tiêu"),
            group=row.optional("group"),
            op=row.text("op"),
            value=value,
            text=row.text("text"),
            is_verified=row.flag("is_verified"),
            **row.validity(),
        )

    columns = f"set indicator {THRESHOLD_FIELDS}"
    return loading.table("thresholds.csv", columns, build, _threshold_key, THRESHOLD_FIELDS)


def lend_indicators(
    loading: Loading,
    borrower: CriteriaSet,
    lender: str,
    criteria: Criteria,
    indicators: Indicators,
    thresholds: Thresholds,
) -> None:
    """Give a set that has no indicators of its own those of another, all of them unverified.

    Only criteria with a number of the other set get them: Hà Tĩnh's criterion 20 gets none.
    """
    name = borrower.name[:1].lower() + borrower.name[1:]
    source = f"Mượn chỉ tiêu của {lender}; chưa xác minh cho {name}"
    title = f"{borrower.code} mượn của {lender}"
    copies = []
    lent = []
    for row, indicator in indicators:
        criterion = criteria.get((borrower.code, row.whole("criterion")))
        if row.text("set") == lender and criterion:
            lent.append(indicator.pk)
            values = _values(indicator, INDICATOR_FIELDS)
            values |= {"criterion": criterion, "is_verified": False, "source": source}
            copies.append((row, Indicator(**values)))
    stored = loading.store(f"indicators.csv, {title}", copies, _indicator_key, INDICATOR_FIELDS)
    own = {pk: copy for pk, (_, copy) in zip(lent, stored, strict=True)}
    loading.store(
        f"thresholds.csv, {title}",
        [
            (
                row,
                Threshold(
                    **_values(threshold, THRESHOLD_FIELDS)
                    | {"indicator": own[threshold.indicator_id], "is_verified": False}
                ),
            )
            for row, threshold in thresholds
            if threshold.indicator_id in own
        ],
        _threshold_key,
        THRESHOLD_FIELDS,
    )


def _values(obj: Indicator | Threshold, fields: str) -> dict:
    return {name: getattr(obj, name) for name in fields.split()}
