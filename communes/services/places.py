"""What writing units and writing villages have in common."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model

from communes.rules import may_edit_units
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc

LONGEST_NAME = 255


def require_editor(by: User | None) -> None:
    """Raise PermissionDenied for who does not look after units; commands (None) do."""
    if by is not None and not (permit := may_edit_units(by)):
        raise PermissionDenied(permit.reason)


def refuse_wrong(wrong: Sequence[dict[str, str]]) -> None:
    """Raise ValidationError with every sentence, where there is any."""
    if sentences := [sentence for one in wrong for sentence in one.values()]:
        raise ValidationError(sentences)


def wrong_name(name: str) -> dict[str, str]:
    """What is wrong with a name, by field."""
    if not name:
        return {"name": "Chưa có tên."}
    if len(name) > LONGEST_NAME:
        return {"name": f"Tên dài quá {LONGEST_NAME} ký tự."}
    return {}


def wrong_range(valid_from: date, valid_to: date | None) -> dict[str, str]:
    """What is wrong with a validity, by field."""
    if valid_to is not None and valid_to < valid_from:
        return {"valid_to": f"Ngày kết thúc trước ngày bắt đầu {valid_from:%d/%m/%Y}."}
    return {}


def name_key(name: str) -> str:
    """A name by which twins are found: accents count, case does not."""
    return nfc(name).casefold()


def refuse_resting(
    model: type[Model], ids: Collection[int], besides: Collection[type[Model]] = ()
) -> None:
    """Raise ValidationError with the sorts of rows that rest on any of these; one query for each
    sort that may."""
    resting = dict.fromkeys(_resting(model, ids, besides))
    if resting:
        raise ValidationError(f"Đã có {', '.join(resting)}, không bỏ được.")


def _resting(
    model: type[Model], ids: Collection[int], besides: Collection[type[Model]]
) -> Iterable[str]:
    for relation in model._meta.related_objects if ids else ():
        other = relation.related_model
        if isinstance(other, str) or other in besides:
            continue
        if other._base_manager.filter(**{f"{relation.field.name}__in": ids}).exists():
            yield str(other._meta.verbose_name)


def range_words(valid_from: date, valid_to: date | None) -> str:
    """A validity as the trail writes it."""
    until = f" đến hết {valid_to:%d/%m/%Y}" if valid_to else ""
    return f"từ {valid_from:%d/%m/%Y}{until}"
