"""Pages on the cut-off day of a closed month answer from what was kept, whatever changes since."""

import re

import pytest
from django.urls import reverse

from communes.models import Commune
from criteria.models import WorkItem
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import Installation, User
from ntm_tracker.reports.services.closing import except_commune, reopen_month
from tests.reports.closed_month import (
    CUT_OFF,
    LATER,
    TODAY,
    a_difficulty,
    a_sponsor,
    a_task,
    an_assignment,
    change_forty,
    change_what_surrounds,
    end_a_commune,
    owe_more,
    put_off_a_task,
    rename_a_sponsor,
)

SAYS = "Số liệu tháng 04/2022 đã chốt lúc 08:30 ngày 06/05/2022"
DAY = {"as_of": "2022-04-30"}


def addresses() -> list[str]:
    """The pages that speak of a day, with communes and sponsors that will change."""
    changed, item = a_sponsor(), WorkItem.objects.filter(commune__code="18502").order_by("pk")[0]
    return [
        reverse("dashboard:board"),
        reverse("dashboard:board") + "?scope=district",
        reverse("dashboard:progress"),
        reverse("dashboard:map"),
        reverse("dashboard:compare"),
        reverse("dashboard:compare") + "?commune=18502&since=2022-01-31",
        reverse("dashboard:forecast"),
        reverse("sponsors:sponsor-picture"),
        *(
            reverse("dashboard:commune", args=[code])
            for code in ("18502", "18523", last_commune().code)
        ),
        reverse("criteria:funding") + "?open=all",
        reverse("criteria:funding") + "?commune=18502",
        reverse("criteria:criterion-list"),
        reverse("criteria:criterion", args=[2]),
        reverse("criteria:criterion", args=[20]),
        reverse("dashboard:money-flow"),
        reverse("criteria:village-list"),
        reverse("criteria:village-list") + "?commune=18502",
        reverse("sponsors:sponsor-list"),
        reverse("sponsors:sponsor", args=[changed.pk]),
        reverse("sponsors:task-list"),
        reverse("sponsors:task-list") + "?state=cancelled",
        reverse("sponsors:timeline"),
        reverse("sponsors:timeline") + "?by=sponsor&step=month",
        reverse("sponsors:task", args=[a_task().pk]),
        reverse("criteria:work-item", args=[item.code]),
        reverse("criteria:debt", args=["18502"]),
        reverse("criteria:debt", args=[last_commune().code]),
        reverse("criteria:village-grid", args=["18502"]),
        reverse("criteria:judgement", args=["18502", 1]),
        reverse("criteria:judgement", args=[last_commune().code, 1]),
        reverse("criteria:dossier", args=["18502"]),
        reverse("criteria:dossier", args=[last_commune().code]),
        reverse("sponsors:difficulty-list"),
        reverse("sponsors:difficulty-list") + "?state=open",
        reverse("sponsors:difficulty", args=[a_difficulty().pk]),
        reverse("sponsors:contribution-list"),
        reverse("sponsors:contribution-list") + "?commune=18502",
        reverse("sponsors:assignment-list"),
        reverse("sponsors:assignment-list") + "?view=none",
        reverse("sponsors:assignment", args=[an_assignment().pk]),
        reverse("sponsors:review-list"),
    ]


def last_commune() -> Commune:
    """The one that `end_a_commune` will end."""
    return Commune.objects.active_on(CUT_OFF).filter(district__code="444", kind="xa").last()


def figures(answer) -> str:
    """The page without keys, without the trail, which stays live, and without the form to judge."""
    text = answer.content.decode()
    text = text[text.index("<main") : text.index("</main>")]
    text = re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"', "", text)
    return re.sub(r'<section[^>]*id="thay-doi".*?</section>', "", text, flags=re.DOTALL)


