"""Documents, and the administrative units in time."""

from collections.abc import Mapping
from pathlib import Path

from communes.models import Commune, District, Province, UnitSuccession
from ntm_tracker.core.models import Document
from ntm_tracker.dashboard.catalogues.files import FIXTURES, Loading, Row, RowError, read

Documents = Mapping[str, Document]
Provinces = Mapping[str, Province]
Units = Mapping[tuple, Commune]

DOCUMENT_COLUMNS = "code kind number issued_on issuer subject url provenance"


def _document_key(document: Document) -> tuple:
    return document.number, document.issued_on, "" if document.number else document.subject


def _document(row: Row) -> Document:
    row.text("code")
    return Document(
        kind=row.text("kind"),
        number=row.optional("number"),
        issued_on=row.optional_day("issued_on"),
        issuer=row.optional("issuer"),
        subject=row.text("subject"),
        url=row.optional("url"),
        provenance=row.text("provenance"),
        source=row.text("source"),
    )


def load_documents(loading: Loading) -> Documents:
    rows = loading.table(
        "documents.csv",
        DOCUMENT_COLUMNS,
        _document,
        _document_key,
        DOCUMENT_COLUMNS.removeprefix("code ") + " source",
    )
    return {row.text("code"): document for row, document in rows}


def documents_by_code(folder: Path = FIXTURES) -> dict[str, Document]:
    """The stored documents under the codes of documents.csv, which the other files speak in."""
    stored = {_document_key(document): document for document in Document.objects.all()}
    return {
        row.text("code"): stored[_document_key(wanted)]
        for row, wanted in read(folder, "documents.csv", DOCUMENT_COLUMNS, _document)
        if _document_key(wanted) in stored
    }


def load_provinces(loading: Loading) -> Provinces:
    def build(row: Row) -> Province:
        return Province(code=row.text("code"), name=row.text("name"))

    rows = loading.table("provinces.csv", "code name", build, lambda province: province.code)
    return {province.code: province for _, province in rows}


def load_districts(loading: Loading, provinces: Provinces) -> Mapping[str, District]:
    def build(row: Row) -> District:
        return District(
            code=row.text("code"),
            name=row.text("name"),
            province=row.find(row.text("province"), provinces, "tỉnh"),
            valid_to=row.optional_day("valid_to"),
        )

    columns = "code name province valid_to"
    rows = loading.table("districts.csv", columns, build, lambda district: district.code)
    return {district.code: district for _, district in rows}


def load_units(loading: Loading, provinces: Provinces, districts: Mapping[str, District]) -> Units:
    def build(row: Row) -> Commune:
        return Commune(
            code=row.text("code"),
            kind=row.text("kind"),
            name=row.text("name"),
            province=row.find(row.text("province"), provinces, "tỉnh"),
            district=row.optional_find("district", districts, "huyện"),
            lon=row.optional_number("lon"),
            lat=row.optional_number("lat"),
            **row.validity(),
        )

    columns = "code valid_from valid_to kind name province district lon lat"
    rows = loading.table("units.csv", columns, build, lambda unit: (unit.code, unit.valid_from))
    return {(unit.code, unit.valid_from): unit for _, unit in rows}


def load_successions(loading: Loading, units: Units) -> None:
    def unit(row: Row, side: str) -> Commune:
        """The unit under (code, valid_from); the name beside it guards against a wrong code."""
        key = (row.text(f"{side}_code"), row.day(f"{side}_valid_from"))
        found = row.find(key, units, "đơn vị")
        if str(found) != row.text(f"{side}_name"):
            raise RowError(f"mã {found.code} là {found}, không phải {row.text(f'{side}_name')}")
        return found

    def build(row: Row) -> UnitSuccession:
        return UnitSuccession(
            old=unit(row, "old"),
            new=unit(row, "new"),
            on=row.day("on"),
            part=row.text("part"),
            legal_basis=row.text("legal_basis"),
            is_verified=row.flag("is_verified"),
        )

    loading.table(
        "successions.csv",
        "on old_code old_valid_from old_name new_code new_valid_from new_name part legal_basis"
        " is_verified",
        build,
        lambda step: (step.old_id, step.new_id, step.on),
        "on part legal_basis is_verified",
    )
