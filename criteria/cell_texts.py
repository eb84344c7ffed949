"""What the three texts of a cell of the self-assessment mean, whether they were typed or came in a
file. All raise ValidationError with a sentence for who wrote them."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError

from criteria.choices import OUTCOME_WORDS, Outcome
from criteria.services.drafts import CellEntry
from ntm_tracker.core.numbers import parse_decimal

FIELDS = ("value", "outcome", "note")
LONGEST_VALUE, LONGEST_NOTE = 40, 2000
TOO_LONG = "Dài quá %(limit_value)d ký tự; hãy viết gọn lại."
COUNTED = re.compile(r"([0-9][0-9. ]*)/([0-9][0-9. ]*)")
MOST_COUNTED = 2_000_000_000
CHOICES = tuple(
    (outcome.value, OUTCOME_WORDS[outcome.value])
    for outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE)
)
"""The verdicts that a commune chooses itself."""
VERDICTS = {"", *(value for value, _words in CHOICES)}

Value = tuple[Decimal | None, int | None, int | None]


def read_value(text: str) -> Value:
    """The value, and of "382/400" what was counted; the share is worked out later."""
    _require_short(text, LONGEST_VALUE)
    if not text:
        return None, None, None
    if "/" in text:
        return None, *_counted(text)
    try:
        number = parse_decimal(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return number.quantize(Decimal("0.0001"), ROUND_HALF_UP), None, None


def read_outcome(text: str) -> str:
    """One of `VERDICTS`."""
    if text not in VERDICTS:
        raise ValidationError(f"Không có kết quả “{text[:60]}”; hãy chọn lại.")
    return text


def read_note(text: str) -> str:
    """The note in its normal form, with lines as we keep them."""
    _require_short(text, LONGEST_NOTE)
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n")


def read_entry(key: str, stamp: str, texts: Mapping[str, str]) -> CellEntry:
    """The entry of a cell out of its texts by field. All errors at once, by field."""
    errors: dict[str, ValidationError] = {}
    value: Value = (None, None, None)
    outcome = note = ""
    try:
        value = read_value(texts["value"].strip())
    except ValidationError as error:
        errors["value"] = error
    try:
        outcome = read_outcome(texts["outcome"])
    except ValidationError as error:
        errors["outcome"] = error
    try:
        note = read_note(texts["note"].strip())
    except ValidationError as error:
        errors["note"] = error
    if errors:
        raise ValidationError(errors)
    return CellEntry(key, stamp, *value, outcome, note)


def _require_short(text: str, limit: int) -> None:
    if len(text) > limit:
        raise ValidationError(TOO_LONG, params={"limit_value": limit})


def _counted(text: str) -> tuple[int, int]:
    match = COUNTED.fullmatch(text.strip())
    if match is None:
        raise ValidationError(f"Không đọc được “{text}”; hãy viết như 95,5 hoặc 382/400.")
    part, whole = (int(re.sub(r"[. ]", "", one)) for one in match.groups())
    if not whole:
        raise ValidationError(f"Mẫu số của “{text}” phải lớn hơn 0.")
    if part > whole:
        raise ValidationError(f"Tử số của “{text}” lớn hơn mẫu số; hãy kiểm tra lại.")
    if whole > MOST_COUNTED:
        raise ValidationError(f"Số “{text}” quá lớn; hãy kiểm tra lại.")
    return part, whole
