"""Numbers as Vietnam writes them (1.346,7), out and back in."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from ntm_tracker.core.text import nfc, search_text

Number = int | float | Decimal

TRIEU = 10**6
TY = 10**9
# Looked up without accents and without the currency: tỷ, tỉ đồng, Triệu VNĐ.
UNITS = {"": 1, "nghin": 1000, "ngan": 1000, "tr": TRIEU, "trieu": TRIEU, "ty": TY, "ti": TY}
CURRENCY = {"d", "dong", "vnd", "₫"}
# Several times the yearly budget of the country: whatever is larger is a slip of the keyboard.
MAX_DONG = 10**16
MAX_QUANTITY = 10**12
LONGEST = 40

NUMBER_AND_UNIT = re.compile(r"([-−(]?) ?([0-9][0-9., ]*)\)? ?([^0-9., ()][^0-9]*)?")
GROUPS = r"[1-9][0-9]{0,2}(?:%s[0-9]{3})+"
VIETNAMESE = re.compile(GROUPS % r"\." + r"(?:,[0-9]+)?")
SPACED = re.compile(GROUPS % " " + r"(?:,[0-9]+)?")
ENGLISH = re.compile(GROUPS % "," + r"\.[0-9]+|" + GROUPS.replace("+", "{2,}") % ",")
PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


def vi_number(value: Number, places: int = 0) -> str:
    """1346.7 → "1.346,7"; halves are rounded away from zero."""
    rounded = _round(Decimal(str(value)), places)
    shown = rounded if rounded else abs(rounded)  # no "-0"
    return f"{shown:,.{places}f}".translate(str.maketrans(",.", ".,"))


def to_trieu(dong: int, places: int = 0) -> str:
    """An amount in đồng as a number of triệu (million)."""
    return vi_number(Decimal(dong) / TRIEU, places)


def to_ty(dong: int, places: int = 1) -> str:
    """An amount in đồng as a number of tỷ (thousand million)."""
    return vi_number(Decimal(dong) / TY, places)


def size_words(size: int) -> str:
    """A number of bytes as people say it: `812 byte`, `35,4 MB`, `1,2 GB`."""
    power = min(3, max(0, size.bit_length() - 1) // 10)
    unit = ("byte", "KB", "MB", "GB")[power]
    return f"{vi_number(size / 1024**power, 1 if power else 0)} {unit}"


def dong_words(dong: int) -> str:
    """An amount in a sentence, exact: "200 triệu đồng", "1.500.500 đồng"."""
    if dong and dong % TRIEU == 0:
        return f"{to_trieu(dong)} triệu đồng"
    return f"{vi_number(dong)} đồng"


def parse_amount(text: str | Number, unit: str = "đồng") -> int:
    """An amount of money in đồng; `unit` holds where the text names none.

    A number is taken as it is, text by Vietnamese habit: "1.142" is one thousand one hundred and
    forty-two. So hand over the numbers of a spreadsheet as numbers: turned into text, 1.142 (tỷ)
    would grow a thousandfold. Raises ValueError with a sentence for the person who typed it.
    """
    shown = {"text": _short(text)}
    if isinstance(text, str):
        sign, digits, named = _split(text, _("Hãy nhập số tiền."))
        factor, value = _factor(named or unit), _read(digits)
    else:
        sign, factor, value = "", _factor(unit), _decimal(text)
    if factor is None or value is None:
        hint = _("Hãy viết như 1.142,1 tỷ, 200 triệu hoặc 1.500.000.")
        raise ValueError(_("Không đọc được số tiền “%(text)s”.") % shown + f" {hint}")
    if value and (sign or value < 0):
        raise ValueError(_("Số tiền không được âm: “%(text)s”.") % shown)
    if value * factor > MAX_DONG:
        raise ValueError(_("Số tiền quá lớn: “%(text)s”. Hãy kiểm tra lại đơn vị tính.") % shown)
    dong = _round(value * factor, 0)
    if factor == 1 and dong != value:
        hint = _("Nếu đơn vị tính là tỷ hoặc triệu, hãy ghi rõ.")
        raise ValueError(_("Số tiền “%(text)s” lẻ dưới một đồng.") % shown + f" {hint}")
    return int(dong)


def parse_decimal(text: str | Number) -> Decimal:
    """A quantity or a percentage, read as `parse_amount` reads; a % sign at the end is dropped."""
    shown = {"text": _short(text)}
    if isinstance(text, str):
        sign, digits, named = _split(text, _("Hãy nhập một số."))
        value = _read(digits) if named in {"", "%"} else None
    else:
        sign, value = "", _decimal(text)
    if value is None:
        hint = _("Hãy viết như 95,5 hoặc 1.500.")
        raise ValueError(_("Không đọc được số “%(text)s”.") % shown + f" {hint}")
    if value and (sign or value < 0):
        raise ValueError(_("Số không được âm: “%(text)s”.") % shown)
    if value > MAX_QUANTITY:
        raise ValueError(_("Số quá lớn: “%(text)s”.") % shown)
    return value


def _split(text: str, if_empty: str) -> tuple[str, str, str]:
    """Sign, digits and unit; the digits are empty where the text is no number."""
    line = nfc(text)
    if not line:
        raise ValueError(if_empty)
    match = NUMBER_AND_UNIT.fullmatch(line) if len(line) <= LONGEST else None
    if match is None:
        return "", "", ""
    return match[1], match[2].strip(), (match[3] or "").strip(" .")


def _factor(unit: str) -> int | None:
    words = [word for word in search_text(unit).split() if word not in CURRENCY]
    return UNITS.get(" ".join(words))


def _read(digits: str) -> Decimal | None:
    """What the digits mean, or None: "1.142" and "1.142,1" by the Vietnamese habit, then English.

    A single comma is always the decimal one, also in "1,142".
    """
    if VIETNAMESE.fullmatch(digits):
        plain = digits.replace(".", "").replace(",", ".")
    elif SPACED.fullmatch(digits):
        plain = digits.replace(" ", "").replace(",", ".")
    elif ENGLISH.fullmatch(digits):
        plain = digits.replace(",", "")
    elif PLAIN.fullmatch(digits):
        plain = digits.replace(",", ".")
    else:
        return None
    return Decimal(plain)


def _decimal(value: Number) -> Decimal | None:
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _short(text: object) -> str:
    line = nfc(str(text))
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
