"""Why something that a rule warns of may stand: said once, kept, and open again when it changes."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from criteria.money_rules import may_explain
from ntm_tracker.core import audit
from ntm_tracker.core.findings import Finding
from ntm_tracker.core.models import Explanation, User

SHORTEST, LONGEST = 10, 1000


class StaleFinding(Exception):
    """The figures moved after the form was drawn: `finding` is what the rule sees now."""

    def __init__(self, finding: Finding):
        super().__init__("Số liệu của cảnh báo đã thay đổi trong lúc nhập.")
        self.finding = finding


@transaction.atomic
def explain(
    *, finding: Finding, seen: str, text: str, by: User, now: datetime, today: date
) -> Explanation:
    """Append why a warning may stand; `seen` is the fingerprint that stood beside the form.

    Raises PermissionDenied where the account does not answer for it, StaleFinding where the figures
    moved meanwhile, ValidationError where nothing is explained.
    """
    permit = may_explain(by, commune_id=finding.commune_id, sponsor_id=finding.sponsor_id)
    if not permit:
        raise PermissionDenied(permit.reason)
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValidationError(
            {"text": f"Hãy giải trình từ {SHORTEST} đến {LONGEST} ký tự: vì sao số liệu vẫn đúng."}
        )
    if seen != finding.fingerprint:
        raise StaleFinding(finding)
    row = Explanation.objects.create(
        rule=finding.rule,
        object_type=finding.object_type,
        object_id=finding.object_id,
        fingerprint=finding.fingerprint,
        text=text,
        by=by,
        by_label=str(by),
        recorded_at=now,
        commune_id=finding.commune_id,
        sponsor_id=finding.sponsor_id,
    )
    audit.record(
        by=by,
        action="warning.explain",
        obj=row,
        now=now,
        effective_on=today,
        old=finding.explanation.text if finding.explanation else "",
        new=text,
        note=f"{finding.place.label}: {finding.sentence}",
        commune_id=finding.commune_id,
        sponsor_id=finding.sponsor_id,
    )
    return row
