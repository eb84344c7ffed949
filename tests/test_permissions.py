"""The role matrix: every address × every role, for one's own object and somebody else's.

A new URL name turns `test_every_url_is_in_the_matrix` red until it has a row here.
"""

from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from PIL import Image
from zeal import zeal_ignore

from communes.models import CommuneAccess
from ntm_tracker.core.models import Attachment, Period
from sponsors.choices import GiftKind, TaskState, TaskTransition
from sponsors.models import PlanTemplate, TaskUpdate
from sponsors.services import GiftEntry, record_commitment
from tests import factories
from tests.criteria.procedure import load_procedure

ROLES = (
    "anonymous",
    "viewer",
    "sponsor_a",
    "sponsor_b",
    "user_a",
    "user_b",
    "department",
    "office",
    "admin",
)


def row(*statuses: int) -> dict[str, int]:
    return dict(zip(ROLES, statuses, strict=True))


EVERYONE = row(302, 200, 200, 200, 200, 200, 200, 200, 200)
# Objects of commune A and of its sponsor: B's people do not learn that they exist.
OF_COMMUNE_A = row(302, 200, 200, 404, 200, 404, 200, 200, 200)
OF_SPONSOR_A = OF_COMMUNE_A
# Addresses that only write lead whoever opens them to the page of their form.
LEADS_BACK = row(302, 302, 302, 404, 302, 404, 302, 302, 302)
TO_ACCOUNT = row(302, 403, 403, 403, 403, 403, 403, 302, 302)
WHOLE_PROVINCE = row(302, 200, 403, 403, 403, 403, 200, 200, 200)
OFFICE_ONLY = row(302, 403, 403, 403, 403, 403, 403, 200, 200)
JUDGES = row(302, 403, 403, 403, 403, 403, 200, 200, 200)

# Addresses that only write; whoever has not signed in learns that first.
NO_GET = row(405, 405, 405, 405, 405, 405, 405, 405, 405)

