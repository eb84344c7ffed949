"""Tasks along weeks and months: where bars begin and end, what is late, who sees what."""

from datetime import date

import pytest
from django.urls import reverse

from sponsors.choices import Owner
from sponsors.selectors import TaskFilters, TimelineFilters, timeline
from sponsors.selectors.timeline import MONTH, SPONSOR, columns_from
from tests.factories import TODAY, make_commune, make_sponsor, make_sponsor_user
from tests.sponsors.build import create_task, on, report


def laid(user, filters=None, as_of=None):
    found = timeline(user, as_of or on(), filters or TimelineFilters())
    return [row for group in found.groups for row in group.rows]


def cells(row):
    return row.before, row.planned, row.late, row.after


def test_columns_of_weeks_and_months_hold_the_day():
    weeks = columns_from("week", None, TODAY)
    assert (weeks[0].first, weeks[-1].last, len(weeks)) == (
        date(2022, 4, 4),
        date(2022, 6, 26),
        12,
    )
    assert [at for at, column in enumerate(weeks) if column.is_today] == [3]
    months = columns_from(MONTH, None, TODAY)
    assert [column.label for column in months] == [f"{month}/2022" for month in range(2, 8)]
    assert columns_from(MONTH, date(2021, 11, 20), TODAY)[3].first == date(2022, 2, 1)


@pytest.mark.parametrize(
    ("starts", "due", "expected"),
    [
        ((4, 11), (4, 24), (1, 2, 1, 8)),  # late since the week before the day
        ((4, 11), (5, 8), (1, 4, 0, 7)),
        ((3, 1), (4, 3), (0, 0, 4, 8)),  # was due before the first column
        ((3, 1), (12, 31), (0, 12, 0, 0)),
        ((6, 20), (7, 31), (11, 1, 0, 0)),
    ],
)
def test_cells_fill_the_row(office, starts, due, expected):
    create_task(
        starts_on=date(2022, *starts), due_on=date(2022, *due), assigned_on=date(2022, 3, 1)
    )
    row = laid(office)[0]
    assert cells(row) == expected
    assert sum(cells(row)) == 12
    gaps = [*row.gap_before, *row.gap_after]
    assert sum(span for span, _is_today in gaps) == row.before + row.after
    # The day stands in the fourth column: in a gap it has a cell of its own.
    covered = row.before <= 3 < row.before + row.planned + row.late
    assert [span for span, is_today in gaps if is_today] == ([] if covered else [1])


def test_what_is_outside_or_cancelled_is_not_shown(office):
    create_task(starts_on=date(2022, 7, 1), due_on=date(2022, 7, 31))
    done = create_task(assigned_on=date(2022, 2, 1), due_on=date(2022, 3, 1))
    report(done, transition="propose_done")
    report(done, transition="accept")
    report(create_task(), transition="cancel", note="Trùng.")
    assert laid(office) == []


def test_groups_by_commune_and_by_sponsor_count_their_tasks(office):
    commune, sponsor = make_commune(name="Hà Linh"), make_sponsor(name="Sở B")
    create_task(commune=commune, sponsor=sponsor, due_on=date(2022, 4, 20))
    create_task(commune=commune, owner=Owner.COMMUNE)
    create_task(commune=make_commune(name="Điền Mỹ"), sponsor=sponsor)

    by_commune = timeline(office, on(), TimelineFilters()).groups
    by_sponsor = timeline(office, on(), TimelineFilters(by=SPONSOR)).groups

    assert [(group.name, group.sums.total, group.sums.late) for group in by_commune] == [
        ("Xã Điền Mỹ", 1, 0),
        ("Xã Hà Linh", 2, 1),
    ]
    assert [(group.name, group.sums.total) for group in by_sponsor] == [
        ("Sở B", 2),
        ("Không có đơn vị đỡ đầu", 1),
    ]


def test_filters_narrow_and_the_day_decides_what_is_late(office):
    sponsor = make_sponsor()
    task = create_task(sponsor=sponsor, due_on=date(2022, 4, 20))
    create_task(owner=Owner.COMMUNE)
    only = TimelineFilters(tasks=TaskFilters(sponsor=sponsor.pk))
    assert [row.task.pk for row in laid(office, only)] == [task.pk]
    assert [row.task.owner for row in laid(office, TimelineFilters(owner="commune"))] == ["commune"]
    assert laid(office, only)[0].late == 1
    assert laid(office, only, on(date(2022, 4, 15)))[0].late == 0


def test_a_sponsor_sees_its_own_tasks_alone(commune_a):
    clerk = make_sponsor_user(make_sponsor(), commune_a)
    own = create_task(commune=commune_a, sponsor=clerk.sponsor_member.sponsor)
    create_task(commune=commune_a)
    found = timeline(clerk, on(), TimelineFilters())
    assert [row.task.pk for row in found.groups[0].rows] == [own.pk]
    assert found.groups[0].sums.total == 1


@pytest.mark.parametrize("n", [1, 3])
def test_the_timeline_costs_the_same_for_one_and_three(n, office, django_assert_num_queries):
    for _ in range(n):
        create_task()
    with django_assert_num_queries(3):
        assert len(laid(office)) == n


def test_the_page_marks_today_and_refuses_nonsense(client, installation, office):
    create_task(due_on=date(2022, 4, 20), title="Đường <b>thôn</b>")
    client.force_login(office)
    url = reverse("sponsors:timeline")
    page = client.get(url).content.decode()
    assert "▼ 30/04" in page
    assert "Đường &lt;b&gt;thôn&lt;/b&gt;" in page
    assert "! 10 ngày" in page
    assert 'href="?start=2022-06-20"' in page

    fragment = client.get(url, headers={"HX-Request": "true", "HX-Target": "timeline"})
    assert fragment.content.decode().lstrip().startswith('<div id="timeline">')
    for query in ("by=x", "start=abc", "start=0001-01-03", "step=x", "sponsor=x"):
        assert client.get(f"{url}?{query}").status_code == 400, query
    assert client.get(f"{url}?page=9").status_code == 404
    assert (
        "Không có việc nào trong khoảng này"
        in client.get(f"{url}?start=2030-01-07").content.decode()
    )
