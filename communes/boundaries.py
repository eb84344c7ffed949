"""Reading boundaries of units out of GeoJSON: checked, matched to units, simplified for display."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date

from communes.models import Commune
from ntm_tracker.core.text import search_text

MOST_BYTES = 50_000_000
# A picture is some 600 px wide: what is finer than that only makes the page heavy.
STEPS = 800
AREAS = {"Polygon", "MultiPolygon"}
PLACES = 5  # decimals of a degree: about one metre
CODES = ("code", "ma", "maxa", "ma_xa", "ma_dvhc", "ward_code", "matinh_maxa")
NAMES = ("name", "ten", "tenxa", "ten_xa", "ten_dvhc", "ward_name", "full_name")
LICENCES = ("license", "licence", "attribution", "source", "nguon")
KINDS = ("xa ", "phuong ", "thi tran ")
WGS84 = ("CRS84", "4326")

Ring = list[list[float]]


@dataclass(frozen=True)
class Outline:
    """The rings of one unit."""

    commune: Commune
    rings: list[Ring]


@dataclass(frozen=True)
class Outlines:
    """A checked file: what of it belongs to units, what it says of its licence, and what was left
    out or mended, as Vietnamese sentences."""

    found: tuple[Outline, ...]
    licence: str
    notes: tuple[str, ...]


def stated_day(data: Mapping[str, Any]) -> date | None:
    """The day of whose units a file says that it draws them (`as_of`)."""
    return parse_date(str(data.get("as_of") or "")[:10])


def read_outlines(
    data: Mapping[str, Any], communes: Iterable[Commune], licence: str = ""
) -> Outlines:
    """The outlines in a parsed file for the units of a day.

    A unit is found by its code, or by its name where no unit bears the code. A code whose unit
    bears another name than the file gives is left out: after 1/7/2025 nearly every code covers
    another area. Shapes that cross themselves are mended; all this is told.
    Raises ValidationError with every reason for which the file cannot be taken.
    """
    by_code, by_name = _keys(communes)
    shapes: dict[int, Any] = {}
    owners: dict[int, Commune] = {}
    errors: list[str] = []
    notes: list[str] = []
    for number, feature in enumerate(data["features"], 1):
        label = _label(feature, number)
        commune = _owner(feature, by_code, by_name)
        if commune is None:
            notes.append(f"{label}: không khớp mã và tên của xã nào ngày ấy, bỏ qua.")
            continue
        if commune.pk in shapes:
            errors.append(f"{label}: {commune} có hai hình trong tệp.")
            continue
        try:
            shapes[commune.pk], mended = _shape(feature)
        except ValueError as error:
            errors.append(f"{label}: {error}")
            continue
        owners[commune.pk] = commune
        if mended:
            notes.append(f"{label}: đường ranh giới tự cắt, đã sửa ({mended}).")
    if not shapes and not errors:
        errors.append("Không hình nào trong tệp khớp mã, tên của một xã ngày ấy.")
    if errors:
        raise ValidationError(errors)
    rings = _simplified(list(shapes.values()))
    return Outlines(
        tuple(Outline(owners[pk], one) for pk, one in zip(shapes, rings, strict=True)),
        licence or _licence(data),
        tuple(notes),
    )


def parsed(content: bytes) -> dict[str, Any]:
    """A GeoJSON file with features in longitude and latitude; raises ValidationError."""
    if len(content) > MOST_BYTES:
        raise ValidationError(f"Tệp lớn hơn {MOST_BYTES // 1_000_000} MB. Hãy rút gọn rồi nạp lại.")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValidationError(f"Tệp không phải GeoJSON (JSON, UTF-8): {error}") from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or data.get("type") != "FeatureCollection":
        raise ValidationError("Tệp không phải GeoJSON kiểu FeatureCollection.")
    system = json.dumps(data.get("crs") or "CRS84")
    if not any(name in system for name in WGS84):
        raise ValidationError(
            "Tệp dùng hệ tọa độ khác WGS 84. Hãy xuất lại theo kinh độ, vĩ độ (EPSG:4326)."
        )
    return data


def _keys(communes: Iterable[Commune]) -> tuple[dict[str, Commune], dict[str, Commune]]:
    """Units by code and by name; a name that two units bear finds none."""
    by_code: dict[str, Commune] = {}
    by_name: dict[str, list[Commune]] = {}
    for commune in communes:
        by_code[commune.code] = commune
        by_name.setdefault(search_text(commune.name), []).append(commune)
    return by_code, {name: same[0] for name, same in by_name.items() if len(same) == 1}


def _property(feature: object, names: Iterable[str]) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    lower = {str(key).lower(): value for key, value in properties.items()}
    return next((str(lower[name]).strip() for name in names if lower.get(name)), "")


def _owner(
    feature: object, by_code: Mapping[str, Commune], by_name: Mapping[str, Commune]
) -> Commune | None:
    code, name = _property(feature, CODES), search_text(_property(feature, NAMES))
    for kind in KINDS:
        name = name.removeprefix(kind)
    if found := by_code.get(code):
        return found if not name or name == search_text(found.name) else None
    return by_name.get(name)


def _label(feature: object, number: int) -> str:
    named = _property(feature, NAMES) or _property(feature, CODES)
    return f"Hình {number} ({named[:60]})" if named else f"Hình {number}"


def _shape(feature: Any) -> tuple[Any, str]:
    """The polygons of a feature, and why they had to be mended; ValueError with a sentence."""
    import shapely  # with numpy, which takes a tenth of a second: only the command needs them
    from shapely.geometry import shape
    from shapely.validation import explain_validity

    geometry = feature.get("geometry") or {}
    if geometry.get("type") not in AREAS:
        raise ValueError("không phải hình vùng (Polygon, MultiPolygon).")
    try:
        found = shape(geometry)
    except (ValueError, TypeError, KeyError, IndexError, shapely.GEOSException) as error:
        raise ValueError("đường ranh giới không đọc được hoặc có ít hơn bốn điểm.") from error
    if found.is_empty:
        raise ValueError("hình rỗng.")
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("tọa độ không phải kinh độ, vĩ độ; hãy xuất lại theo WGS 84 (EPSG:4326).")
    if found.is_valid:
        return found, ""
    reason = explain_validity(found)
    mended = shapely.make_valid(found)
    areas = [part for part in shapely.get_parts(mended) if part.geom_type in AREAS]
    if not areas:
        raise ValueError(f"hình không hợp lệ và không sửa được: {reason}.")
    return shapely.union_all(areas), reason


def _simplified(shapes: list[Any]) -> list[list[Ring]]:
    """The rings of each shape, with only as many points as a picture shows. Neighbours keep the
    same border, so that no gaps open between them."""
    import shapely

    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) / STEPS
    lighter = shapely.coverage_simplify(shapes, tolerance)
    return [
        _rings(one if not one.is_empty else whole)
        for one, whole in zip(lighter, shapes, strict=True)
    ]


def _rings(shape: Any) -> list[Ring]:
    import shapely

    return [
        [[round(float(x), PLACES), round(float(y), PLACES)] for x, y in ring.coords]
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _licence(data: Mapping[str, Any]) -> str:
    return next((str(data[key]).strip() for key in LICENCES if data.get(key)), "")