def read(client, account: str, pages: list[str]) -> dict[str, str]:
    """Address → its figures, of those that the account may open."""
    client.force_login(User.objects.get(username=account))
    found = {}
    for address in pages:
        answer = client.get(f"{address}{'&' if '?' in address else '?'}as_of=2022-04-30")
        if answer.status_code == 200:
            found[address] = figures(answer)
    return found


@pytest.mark.parametrize(
    ("account", "pages"),
    [("vanphong", 43), ("bcd", 43), ("xa-ha-linh", 33), ("donvi-07", 33)],
)
def test_pages_of_a_closed_month_stay_the_same(closed_april, client, account, pages):
    there = addresses()
    before = read(client, account, there)
    assert len(before) == pages, sorted(before)

    change_forty(closed_april)
    owe_more("18502")
    rename_a_sponsor()
    put_off_a_task()
    change_what_surrounds()
    end_a_commune()
    after = read(client, account, there)

    assert before.keys() == after.keys()
    for address, text in before.items():
        assert after[address] == text, address


def test_the_live_pages_do_change(in_may, closed_april, client):
    """So that the test above says something: opened again, the same pages move."""
    there = addresses()
    before = read(client, "vanphong", there)
    change_forty(closed_april)
    rename_a_sponsor()
    change_what_surrounds()

    reopen_month(closed_april, reason="Kiểm tra", by=None, now=LATER)
    after = read(client, "vanphong", there)

    same = [address for address, text in before.items() if after[address] == text]
    # Nothing was changed in the commune that is neither open nor sponsored.
    assert len(same) <= 1, same


def test_who_enters_late_on_the_closed_day_sees_what_was_entered(in_may, closed_april, client):
    """The reporting date may still be the cut-off; pages on which people write are live then."""
    in_may.reporting_date = CUT_OFF
    in_may.save()
    commune = Commune.objects.active_on(CUT_OFF).get(code="18502")
    except_commune(
        closed_april,
        commune=commune,
        until=TODAY,
        reason="Bổ sung nợ",
        by=None,
        now=LATER,
        today=CUT_OFF,
    )
    owe_more("18502")
    client.force_login(User.objects.get(username="xa-ha-linh"))

    page = client.get(reverse("criteria:debt", args=["18502"])).content.decode()

    assert "987,7" in page
    assert SAYS not in page
    assert SAYS in client.get(reverse("dashboard:board")).content.decode()


def test_the_pages_say_that_the_month_is_closed(closed_april, client):
    client.force_login(User.objects.get(username="vanphong"))

    for address in addresses():
        day = f"{address}{'&' if '?' in address else '?'}as_of=2022-04-30"
        assert SAYS in client.get(day).content.decode(), address
        assert SAYS not in client.get(address).content.decode(), address


def test_a_closed_month_costs_the_other_days_nothing(closed_april, django_assert_num_queries):
    installation = Installation.current()
    with django_assert_num_queries(0):
        assert as_of_on(TODAY, installation).closed is None
    with django_assert_num_queries(1):
        assert as_of_on(CUT_OFF, installation).closed.period_id == closed_april.pk
    with django_assert_num_queries(1):
        assert as_of_on(CUT_OFF.replace(day=29), installation).closed is None


@pytest.mark.parametrize(
    "query", [{}, {"q": "so tu phap"}, {"kind": "agency"}, {"commune": "18502"}, {"late": "1"}]
)
def test_the_kept_list_of_sponsors_is_filtered_as_the_live_one(closed_april, client, query):
    client.force_login(User.objects.get(username="vanphong"))
    kept = client.get(reverse("sponsors:sponsor-list"), DAY | query).context["list"]
    reopen_month(closed_april, reason="So sánh", by=None, now=LATER)

    live = client.get(reverse("sponsors:sponsor-list"), DAY | query).context["list"]

    assert [row.pk for row in kept.rows] == [row.pk for row in live.rows]
    assert (kept.promised, kept.delivered, kept.late_papers) == (
        live.promised,
        live.delivered,
        live.late_papers,
    )


