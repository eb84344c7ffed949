"""Templates of plans: configuration, so the steps are replaced and the trail keeps both."""

from collections.abc import Sequence
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
from sponsors.choices import Owner, Pace
from sponsors.models import PlanTemplate, PlanTemplateStep


@dataclass(frozen=True)
class StepEntry:
    """One task of a plan: so many weeks or months after the start, and for how many."""

    title: str
    owner: str
    pace: str
    starts_after: int
    lasts: int
    detail: str = ""
    criterion_number: int | None = None

    @property
    def words(self) -> str:
        unit = "tuần" if self.pace == Pace.WEEK else "tháng"
        first, last = self.starts_after + 1, self.starts_after + self.lasts
        when = f"{unit} {first}" if first == last else f"{unit} {first}-{last}"
        return f"{when}: {self.title} ({Owner(self.owner).label})"


class StalePlan(Exception):
    """The form was drawn before somebody else's change; `entry` is the trail of that change."""

    def __init__(self, template: PlanTemplate, entry: AuditEntry | None):
        super().__init__("Mẫu kế hoạch đã được sửa trong lúc nhập.")
        self.template = template
        self.entry = entry


@transaction.atomic
def save_template(
    *,
    template: PlanTemplate | None,
    name: str,
    note: str = "",
    steps: Sequence[StepEntry],
    version: str | None = None,
    by: User | None,
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> PlanTemplate:
    """Enter a plan, or write one anew (tasks made from it stay as they are).

    `version` is that of the form, None does not compare. Raises StalePlan; ValidationError for a
    name that is taken, or a plan without a step.
    """
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
    name = nfc(name)
    same = PlanTemplate.objects.filter(name=name).first()
    if same is not None and (template is None or same.pk != template.pk):
        raise ValidationError({"name": f"Đã có mẫu kế hoạch tên “{name}”."})
    if not steps:
        raise ValidationError("Mẫu kế hoạch cần ít nhất một việc.")
    if wrong := [step.title for step in steps if step.lasts < 1]:
        raise ValidationError(f"Việc “{wrong[0]}” phải kéo dài ít nhất một tuần hoặc một tháng.")
    old = ""
    if template is None:
        row = PlanTemplate(provenance=provenance, source=source)
    else:
        row = PlanTemplate.objects.select_for_update().get(pk=template.pk)
        old = template_words(row)
        if version is not None and version != template_version(row):
            raise StalePlan(row, _latest_entry(row))
        row.steps.all().delete()
    row.name, row.note = name, note.strip()
    row.save()
    PlanTemplateStep.objects.bulk_create(
        PlanTemplateStep(template=row, position=position, **asdict(step))
        for position, step in enumerate(steps, 1)
    )
    audit.record(
        by=by,
        action="plan.update" if old else "plan.create",
        obj=row,
        now=now,
        effective_on=today,
        old=old,
        new=template_words(row),
    )
    return row


def template_words(template: PlanTemplate) -> str:
    """A plan in words, step by step."""
    steps = [entry_of(step).words for step in template.steps.order_by("position")]
    return "; ".join([template.name, *steps])


def template_version(template: PlanTemplate) -> str:
    """Tells whether somebody else has changed the plan since the form was drawn."""
    return sha256(f"{template_words(template)}|{template.note}".encode()).hexdigest()[:16]


def _latest_entry(template: PlanTemplate) -> AuditEntry | None:
    return AuditEntry.objects.filter(
        object_type=template._meta.label_lower, object_id=template.pk
    ).first()


def entry_of(step: PlanTemplateStep) -> StepEntry:
    """A stored step as it is written."""
    return StepEntry(**{field: getattr(step, field) for field in StepEntry.__dataclass_fields__})
