"""Warnings: what each rule finds, who sees which, how they are explained and open again."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from criteria.choices import Outcome, SourceKind, Stage
from criteria.money_rules import Entry
from criteria.services.debts import state_debt
from criteria.services.explanations import StaleFinding, explain
from criteria.services.funding import NeedEntry, record_needs
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import AuditEntry, Explanation, Period
from ntm_tracker.dashboard.selectors.warnings import all_warnings
from sponsors.choices import Giver
from tests import factories
from tests.criteria.money_desk import TRIEU, enter
from tests.dashboard.build import make_contribution, text_of
from tests.factories import NOW, TODAY, assess

pytestmark = pytest.mark.django_db
URL = reverse("dashboard:warnings")
TEXT = "Vốn phân bổ theo cả dự án, sẽ điều chỉnh khi quyết toán."


@pytest.fixture
def found(installation):
    """What a reader is warned of, as {rule: [sentence, …]}."""

    def found(user):
        rules: dict[str, list[str]] = {}
        for row in all_warnings(user, as_of_on(None, installation), installation):
            rules.setdefault(row.rule, []).append(row.sentence)
        return rules

    return found


@pytest.fixture
def over(commune_a):
    """A work item of commune A with more money than it needs."""
    return factories.make_item(need=10 * TRIEU, identified=12 * TRIEU, commune=commune_a)


def finding_of(user, installation):
    (found,) = all_warnings(user, as_of_on(None, installation), installation)
    return found


def test_more_identified_than_needed_and_more_paid_than_identified(found, office, over):
    enter(over, Entry.DISBURSEMENT, 13 * TRIEU, office, kind=SourceKind.CREDIT)
    factories.make_item(need=5 * TRIEU, identified=5 * TRIEU)  # just enough is no warning

    assert found(office) == {
        "source_over_need": [
            "Nguồn xác định lớn hơn nhu cầu 2 triệu đồng (nhu cầu 10 triệu đồng, đã xác định 12 "
            "triệu đồng)."
        ],
        "paid_over_source": [
            "Giải ngân lớn hơn nguồn xác định 1 triệu đồng (đã xác định 12 triệu đồng, đã giải "
            "ngân 13 triệu đồng)."
        ],
    }


def test_days_outside_the_programme_and_in_reported_months(found, office, installation):
    Period.objects.create(
        month=date(2022, 3, 1), cut_off_on=date(2022, 3, 31), due_on=date(2022, 4, 5)
    )
    item = factories.make_item()
    in_time = datetime(2022, 4, 5, 10, tzinfo=UTC)
    for day, now in (
        (date(2021, 12, 31), NOW),
        (date(2022, 3, 31), NOW),
        (date(2022, 3, 30), in_time),
        (date(2022, 4, 1), NOW),
    ):
        record_needs([NeedEntry(item, TRIEU, day)], by=None, now=now, today=TODAY)
    loaded = NeedEntry(item, TRIEU, date(2022, 3, 1), provenance="illustrative")
    record_needs([loaded], by=None, now=NOW, today=TODAY)

    assert found(office) == {
        "outside_period": [
            "Ngày 31/12/2021 ở trước ngày đầu có số liệu 01/01/2022.",
            "Ngày 31/03/2022 thuộc kỳ tháng 03/2022 đã hết hạn báo cáo 05/04/2022; số đã báo cáo "
            "của kỳ đó thay đổi.",
        ]
    }


def test_met_without_anything_to_show_for_it(found, office, commune_a):
    first, second, third, *_rest = factories.make_set().criteria.all()
    assess(commune_a, first)
    assess(commune_a, second, note="Đã nghiệm thu 4 tuyến")
    assess(commune_a, third)
    assess(commune_a, third, stage=Stage.VERIFIED)
    assess(factories.make_commune(), first, Outcome.NOT_MET)

    assert [len(rows) for rows in found(office).values()] == [1]
    assert found(office)["met_without_evidence"][0].startswith("Tiêu chí 1 “Tiêu chí thử 1”")


def owe(commune, overdue, by=None, total=5):
    state_debt(
        commune=commune,
        total=total * TRIEU,
        overdue=overdue * TRIEU,
        effective_on=TODAY,
        by=by,
        now=NOW,
        today=TODAY,
    )


def test_overdue_debt_and_not_debt_itself(found, office, commune_a, commune_b):
    owe(commune_a, 2)
    owe(commune_b, 0)

    (sentence,) = found(office)["overdue_debt"]
    assert "nợ đọng xây dựng cơ bản 2 triệu đồng" in sentence
    owe(commune_a, 0)
    assert found(office) == {}


def give(sponsor_user, commune, amount):
    sponsor = sponsor_user.sponsor_member.sponsor
    return make_contribution(commune, amount * TRIEU, giver=Giver.SPONSOR, sponsor=sponsor)


def test_more_delivered_than_promised(found, office, sponsor_a, commune_a):
    give(sponsor_a, commune_a, 20)

    assert found(office) == {
        "delivered_over_promised": [
            "Đã thực hiện lớn hơn cam kết 20 triệu đồng (chưa ghi cam kết nào bằng tiền, đã thực "
            "hiện 20 triệu đồng)."
        ]
    }


def test_each_reader_is_warned_of_his_own(
    found, office, viewer, department, user_a, user_b, sponsor_a, sponsor_b, commune_a, over
):
    owe(commune_a, 2)
    give(sponsor_a, commune_a, 20)
    factories.make_item(need=1, identified=2, commune=None)

    money = {"source_over_need", "overdue_debt"}
    for user in (office, viewer, department):
        assert set(found(user)) == money | {"delivered_over_promised"}
        assert len(found(user)["source_over_need"]) == 2
    assert set(found(user_a)) == money | {"delivered_over_promised"}
    assert len(found(user_a)["source_over_need"]) == 1
    assert set(found(sponsor_a)) == {"delivered_over_promised"}
    assert (found(user_b), found(sponsor_b)) == ({}, {})


def test_an_explained_warning_opens_again_when_the_figures_move(office, user_a, over, installation):
    finding = finding_of(user_a, installation)
    written = {"by": user_a, "now": NOW, "today": TODAY}
    with pytest.raises(ValidationError, match="Hãy giải trình"):
        explain(finding=finding, seen=finding.fingerprint, text="ok", **written)
    with pytest.raises(StaleFinding):
        explain(finding=finding, seen="1/2", text=TEXT, **written)
    explain(finding=finding, seen=finding.fingerprint, text=TEXT, **written)

    explained = finding_of(office, installation)
    assert (explained.is_open, explained.explanation.text) == (False, TEXT)
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.action, entry.new, entry.commune_id) == (
        "warning.explain",
        TEXT,
        over.commune_id,
    )
    enter(over, Entry.SOURCE, TRIEU, office)
    again = finding_of(office, installation)
    assert (again.is_open, again.explanation.text) == (True, TEXT)


@pytest.mark.parametrize("role", ["user_b", "viewer", "department", "sponsor_a"])
def test_who_does_not_answer_for_a_figure_does_not_explain_it(
    role, office, over, installation, request
):
    finding = finding_of(office, installation)
    with pytest.raises(PermissionDenied, match="nơi nhập số liệu"):
        explain(
            finding=finding,
            seen=finding.fingerprint,
            text=TEXT,
            by=request.getfixturevalue(role),
            now=NOW,
            today=TODAY,
        )
    assert not Explanation.objects.exists()


def test_a_sponsor_explains_what_it_gave(client, sponsor_a, commune_a, user_a, installation):
    give(sponsor_a, commune_a, 20)
    finding = finding_of(sponsor_a, installation)
    page = reverse("dashboard:warning-explain", args=[finding.key])
    client.force_login(user_a)
    assert client.get(page).status_code == 403
    client.force_login(sponsor_a)
    answer = client.post(page, {"seen": finding.fingerprint, "text": TEXT})

    assert (answer.status_code, answer["Location"]) == (303, URL)
    assert Explanation.objects.get().sponsor_id == finding.sponsor_id


def test_the_list_has_tabs_filters_and_forms_in_place(client, office, over, installation):
    client.force_login(office)
    finding = finding_of(office, installation)
    row, page = f"canh-bao-{finding.key}", reverse("dashboard:warning-explain", args=[finding.key])
    htmx = {"HX-Request": "true", "HX-Target": row}
    assert "Chưa giải trình 1 Đã giải trình 0" in text_of(client.get(URL))
    form = client.get(page, headers=htmx).content.decode()
    assert (f'id="{row}"' in form, "<textarea" in form, "<html" in form) == (True, True, False)

    assert client.post(page, {"seen": "x", "text": ""}, headers=htmx).status_code == 422
    stale = client.post(page, {"seen": "x", "text": TEXT}, headers=htmx)
    assert stale.status_code == 409
    assert TEXT in stale.content.decode()
    assert f'value="{finding.fingerprint}"' in stale.content.decode()
    done = client.post(page, {"seen": finding.fingerprint, "text": TEXT}, headers=htmx)

    assert (done.status_code, "đã giải trình" in done.content.decode()) == (200, True)
    assert "Chưa giải trình 0 Đã giải trình 1" in text_of(client.get(URL))
    assert TEXT in text_of(client.get(f"{URL}?state=explained"))
    other = text_of(client.get(f"{URL}?state=explained&rule=overdue_debt"))
    assert "Chưa giải trình 0 Đã giải trình 0" in other
    part = client.get(f"{URL}?commune=18523", headers=htmx | {"HX-Target": "warnings"})
    assert "<html" not in part.content.decode()
    assert client.get(f"{URL}?rule=pledge").status_code == 400
    assert client.get(f"{URL}?as_of=2022-03-31")["Location"] == URL


def test_a_warning_that_has_gone_is_not_found(client, office, over, installation):
    client.force_login(office)
    key = finding_of(office, installation).key
    enter(over, Entry.NEED, 20 * TRIEU, office)
    assert client.get(reverse("dashboard:warning-explain", args=[key])).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_warnings(
    n, client, office, sponsor_a, installation, django_assert_num_queries
):
    criterion = factories.make_set().criteria.first()
    for _ in range(n):
        commune = factories.make_commune()
        factories.make_item(need=1, identified=2, commune=commune, on=date(2021, 12, 1))
        assess(commune, criterion)
        owe(commune, 1)
        give(sponsor_a, commune, 5)
    client.force_login(office)
    with django_assert_num_queries(17):
        assert client.get(URL).status_code == 200