# URL name → (arguments by the names of `world`, statuses of GET)
MATRIX = {
    "login": ((), row(200, 302, 302, 302, 302, 302, 302, 302, 302)),
    "logout": ((), row(405, 405, 405, 405, 405, 405, 405, 405, 405)),
    "password_change": ((), EVERYONE),
    "password_change_done": ((), EVERYONE),
    "dashboard:home": ((), row(302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "dashboard:board": ((), EVERYONE),
    "dashboard:commune": (("commune_code",), OF_COMMUNE_A),
    "dashboard:village": (("village",), OF_COMMUNE_A),
    "dashboard:due": ((), EVERYONE),
    "dashboard:invite": (("uid", "token"), row(*[200] * 9)),
    "dashboard:user-list": ((), OFFICE_ONLY),
    "dashboard:user-add": ((), OFFICE_ONLY),
    "dashboard:user": (("account",), OFFICE_ONLY),
    "dashboard:user-invite": (("account",), TO_ACCOUNT),
    "dashboard:user-deactivate": (("account",), TO_ACCOUNT),
    "dashboard:user-reactivate": (("account",), TO_ACCOUNT),
    "dashboard:search": ((), EVERYONE),
    "dashboard:money-flow": ((), EVERYONE),
    "dashboard:warnings": ((), EVERYONE),
    "dashboard:warning-explain": (
        ("warning",),
        row(302, 403, 404, 404, 200, 404, 403, 200, 200),
    ),
    "dashboard:audit": ((), EVERYONE),
    "dashboard:audit-file": (("kind",), EVERYONE),
    "dashboard:setup": ((), row(302, 403, 403, 403, 403, 403, 403, 403, 200)),
    "criteria:criterion-list": ((), EVERYONE),
    "criteria:criterion": (("criterion_number",), EVERYONE),
    "criteria:review": ((), JUDGES),
    "criteria:judgement": (("commune_code", "criterion_number"), OF_COMMUNE_A),
    "criteria:dossier": (("commune_code",), OF_COMMUNE_A),
    "criteria:dossier-step": (("commune_code",), NO_GET),
    "criteria:village-list": ((), EVERYONE),
    "criteria:village-grid": (("commune_code",), OF_COMMUNE_A),
    "criteria:village-cell": (("village",), NO_GET),
    "criteria:village-history": (("village", "cell"), OF_COMMUNE_A),
    "criteria:village-take-back": (("village", "cell"), NO_GET),
    "criteria:village-move": (
        ("village", "move"),
        row(302, 403, 403, 404, 200, 404, 403, 200, 200),
    ),
    "criteria:funding": ((), EVERYONE),
    "criteria:item-add": ((), row(302, 403, 403, 403, 200, 200, 403, 200, 200)),
    "criteria:own-report": ((), row(302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "criteria:declarations": ((), EVERYONE),
    "criteria:grid": (("commune_code",), OF_COMMUNE_A),
    "criteria:grid-submit": (("commune_code",), LEADS_BACK),
    "criteria:grid-take-back": (("commune_code",), LEADS_BACK),
    "criteria:declare": (("commune_code",), LEADS_BACK),
    "criteria:grid-cell": (("commune_code", "sheet_cell"), OF_COMMUNE_A),
    "criteria:grid-evidence": (("commune_code", "sheet_cell"), LEADS_BACK),
    "criteria:evidence": (("evidence",), OF_COMMUNE_A),
    "criteria:work-item": (("item_code",), OF_COMMUNE_A),
    "criteria:item-entry": (
        ("item_code", "entry"),
        row(302, 403, 403, 404, 200, 404, 403, 200, 200),
    ),
    "criteria:item-take-back": (
        ("item_code", "entry"),
        row(405, 405, 405, 405, 405, 405, 405, 405, 405),
    ),
    "criteria:debt": (("commune_code",), OF_COMMUNE_A),
    "sponsors:sponsor-list": ((), EVERYONE),
    "sponsors:sponsor": (("sponsor",), OF_SPONSOR_A),
    "sponsors:sponsor-add": ((), OFFICE_ONLY),
    "sponsors:sponsor-similar": ((), OFFICE_ONLY),
    "sponsors:sponsor-edit": (("sponsor",), row(302, 403, 403, 404, 403, 404, 403, 200, 200)),
    "sponsors:assignment-list": ((), EVERYONE),
    "sponsors:assignment": (("assignment",), OF_SPONSOR_A),
    "sponsors:assignment-add": (("sponsor",), row(302, 403, 403, 404, 403, 404, 403, 200, 200)),
    "sponsors:commitment-add": (
        ("sponsor",),
        row(302, 403, 403, 404, 403, 404, 403, 200, 200),
    ),
    "sponsors:commitment-identify": (
        ("commitment",),
        row(302, 403, 403, 404, 403, 404, 403, 200, 200),
    ),
    "sponsors:task-list": ((), EVERYONE),
    "sponsors:task": (("task",), OF_SPONSOR_A),
    "sponsors:task-add": ((), OFFICE_ONLY),
    "sponsors:task-edit": (("task",), row(302, 403, 403, 404, 403, 404, 403, 200, 200)),
    "sponsors:conclusion-list": ((), EVERYONE),
    "sponsors:conclusion-add": ((), OFFICE_ONLY),
    "sponsors:conclusion": (("conclusion",), OF_SPONSOR_A),
    "sponsors:conclusion-file": (("conclusion",), OF_SPONSOR_A),
    "sponsors:plan-list": ((), EVERYONE),
    "sponsors:plan-add": ((), OFFICE_ONLY),
    "sponsors:plan-edit": (("plan",), OFFICE_ONLY),
    "sponsors:plan-lay": (("plan",), OFFICE_ONLY),
    "sponsors:task-update": (("task",), row(302, 403, 200, 404, 403, 404, 403, 200, 200)),
    "sponsors:difficulty-list": ((), EVERYONE),
    "sponsors:difficulty-add": ((), row(302, 403, 200, 200, 200, 200, 200, 200, 200)),
    "sponsors:difficulty": (("difficulty",), OF_SPONSOR_A),
    "sponsors:review-list": ((), row(302, 200, 200, 200, 403, 403, 200, 200, 200)),
    "sponsors:timeline": ((), EVERYONE),
    "sponsors:contribution-list": ((), EVERYONE),
    "sponsors:contribution-add": ((), row(302, 403, 200, 200, 200, 200, 200, 200, 200)),
    "sponsors:contribution-take-back": (
        ("contribution",),
        row(302, 403, 200, 404, 403, 404, 403, 200, 200),
    ),
    "sponsors:review-add": (("sponsor",), row(302, 403, 403, 404, 403, 404, 403, 200, 200)),
    "sponsors:attachment": (("attachment",), OF_SPONSOR_A),
    "reports:month-list": ((), WHOLE_PROVINCE),
    "reports:month": (("month",), WHOLE_PROVINCE),
    "reports:month-file": (("month",), WHOLE_PROVINCE),
}
OFFICE_WRITES = row(302, 403, 403, 403, 403, 403, 403, 422, 422)
# Addresses that write, with the status of an empty POST. All others answer 405 to who is inside.
REPORTS_FOR_A = row(302, 403, 403, 404, 422, 404, 403, 422, 422)
WRITERS = {
    "login": row(200, 302, 302, 302, 302, 302, 302, 302, 302),
    "logout": row(302, 302, 302, 302, 302, 302, 302, 302, 302),
    "password_change": EVERYONE,
    "password_change_done": row(302, 405, 405, 405, 405, 405, 405, 405, 405),
    "dashboard:setup": row(302, 403, 403, 403, 403, 403, 403, 403, 405),
    "dashboard:invite": row(*[422] * 9),
    "dashboard:user-add": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "dashboard:user": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "dashboard:user-invite": row(302, 403, 403, 403, 403, 403, 403, 303, 303),
    "dashboard:user-deactivate": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "dashboard:user-reactivate": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "sponsors:sponsor-add": OFFICE_WRITES,
    "sponsors:sponsor-edit": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "sponsors:assignment": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "sponsors:assignment-add": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "criteria:village-cell": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:village-take-back": row(302, 403, 403, 404, 403, 404, 403, 403, 403),
    "criteria:village-move": row(302, 403, 403, 404, 303, 404, 403, 303, 303),
    "dashboard:warning-explain": row(302, 403, 404, 404, 422, 404, 403, 422, 422),
    "sponsors:commitment-identify": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "criteria:item-add": row(302, 403, 403, 403, 422, 422, 403, 422, 422),
    "criteria:item-entry": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:item-take-back": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:debt": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:grid": row(302, 403, 403, 404, 303, 404, 403, 303, 303),
    "criteria:grid-submit": REPORTS_FOR_A,
    "criteria:grid-take-back": REPORTS_FOR_A,
    "criteria:declare": REPORTS_FOR_A,
    "criteria:grid-cell": REPORTS_FOR_A,
    "criteria:grid-evidence": REPORTS_FOR_A,
    "criteria:review": row(302, 403, 403, 403, 403, 403, 422, 422, 422),
    "criteria:dossier-step": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:judgement": row(302, 403, 403, 404, 403, 404, 422, 422, 422),
    "sponsors:commitment-add": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "sponsors:task-add": OFFICE_WRITES,
    "sponsors:task-edit": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    "sponsors:conclusion-add": OFFICE_WRITES,
    "sponsors:plan-add": OFFICE_WRITES,
    "sponsors:plan-edit": OFFICE_WRITES,
    "sponsors:plan-lay": OFFICE_WRITES,
    "sponsors:task-update": row(302, 403, 422, 404, 403, 404, 403, 422, 422),
    "sponsors:difficulty-add": row(302, 403, 422, 422, 422, 422, 422, 422, 422),
    "sponsors:contribution-add": row(302, 403, 422, 422, 422, 422, 422, 422, 422),
    # Nothing has to be typed to take an entry back; the second finds that it has been.
    "sponsors:contribution-take-back": row(302, 403, 302, 404, 403, 404, 403, 302, 302),
    "sponsors:review-list": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "sponsors:review-add": row(302, 403, 403, 404, 403, 404, 403, 422, 422),
    # B's people get 404; the commune and a department are asked nothing here.
    "sponsors:difficulty": row(302, 403, 422, 404, 403, 404, 403, 422, 422),
}


@pytest.fixture
def world(installation, commune_a, sponsor_a, sponsor_b, user_a, user_b):
    """One object of each kind, all of commune A and of A's sponsor."""
    sponsor = sponsor_a.sponsor_member.sponsor
    assignment = factories.make_assignment(sponsor, commune_a)
    promise = record_commitment(
        assignment=assignment,
        entry=GiftEntry(GiftKind.MONEY, "Làm đường", amount=50_000_000),
        effective_on=factories.TODAY,
        by=None,
        now=factories.NOW,
        today=factories.TODAY,
    )
    criteria_set = factories.make_set()
    item = factories.make_item(need=5_000_000_000, identified=6_000_000_000, commune=commune_a)
    load_procedure()
    conclusion = factories.make_document(
        kind="conclusion",
        number="12/TB-BCĐ",
        issued_on=date(2022, 4, 26),
        file=SimpleUploadedFile("ket-luan.pdf", b"%PDF-1.4"),
    )
    task = factories.make_task(commune=commune_a, sponsor=sponsor, document=conclusion)
    update = TaskUpdate.objects.create(
        task=task,
        transition=TaskTransition.PROGRESS,
        state=TaskState.IN_PROGRESS,
        progress=10,
        effective_on=factories.TODAY,
        recorded_at=factories.NOW,
        by=sponsor_a,
        by_label="A",
    )
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    photo = Attachment.objects.create(
        file=SimpleUploadedFile("anh.png", picture.getvalue(), "image/png"),
        original_name="anh.png",
        content_type="image/png",
        size=len(picture.getvalue()),
        sha256="0" * 64,
        uploaded_by=sponsor_a,
        uploaded_at=factories.NOW,
    )
    update.attachments.add(photo)
    evidence = Attachment.objects.create(
        file=SimpleUploadedFile("bien-ban.pdf", b"%PDF-"),
        original_name="bien-ban.pdf",
        content_type="application/pdf",
        size=5,
        sha256="1" * 64,
        uploaded_by=user_a,
        uploaded_at=factories.NOW,
    )
    factories.assess(commune_a, criteria_set.criteria.last()).attachments.add(evidence)
    Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )
    invited = factories.make_user("viewer", username="moi", password=None)
    return {
        "account": invited.pk,
        "uid": urlsafe_base64_encode(force_bytes(invited.pk)),
        "token": default_token_generator.make_token(invited),
        "commune_code": commune_a.code,
        "village": factories.make_village(commune_a).pk,
        "cell": "percent",
        "kind": "csv",
        "move": "declare",
        "criterion_number": criteria_set.criteria.first().number,
        "item_code": item.code,
        "entry": "need",
        "commitment": promise.pk,
        "warning": f"source_over_need-{item.pk}-{commune_a.pk}",
        "sponsor": sponsor.pk,
        "assignment": assignment.pk,
        "task": task.pk,
        "conclusion": conclusion.pk,
        "plan": PlanTemplate.objects.create(name="Mẫu 16 tuần").pk,
        "contribution": factories.make_contribution(commune_a, sponsor, by=sponsor_a).pk,
        "difficulty": factories.make_difficulty(task).pk,
        "attachment": photo.pk,
        "evidence": evidence.pk,
        "sheet_cell": f"c{criteria_set.criteria.first().pk}",
        "month": "2022-04",
    }


@pytest.fixture
def sign_in(client, request):
    def sign_in(role):
        if role != "anonymous":
            client.force_login(request.getfixturevalue(role))
        return client

    return sign_in


def url_names(resolver=None, namespace=""):
    """Every name of the URL configuration, without the admin site (it has its own test)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from url_names(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_url_is_in_the_matrix():
    assert set(url_names()) == set(MATRIX)


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_open(role, world, sign_in):
    client = sign_in(role)

    found = {
        name: client.get(reverse(name, args=[world[arg] for arg in args])).status_code
        for name, (args, _expected) in MATRIX.items()
    }

    assert found == {name: expected[role] for name, (_args, expected) in MATRIX.items()}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_write(role, world, sign_in):
    found = {}
    with zeal_ignore():  # one session per address is this test's doing, not a page's
        for name, (args, _expected) in MATRIX.items():
            client = sign_in(role)  # again each time: signing out is one of the addresses
            url = reverse(name, args=[world[arg] for arg in args])
            found[name] = client.post(url).status_code

    # Django's own page asks who is there before it says that it takes no POST.
    wanted = dict.fromkeys(MATRIX, 405) | {name: row[role] for name, row in WRITERS.items()}
    assert found == wanted


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_enter_the_admin_site(role, world, sign_in):
    client = sign_in(role)

    assert client.get(reverse("admin:index")).status_code == (200 if role == "admin" else 302)


def test_a_village_sponsor_sees_the_village_and_not_its_commune(client, installation, commune_a):
    village = factories.make_village(commune_a)
    other = factories.make_village(commune_a)
    user = factories.make_sponsor_user(factories.make_sponsor())
    CommuneAccess.objects.create(
        user=user, commune=commune_a, village=village, level="view", source="assignment"
    )
    client.force_login(user)

    def status(name, arg):
        return client.get(reverse(name, args=[arg])).status_code

    assert status("dashboard:village", village.pk) == 200
    assert status("dashboard:village", other.pk) == 404
    assert status("dashboard:commune", commune_a.code) == 404


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, (args, expected) in MATRIX.items()
        if args and name != "reports:month" and expected != NO_GET
    ],
)
def test_an_object_that_does_not_exist_is_not_found(name, world, office, client):
    client.force_login(office)
    for absent in ("99999999", 99999999):
        try:
            url = reverse(name, args=[absent])
        except NoReverseMatch:
            continue
        assert client.get(url).status_code == 404
