"""Every address answers every role as `tests.role_matrix` says."""

from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
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
from tests.role_matrix import MATRIX, NO_GET, ROLES, WRITERS
from tests.walk.addresses import with_objects
from tests.walk.conftest import signed_in

NO_PAGE_HAS = ("PUT", "PATCH", "DELETE", "TRACE")


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
    april = Period.objects.create(
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
        "text_section": "kinh-phi",
        "import_kind": "needs",
        "import_batch": factories.make_import(user_a).pk,
        "kept_file": factories.make_kept_file(april).pk,
    }


@pytest.fixture
def sign_in(client, request):
    def sign_in(role):
        if role != "anonymous":
            user = request.getfixturevalue(role)
            user.refresh_from_db()  # one of the addresses ends the sessions of before
            client.force_login(user)
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
def test_what_each_role_may_open(role, world, sign_in, asked):
    client = sign_in(role)
    asked[role] += len(MATRIX)

    found = {
        name: client.get(reverse(name, args=[world[arg] for arg in args])).status_code
        for name, (args, _expected) in MATRIX.items()
    }

    assert found == {name: expected[role] for name, (_args, expected) in MATRIX.items()}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_write(role, world, sign_in, asked):
    found = {}
    asked[role] += len(MATRIX)
    with zeal_ignore():  # one session per address is this test's doing, not a page's
        for name, (args, _expected) in MATRIX.items():
            client = sign_in(role)  # again each time: signing out is one of the addresses
            url = reverse(name, args=[world[arg] for arg in args])
            found[name] = client.post(url).status_code

    # Django's own page asks who is there before it says that it takes no POST.
    wanted = dict.fromkeys(MATRIX, 405) | {name: row[role] for name, row in WRITERS.items()}
    assert found == wanted


@pytest.mark.walk
@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_more_by_another_method_or_a_made_up_object(role, world, request, asked):
    """HEAD is answered as GET, the methods that no page has do nothing, what does not exist answers
    as what is somebody else's."""
    client = Client() if role == "anonymous" else signed_in(request.getfixturevalue(role))
    objects = {url.name: url for url in with_objects()}
    wrong = []

    def status(method, url):
        asked[role] += 1
        return client.generic(method, url).status_code

    for name, (args, row) in MATRIX.items():
        own = reverse(name, args=[world[arg] for arg in args])
        if (head := status("HEAD", own)) != row[role]:
            wrong.append((name, "HEAD", head))
        # The page to sign in leads on whoever is in, before anything else.
        allowed = {302, 405} if role == "anonymous" or name == "login" else {405}
        for method in NO_PAGE_HAS:
            if (answer := status(method, own)) not in allowed:
                wrong.append((name, method, answer))
        if name not in objects:
            continue
        absent = objects[name].absent()
        for method, seen in (("GET", row), ("POST", WRITERS.get(name, NO_GET))):
            answer = status(method, absent)
            hidden = {404} if seen[role] == 404 else {302, 403, 404, 405}
            if answer not in hidden:
                wrong.append((name, f"{method} of what is not", answer))
    assert wrong == []


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
