"""Entering sponsors and correcting what is known of them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.text import nfc
from sponsors import rules
from sponsors.models import Sponsor


@dataclass(frozen=True)
class SponsorEntry:
    """What is written down of a sponsor; `contact` is a department of it, no person."""

    name: str
    kind: str
    short_name: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""

    @classmethod
    def of(cls, sponsor: Sponsor) -> "SponsorEntry":
        """What is written down now."""
        return cls(**{field: getattr(sponsor, field) for field in cls.__dataclass_fields__})

    def cleaned(self) -> "SponsorEntry":
        return SponsorEntry(**{field: nfc(value) for field, value in asdict(self).items()})

    @property
    def version(self) -> str:
        """Tells whether somebody else has changed a value since the form was drawn."""
        return sha256(repr([str(value) for value in asdict(self).values()]).encode()).hexdigest()[
            :16
        ]


class StaleSponsor(Exception):
    """The form was drawn before somebody else's change; `sponsor` is as it now stands, `entry` the
    trail of what came in between."""

    def __init__(self, sponsor: Sponsor, entry: AuditEntry | None):
        super().__init__("Đơn vị đã được sửa trong lúc nhập.")
        self.sponsor = sponsor
        self.entry = entry


@transaction.atomic
def create_sponsor(
    *,
    entry: SponsorEntry,
    by: User | None,
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> Sponsor:
    """Enter a sponsor. Raises ValidationError where the name is empty or taken; whether a name is
    only much like another's is for people to decide (`selectors.similar_sponsors`)."""
    _refuse_others(by)
    entry = entry.cleaned()
    _refuse_name(entry.name, None)
    sponsor = Sponsor.objects.create(**asdict(entry), provenance=provenance, source=source)
    audit.record(
        by=by,
        action="sponsor.create",
        obj=sponsor,
        now=now,
        effective_on=today,
        new=_words(asdict(entry)),
        sponsor_id=sponsor.pk,
    )
    return sponsor


@transaction.atomic
def update_sponsor(
    *,
    sponsor: Sponsor,
    entry: SponsorEntry,
    version: str | None = None,
    by: User | None,
    now: datetime,
    today: date,
) -> Sponsor:
    """Correct what is known of a sponsor; the trail keeps old and new of what changed.

    `version` is that of the form, None does not compare. Raises StaleSponsor, ValidationError.
    """
    _refuse_others(by)
    row = Sponsor.objects.select_for_update().get(pk=sponsor.pk)
    before, entry = SponsorEntry.of(row), entry.cleaned()
    if version is not None and version != before.version:
        raise StaleSponsor(row, _latest_entry(row))
    _refuse_name(entry.name, row.pk)
    old, new = asdict(before), asdict(entry)
    changed = [field for field in new if new[field] != old[field]]
    if not changed:
        return row
    for field in changed:
        setattr(row, field, new[field])
    # Under both names it is found: the derived columns follow the name and the short name.
    row.save(update_fields=[*changed, "sort_key", "search_text"])
    audit.record(
        by=by,
        action="sponsor.update",
        obj=row,
        now=now,
        effective_on=today,
        old=_words({field: old[field] for field in changed}),
        new=_words({field: new[field] for field in changed}),
        sponsor_id=row.pk,
    )
    return row


@transaction.atomic
def remove_sponsor(*, sponsor: Sponsor, by: User | None, now: datetime, today: date) -> None:
    """Take a sponsor away that was entered by mistake and on which nothing rests yet.

    Raises ValidationError with what rests on it.
    """
    _refuse_others(by)
    row = Sponsor.objects.select_for_update().get(pk=sponsor.pk)
    resting = {
        "phân công": row.assignments.exists(),
        "việc": row.tasks.exists(),
        "đóng góp": row.contributions.exists(),
        "khó khăn, kiến nghị": row.difficulties.exists(),
        "tài khoản": row.members.exists(),
        "tổ công tác": row.teams.exists(),
    }
    if any(resting.values()):
        found = ", ".join(words for words, is_there in resting.items() if is_there)
        raise ValidationError(f"Đơn vị “{row.name}” đã có {found}, không bỏ được.")
    audit.record(
        by=by,
        action="sponsor.remove",
        obj=row,
        now=now,
        effective_on=today,
        old=_words(asdict(SponsorEntry.of(row))),
        sponsor_id=row.pk,
    )
    row.delete()


def _refuse_others(by: User | None) -> None:
    if by is not None and not (permit := rules.may_edit_sponsors(by)):
        raise PermissionDenied(permit.reason)


def _refuse_name(name: str, pk: int | None) -> None:
    if not name:
        raise ValidationError({"name": "Hãy nhập tên đơn vị."})
    same = Sponsor.objects.filter(name=name).values_list("pk", flat=True).first()
    if same is not None and same != pk:
        raise ValidationError(
            {"name": f"Đã có đơn vị mang đúng tên “{name}”. Hãy mở đơn vị đó để sửa."}
        )


def _latest_entry(sponsor: Sponsor) -> AuditEntry | None:
    return AuditEntry.objects.filter(
        object_type=sponsor._meta.label_lower, object_id=sponsor.pk, action="sponsor.update"
    ).first()


def _words(values: dict[str, str]) -> str:
    """Values in words: "Tên: Sở Y tế; Điện thoại: chưa có"."""
    labels = {field.name: str(field.verbose_name) for field in Sponsor._meta.concrete_fields}
    kinds = dict(Sponsor._meta.get_field("kind").flatchoices)
    shown = {
        field: str(kinds.get(value, value)) if field == "kind" else value
        for field, value in values.items()
    }
    return "; ".join(
        f"{labels[field].capitalize()}: {value or 'chưa có'}" for field, value in shown.items()
    )
