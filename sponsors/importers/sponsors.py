"""Sponsors out of a file: corrected by their code, added by their name."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import CellChange, Change, Done, OneByOne, at_row
from ntm_tracker.core.intake.lines import NEW, Once
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit
from ntm_tracker.core.text import search_text
from sponsors import rules
from sponsors.choices import SponsorKind
from sponsors.models import Sponsor
from sponsors.selectors import similar_sponsors
from sponsors.services import SponsorEntry, create_sponsor, remove_sponsor, update_sponsor

KIND_WORDS = {kind.value: str(kind.label) for kind in SponsorKind}
PLAIN = ("name", "short_name", "kind", "contact", "phone", "email")


class SponsorImporter(OneByOne):
    """Names, kinds and contacts of sponsors; assignments and tasks are not touched."""

    kind = "sponsors"
    title = "Đơn vị đỡ đầu"
    lead = (
        "Có mã thì sửa đơn vị mang mã đó; không có mã thì tìm đúng tên, chưa có thì thêm mới. Tên "
        "gần giống một đơn vị đã có thì phải ghi mã của đơn vị đó, hoặc ghi “mới” ở cột Mã đơn vị."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã đơn vị", is_key=True, width=11, help="Để trống hoặc “mới”: thêm đơn vị."),
        Field(
            "name", "Tên đơn vị", required=True, aliases=("Đơn vị", "Tên"), width=40, longest=255
        ),
        Field("short_name", "Tên viết tắt", aliases=("Viết tắt",), width=14, longest=80),
        Field("kind", "Loại", "choice", choices=tuple(KIND_WORDS.items()), width=20),
        Field("contact", "Đầu mối", aliases=("Bộ phận đầu mối", "Liên hệ"), width=24, longest=200),
        Field("phone", "Điện thoại", aliases=("Số điện thoại", "SĐT"), width=16, longest=30),
        Field("email", "Thư điện tử", aliases=("Email", "E-mail"), width=28, longest=254),
    )

    def may(self, user: User) -> Permit:
        return rules.may_edit_sponsors(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        found = Sponsor.objects.visible_to(user).order_by("sort_key", "pk")
        return [
            {"code": row.pk, "kind": KIND_WORDS[row.kind]}
            | {field: getattr(row, field) for field in PLAIN if field != "kind"}
            for row in found
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        known = list(Sponsor.objects.visible_to(user))
        by_code = {str(row.pk): row for row in known}
        by_name = {search_text(row.name): row for row in known}
        changes, problems = [], []
        once = Once()
        for row in rows:
            code, name = str(row.values.get("code") or ""), str(row.values.get("name") or "")
            is_new = search_text(code) == NEW
            found = (
                None if is_new else by_code.get(code) if code else by_name.get(search_text(name))
            )
            key = str(found.pk) if found else search_text(name)
            if problem := once.problem(row, self.fields[1], key):
                problems.append(problem)
                continue
            if problem := self._wrong(row, code, name, found, by_name, is_new=is_new):
                problems.append(problem)
            elif change := self._change(row, found):
                changes.append(change)
        return changes, problems

    def _wrong(
        self,
        row: Row,
        code: str,
        name: str,
        found: Sponsor | None,
        by_name: Mapping[str, Sponsor],
        *,
        is_new: bool,
    ) -> Problem | None:
        code_field, name_field, kind_field = self.fields[0], self.fields[1], self.fields[3]
        if code and not is_new and found is None:
            return row.problem(
                code_field, f"Không có đơn vị mang mã “{code}”; để trống nếu là mới."
            )
        twin = by_name.get(search_text(name))
        if twin and (found is None or twin.pk != found.pk):
            return row.problem(name_field, f"Đã có đơn vị mang tên này, mã {twin.pk}.")
        if found is None and not is_new:
            for like in similar_sponsors(name)[:1]:
                return row.problem(
                    name_field,
                    f"Gần giống “{like.name}” (mã {like.pk}): ghi mã {like.pk} nếu là một, hoặc "
                    "ghi “mới” ở cột Mã đơn vị nếu là đơn vị khác.",
                )
        if email := str(row.values.get("email") or ""):
            try:
                validate_email(email)
            except ValidationError:
                return row.problem(
                    self.fields[-1], "Địa chỉ thư chưa đúng, ví dụ vanthu@xa.gov.vn."
                )
        if found is None and not row.values.get("kind"):
            return row.problem(kind_field, "Đơn vị mới phải có loại.")
        return None

    def _change(self, row: Row, found: Sponsor | None) -> Change | None:
        given = {
            field: str(row.values[field] or "")
            for field in PLAIN
            if field in row.values and (row.values[field] or field != "kind")
        }
        if found and not row.values.get("code"):
            given.pop("name", None)  # found by it: another spelling of it is no correction
        if found is None:
            entry = SponsorEntry(**{"name": "", "kind": ""} | given).cleaned()
            cells = [(field, "", value) for field, value in asdict(entry).items() if value]
        else:
            before = SponsorEntry.of(found)
            entry = replace(before, **given).cleaned()
            old, new = asdict(before), asdict(entry)
            cells = [(field, old[field], new[field]) for field in new if new[field] != old[field]]
        if not cells:
            return None
        return Change(
            row.number,
            entry.name,
            KIND_WORDS[entry.kind],
            tuple(CellChange(self._title(name), *map(_shown, values)) for name, *values in cells),
            (found, entry),
            is_new=found is None,
        )

    def _title(self, key: str) -> str:
        return next(field.title for field in self.fields if field.key == key)

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        done = []
        for change in changes:
            with at_row(change):
                done.append(self._write(change, by=by, now=now, today=today))
        return done

    def _write(self, change: Change, *, by: User, now: datetime, today: date) -> Done:
        found, entry = change.data
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        before = asdict(SponsorEntry.of(found)) if found else None
        if found is None:
            found = create_sponsor(entry=entry, **written)
        else:
            update_sponsor(sponsor=found, entry=entry, **written)
        return Done(found.pk, {"before": before, "after": asdict(entry)}, sponsor_id=found.pk)

    def undo(self, change: ImportChange, *, by: User, now: datetime, today: date) -> None:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        found = Sponsor.objects.filter(pk=change.object_id).first()
        if found is None or asdict(SponsorEntry.of(found)) != change.undo["after"]:
            raise ValidationError("Đã được sửa sau lần nhập này; hãy sửa trực tiếp đơn vị.")
        if change.undo["before"] is None:
            remove_sponsor(sponsor=found, **written)
        else:
            before = SponsorEntry(**change.undo["before"])
            update_sponsor(sponsor=found, entry=before, **written)


def _shown(value: str) -> str:
    return KIND_WORDS.get(value, value)
