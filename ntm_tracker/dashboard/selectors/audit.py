"""The audit trail as a list: who changed what, when, from where, cut to what the reader may see."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from communes.models import Commune
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.text import search_words
from ntm_tracker.dashboard.origins import origin_words
from ntm_tracker.dashboard.selectors.trail import ACTIONS, own_sponsor_id
from sponsors.models import Sponsor

# The part of an action before its dot, in words: what the list can be narrowed to.
GROUPS = {
    "assessment": "Đánh giá tiêu chí",
    "indicator": "Chỉ tiêu",
    "draft": "Bảng tự đánh giá",
    "declaration": "Báo cáo tháng",
    "milestone": "Lộ trình",
    "dossier": "Hồ sơ công nhận",
    "village": "Thôn",
    "unit": "Xã, thị trấn, phường",
    "funding": "Kinh phí",
    "assignment": "Phân công đỡ đầu",
    "sponsor": "Đơn vị đỡ đầu",
    "commitment": "Cam kết",
    "contribution": "Đóng góp",
    "task": "Việc",
    "plan": "Mẫu kế hoạch",
    "difficulty": "Khó khăn, kiến nghị",
    "document": "Văn bản",
    "access": "Quyền theo xã",
    "boundary": "Ranh giới",
    "user": "Tài khoản",
    "import": "Nhập từ tệp",
    "department": "Sở, ngành",
    "reminder": "Thư nhắc việc",
    "debt": "Nợ xây dựng cơ bản",
    "warning": "Giải trình cảnh báo",
    "period": "Kỳ báo cáo",
    "report": "Thể thức, lời văn báo cáo",
}
FEW = 1000
COLUMNS = (
    "at",
    "effective_on",
    "by_label",
    "action",
    "object_label",
    "old",
    "new",
    "note",
    "origin",
)


@dataclass(frozen=True)
class AuditFilters:
    """What the address asks for; empty means everything. `object` is "type:id"."""

    q: str = ""
    group: str = ""
    by: str = ""
    commune: str = ""
    sponsor: int | None = None
    since: date | None = None
    until: date | None = None
    object: str = ""


@dataclass(frozen=True)
class AuditRow:
    """One entry in words."""

    at: datetime
    effective_on: date
    by_label: str
    action: str
    object_label: str
    old: str
    new: str
    note: str
    origin: str

    @property
    def action_words(self) -> str:
        return action_words(self.action)

    @property
    def origin_words(self) -> str:
        return origin_words(self.origin)


@dataclass(frozen=True)
class AuditChoices:
    """What the filters offer this reader, as (value, words)."""

    communes: list[tuple[str, str]] = field(default_factory=list)
    sponsors: list[tuple[str, str]] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)


def action_words(action: str) -> str:
    """An action in words; one that the table does not know by its group."""
    return ACTIONS.get(action) or GROUPS.get(action.partition(".")[0], "Thay đổi")


def visible_entries(user: User) -> QuerySet[AuditEntry]:
    """The entries that an account may see: all, or those of its communes, or of its sponsor."""
    if user.sees_all_communes:
        return AuditEntry.objects.all()
    if user.role == Role.COMMUNE:
        communes = Commune.objects.visible_to(user).values_list("pk", flat=True)
        return AuditEntry.objects.filter(commune_id__in=list(communes))
    return AuditEntry.objects.filter(sponsor_id=own_sponsor_id(user) or 0)


def audit_entries(user: User, filters: AuditFilters) -> QuerySet[AuditEntry]:
    """The entries that match everything, the latest first."""
    where = Q()
    if filters.group:
        known = {action for action in ACTIONS if action.partition(".")[0] == filters.group}
        where &= Q(action__in=sorted(known)) if known else Q(action__startswith=filters.group + ".")
    if filters.by:
        where &= Q(by__username=filters.by)
    if filters.commune:
        communes = Commune.objects.visible_to(user).filter(code=filters.commune)
        where &= Q(commune_id__in=list(communes.values_list("pk", flat=True)))
    if filters.sponsor is not None:
        where &= Q(sponsor_id=filters.sponsor)
    if filters.since:
        where &= Q(at__gte=_midnight(filters.since))
    if filters.until:
        where &= Q(at__lt=_midnight(filters.until + timedelta(days=1)))
    if filters.object:
        kind, _, number = filters.object.partition(":")
        where &= Q(object_type=kind, object_id=int(number))
    for word in search_words(filters.q):
        where &= Q(search_text__contains=word)
    return visible_entries(user).filter(where).order_by("-at", "-id")


def named_where_few(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """The same entries, by their ids where there are few. Rare words are looked for in every entry:
    once here, instead of once to count them and once more in the order of the list."""
    ids = list(entries.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return entries
    return AuditEntry.objects.filter(pk__in=ids).order_by("-at", "-id")


def audit_rows(entries: QuerySet[AuditEntry]) -> Iterator[AuditRow]:
    """The entries in words, without building objects of the model."""
    for values in entries.values_list(*COLUMNS).iterator(chunk_size=2000):
        yield AuditRow(*values)


def audit_choices(user: User, on: date) -> AuditChoices:
    """What there is to choose from: accounts only for who sees the whole province."""
    communes = Commune.objects.visible_to(user).active_on(on).order_by("sort_key", "id")
    offered = [(row.code, str(row)) for row in communes]
    if not user.sees_all_communes:
        return AuditChoices(offered if len(offered) > 1 else [])
    sponsors = Sponsor.objects.order_by("sort_key", "id").values_list("pk", "name")
    accounts = User.objects.order_by("username").values_list("username", "display_name")
    return AuditChoices(
        offered,
        [(str(pk), name) for pk, name in sponsors],
        [(username, name or username) for username, name in accounts],
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