TASK_QUERIES = (
    {},
    {"state": "open"},
    {"state": "accepted"},
    {"state": "cancelled"},
    {"late": "1"},
    {"due": "7"},
    {"commune": "18502"},
    {"criterion": "17"},
    {"q": "vuon mau"},
)
LINE_QUERIES = ({}, {"by": "sponsor", "step": "month"}, {"owner": "sponsor"}, {"criterion": "17"})


def test_kept_tasks_are_filtered_and_laid_out_as_the_live_ones(closed_april, client):
    client.force_login(User.objects.get(username="vanphong"))

    def shown():
        lists = [
            client.get(reverse("sponsors:task-list"), DAY | query).context["list"]
            for query in TASK_QUERIES
        ]
        lines = [
            client.get(reverse("sponsors:timeline"), DAY | query).context["timeline"]
            for query in LINE_QUERIES
        ]
        return [([row.pk for row in one.rows], one.counts) for one in lists], [
            [(group.name, group.sums, [row.task.pk for row in group.rows]) for group in one.groups]
            for one in lines
        ]

    kept = shown()
    reopen_month(closed_april, reason="So sánh", by=None, now=LATER)

    assert kept == shown()


BIND_QUERIES = (
    *({}, {"papers": "agreement"}, {"papers": "plan"}, {"papers": "any"}, {"papers": "late"}),
    *({"commune": "18502"}, {"view": "none"}, {"view": "many"}, {"view": "no_lead"}),
)
TURN_QUERIES = (
    *({}, {"state": "open"}, {"state": "answered"}, {"late": "1"}, {"mine": "1"}),
    *({"commune": "18502"}, {"answerer": "office"}),
)


def test_kept_assignments_and_difficulties_are_filtered_as_the_live_ones(closed_april, client):
    client.force_login(User.objects.get(username="vanphong"))

    def shown(name, queries, *counts):
        lists = [client.get(reverse(name), DAY | query).context["list"] for query in queries]
        return [
            (
                [row.pk for row in one.rows],
                len(one.page.object_list),
                *(getattr(one, count) for count in counts),
            )
            for one in lists
        ]

    sums = ("total", "sponsors", "no_agreement", "no_plan", "late", "coverage")
    asked = (
        ("sponsors:assignment-list", BIND_QUERIES, *sums),
        ("sponsors:difficulty-list", TURN_QUERIES, "counts"),
    )
    kept = [shown(*one) for one in asked]
    assert kept[0][0][2] > 0
    assert kept[1][0][2].late > 0
    reopen_month(closed_april, reason="So sánh", by=None, now=LATER)

    assert kept == [shown(*one) for one in asked]


@pytest.mark.parametrize(
    "name",
    [
        *("criteria:funding", "criteria:village-list", "sponsors:sponsor-list"),
        *("sponsors:task-list", "sponsors:assignment-list", "sponsors:contribution-list"),
        *("sponsors:difficulty-list", "sponsors:review-list"),
    ],
)
def test_a_list_of_a_closed_day_is_the_same_as_a_file(closed_april, client, name):
    client.force_login(User.objects.get(username="vanphong"))
    before = client.get(reverse(name), DAY | {"file": "csv"})
    assert before.status_code == 200

    change_forty(closed_april)
    change_what_surrounds()
    rename_a_sponsor()

    assert client.get(reverse(name), DAY | {"file": "csv"}).content == before.content


def test_who_sees_one_commune_reads_only_that_from_what_was_kept(closed_april, client):
    """Nothing of others comes out of the kept rows."""
    client.force_login(User.objects.get(username="xa-ha-linh"))
    others = WorkItem.objects.filter(commune__code="18523").values_list("name", flat=True)

    funding = client.get(reverse("criteria:funding"), DAY | {"open": "all"}).content.decode()
    board = client.get(reverse("dashboard:board"), DAY).content.decode()

    assert not [name for name in others if name in funding and "Hương Bình" in name]
    assert "Hà Linh" in board
    assert "Hương Bình" not in board
