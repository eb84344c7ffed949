"""The demo case holds what the article and the decisions state, and marks everything else."""

import csv
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.contrib.auth import authenticate

from communes.models import Commune, Village
from criteria.choices import DossierState, Level, Measure, SourceKind
from criteria.models import (
    Assessment,
    DossierStep,
    FundingSource,
    Milestone,
    Standing,
    WorkItem,
)
from criteria.selectors.control import Verdict, announced, announced_count, control_lines
from criteria.selectors.funding import FundingNode, funding_tree, item_lines, total
from criteria.selectors.history import standing_differences
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import set_in_force
from criteria.selectors.standings import changes_between, commune_standings, overdue_criteria
from criteria.selectors.villages import village_counts, village_rows
from ntm_tracker.core.choices import Provenance, Role
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.fields import Sourced
from ntm_tracker.core.models import AuditEntry, Document, Installation, Period, User
from ntm_tracker.core.numbers import to_ty
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.dashboard.demo import FOLDER
from sponsors.choices import Giver, Owner
from sponsors.models import Assignment, Commitment, Contribution, Difficulty, Sponsor, Task
from sponsors.selectors.history import task_differences

MARCH, ANNOUNCED, APRIL, MAY, JUNE = (
    date(2022, 3, 31),
    date(2022, 4, 26),
    date(2022, 4, 30),
    date(2022, 5, 31),
    date(2022, 6, 30),
)
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
# Category → need, identified, missing in tỷ, as the article prints them.
PUBLISHED = {
    "giao-thong": ("1.142,1", "328,1", "814,0"),
    "y-te-van-hoa-giao-duc": ("73,6", "1,2", "72,4"),
    "kinh-te": ("101,0", "0,0", "101,0"),
    "moi-truong": ("15,0", "0,0", "15,0"),
    "chat-luong-moi-truong-song": ("15,0", "0,0", "15,0"),
}
# The four communes that the article names as "chạm chuẩn", and the four at 10 to 12 criteria.
TOUCHING = {"Hương Bình", "Hương Thủy", "Phúc Đồng", "Hòa Hải"}
BEHIND = {"Hương Lâm", "Hương Liên", "Điền Mỹ", "Hà Linh"}
REAL_BODIES = {
    "Sở Tư pháp",
    "Viện Kiểm sát nhân dân tỉnh",
    "Tòa án nhân dân tỉnh",
    "Cục Thuế tỉnh",
}


def standings(on):
    as_of = as_of_on(on)
    communes = tracked_communes(WholeProvince(), on, Installation.current().focus_district)
    return commune_standings(communes, set_in_force(Level.COMMUNE, on, "42"), as_of)


def lines(on):
    return item_lines(WorkItem.objects.all(), on)


def in_ty(money):
    assert money.surplus == 0
    return tuple(to_ty(amount) for amount in (money.need, money.identified, money.missing))


@pytest.mark.parametrize("on", [ANNOUNCED, APRIL])
def test_money_is_the_published_one_at_every_level(case, on):
    tree = funding_tree(lines(on))

    assert {node.key: in_ty(node.money) for node in tree} == PUBLISHED
    assert in_ty(total(lines(on))) == ("1.346,7", "329,3", "1.017,4")
    for category in tree:
        assert sum((node.money for node in category.children), type(category.money)()) == (
            category.money
        )
        for commune in category.children:
            assert sum((item.money for item in commune.children), type(commune.money)()) == (
                commune.money
            )
            assert all(isinstance(item, FundingNode) for item in commune.children)
    roads = next(node for node in tree if node.key == "giao-thong")
    assert len(roads.children) == 9  # eight communes, and what is inter-commune


def test_published_figures_are_met_to_the_dong(case):
    controls = control_lines(lines(APRIL), announced(APRIL))

    assert len(controls) == 18
    assert {line.verdict for line in controls} == {Verdict.EQUAL}
    assert not [row for line in controls for row in line.rows]


def test_later_differences_are_named_to_the_row(case):
    controls = control_lines(lines(MAY), announced(MAY))
    moved = [line for line in controls if line.difference]

    assert {line.control.measure for line in moved} == {
        Measure.NEED,
        Measure.IDENTIFIED,
        Measure.MISSING,
    }
    for line in moved:
        named = sum(getattr(row, line.control.measure) for row in line.rows)
        assert named == line.difference


@pytest.mark.parametrize("on", [ANNOUNCED, APRIL])
def test_communes_stand_where_the_article_says(case, on):
    rows = standings(on)
    left = {row.name: row for row in rows if not row.is_recognised}

    assert len(rows) == 20
    assert left.keys() == TOUCHING | BEHIND
    assert {left[name].met for name in TOUCHING} == {20}
    assert {left[name].dossier for name in TOUCHING} == {DossierState.UNDER_APPRAISAL}
    assert {left[name].met for name in BEHIND} == {10, 11, 12}
    assert announced_count(announced(on), Measure.COMMUNES_LEFT).amount == len(left)


def test_recognised_neighbours_carry_only_their_dossier(case):
    neighbours = {row.commune_id for row in standings(APRIL) if row.is_recognised}

    assert len(neighbours) == 12
    assert not Assessment.objects.filter(commune__in=neighbours).exists()
    assert not Standing.objects.filter(commune__in=neighbours).exists()
    assert not WorkItem.objects.filter(commune__in=neighbours).exists()
    town = Commune.objects.get(code="18496", valid_from=date(2020, 1, 1))
    assert not DossierStep.objects.filter(dossier__commune=town).exists()


def test_council_vote_is_the_last_step_known(case):
    voted = {row.name for row in standings(JUNE) if row.dossier == DossierState.VOTED}

    assert voted == TOUCHING
    assert not any(row.is_recognised for row in standings(JUNE) if row.name in TOUCHING | BEHIND)


def test_villages_are_those_of_the_article(case):
    left = {
        on: village_counts(village_rows(Village.objects.all(), on)).left
        for on in (MARCH, ANNOUNCED, APRIL, MAY)
    }

    assert left == {MARCH: 52, ANNOUNCED: 50, APRIL: 50, MAY: 48}
    rows = village_rows(Village.objects.all(), APRIL)
    assert {row.commune_name for row in rows} == TOUCHING | BEHIND
    assert {row.commune_name for row in rows if not row.is_met} == TOUCHING | BEHIND
    sourced = {(r.name, r.commune_name) for r in rows if r.provenance == Provenance.SOURCED}
    assert sourced == {
        ("Thôn Bình Hưng", "Hương Bình"),
        ("Thôn Bình Trung", "Hương Bình"),
        ("Thôn 3", "Hương Liên"),
    }


def test_more_than_sixty_sponsors_under_decision_834(case):
    active = Assignment.objects.active_on(APRIL)

    assert Sponsor.objects.count() == active.values("sponsor").distinct().count() == 64
    assert {str(a.document) for a in active.select_related("document")} == {
        "834/QĐ-UBND ngày 22/04/2022"
    }
    leads = Counter(active.filter(is_lead=True).values_list("commune__name", flat=True))
    assert leads == dict.fromkeys(TOUCHING | BEHIND, 1)


def test_months_differ_in_state_money_and_tasks(case):
    def picture(on):
        tasks = Task.objects.on_date(on, is_present=False)
        return (
            sum(row.met for row in standings(on)),
            total(lines(on)),
            tasks.count(),
            tasks.late(on).count(),
            Counter(tasks.values_list("state_on", flat=True)),
            Contribution.objects.filter(effective_on__lte=on).count(),
        )

    march, april, may = (picture(on) for on in (MARCH, APRIL, MAY))

    for one, other in ((march, april), (april, may)):
        assert all(a != b for a, b in zip(one, other, strict=True) if a != 0)
    assert sum(row.met for row in standings(APRIL)) == 4 * 20 + 12 + 11 + 10 + 11


def test_reporting_date_has_something_of_everything(case):
    on = APRIL
    in_force = set_in_force(Level.COMMUNE, on, "42")
    communes = tracked_communes(WholeProvince(), on, "444")
    cells = Counter("".join(row.cells for row in standings(on)))
    tasks = Task.objects.on_date(on, is_present=True)
    changes = changes_between(communes, in_force, MARCH, on)

    # Every rung, a return, a criterion that does not apply, overdue on two rungs.
    assert set("svaSnxyR") <= cells.keys()
    assert overdue_criteria(communes, in_force, as_of_on(on))
    assert any(change.is_gain for change in changes)
    assert any(change.is_loss for change in changes)
    assert {task.owner for task in tasks} == set(Owner)
    assert {task.state_on for task in tasks} == {
        "assigned",
        "in_progress",
        "reported",
        "returned",
        "accepted",
    }
    assert 10 <= tasks.late(on).count() <= 20
    assert tasks.due_within(on, 7).count() >= 5
    assert Difficulty.objects.filter(effective_on__lte=on).exists()
    assert Commitment.objects.filter(effective_on__lte=on).exists()
    assert set(
        Contribution.objects.filter(effective_on__lte=on).values_list("giver", flat=True)
    ) == (set(Giver))


def test_real_bodies_appear_only_with_what_a_source_states(case):
    real = Sponsor.objects.filter(provenance=Provenance.SOURCED)
    with (FOLDER / "sourced_deeds.csv").open(encoding="utf-8", newline="") as file:
        deeds = list(csv.DictReader(file))

    assert set(real.values_list("name", flat=True)) == REAL_BODIES
    assert all("minh họa" in s.name for s in Sponsor.objects.exclude(pk__in=real))
    for model in (Task, Commitment, Contribution, Difficulty):
        assert not model.objects.filter(sponsor__in=real).exists()
    for assignment in Assignment.objects.filter(sponsor__in=real):
        assert assignment.commune.name == "Hương Bình"
        assert assignment.provenance == Provenance.SOURCED
        assert [
            assignment.agreement_due_on,
            assignment.agreement_signed_on,
            assignment.plan_due_on,
            assignment.plan_done_on,
        ] == [None] * 4
    assert [deed["is_loaded"] for deed in deeds].count("yes") == 1
    assert not any(deed["is_loaded"] == "yes" and deed["when"] > "2022-06-30" for deed in deeds)


def test_papers_of_made_up_sponsors_are_due_on_the_day_of_the_article(case):
    made_up = Assignment.objects.filter(provenance=Provenance.ILLUSTRATIVE)
    due = date(2022, 5, 10)

    assert set(made_up.values_list("agreement_due_on", "plan_due_on")) == {(due, due)}
    signed = [day for day in made_up.values_list("agreement_signed_on", flat=True) if day]
    assert [day for day in signed if day <= APRIL]
    assert [day for day in signed if APRIL < day <= due]
    assert [day for day in signed if day > due]
    assert len(signed) < made_up.count()


def test_every_row_says_where_it_comes_from(case):
    models = [
        model
        for model in apps.get_models()
        if issubclass(model, Sourced) and model is not Document and model.objects.exists()
    ]

    assert len(models) >= 14
    for model in models:
        assert not model.objects.filter(provenance=Provenance.ENTERED).exists(), model
        assert not model.objects.filter(source="").exists(), model


def test_after_the_meeting_only_the_vote_is_sourced(case):
    for model in (Assessment, Milestone, FundingSource, Contribution, Commitment):
        field = "as_of" if model is Assessment else "effective_on"
        later = model.objects.filter(**{f"{field}__gt": ANNOUNCED})
        assert not later.filter(provenance=Provenance.SOURCED).exists(), model
    steps = DossierStep.objects.filter(effective_on__gt=ANNOUNCED)
    assert set(steps.values_list("state", "effective_on", "provenance")) == {
        (DossierState.SURVEYED, date(2022, 6, 20), Provenance.ILLUSTRATIVE),
        (DossierState.VOTED, date(2022, 6, 28), Provenance.SOURCED),
    }
    assert not steps.exclude(state=DossierState.VOTED).filter(vote__isnull=False).exists()
    assert [step.note for step in steps.filter(vote__isnull=False)] == [
        "Hội đồng bỏ phiếu ngày 28/6/2022; số phiếu là minh họa. Chưa tìm thấy số quyết định công "
        "nhận, nên hồ sơ dừng ở bước này."
    ]


def test_present_equals_history_on_the_reporting_date(case):
    assert standing_differences(APRIL) == []
    assert task_differences(APRIL) == []


def test_nothing_lies_beyond_its_time(case):
    installation = Installation.current()

    assert installation.is_demo
    assert installation.reporting_date == APRIL
    assert (installation.first_date, installation.last_date) == (date(2022, 1, 31), JUNE)
    target = installation.target_date
    assert target == date(2022, 12, 31)
    assert not Task.objects.filter(due_on__gt=target).exists()
    assert not Milestone.objects.filter(planned_on__gt=target).exists()
    assert not AuditEntry.objects.filter(effective_on__gt=JUNE).exists()
    assert [(p.slug, p.cut_off_on, p.due_on) for p in Period.objects.all()][3] == (
        "2022-04",
        APRIL,
        date(2022, 5, 5),
    )
    assert Period.objects.count() == 6


def test_a_pledge_is_identified_only_where_the_office_recorded_it(case):
    source = FundingSource.objects.get(kind=SourceKind.SPONSOR)
    commitment = source.commitment

    assert commitment.effective_on < source.effective_on
    assert commitment.amount == source.amount
    assert total(lines(JUNE)).surplus > 0  # one item got more than it needs


def test_accounts_are_of_roles_and_units(case):
    roles = dict(User.objects.values_list("username", "role"))

    assert roles == {
        "quantri": Role.ADMIN,
        "vanphong": Role.OFFICE,
        "nganh-giao-thong": Role.DEPARTMENT,
        "xa-huong-binh": Role.COMMUNE,
        "xa-ha-linh": Role.COMMUNE,
        "donvi-07": Role.SPONSOR,
        "donvi-12": Role.SPONSOR,
        "bcd": Role.VIEWER,
    }
    assert authenticate(username="vanphong", password="ntm-demo-2022")
    lead = User.objects.get(username="nganh-giao-thong").department_member.department
    assert lead.criteria.filter(criteria_set__code="HT20", number=2).exists()
    clerk = User.objects.get(username="xa-ha-linh")
    assert [c.name for c in Commune.objects.visible_to(clerk)] == ["Hà Linh"]


def test_sponsor_accounts_have_work(case):
    of_commune = User.objects.get(username="donvi-07")
    of_village = User.objects.get(username="donvi-12")
    tasks = Task.objects.visible_to(of_commune).on_date(APRIL, is_present=True)

    assert [c.name for c in Commune.objects.visible_to(of_commune)] == ["Hà Linh"]
    assert tasks.count() == 4
    assert tasks.late(APRIL).count() == 1
    assert tasks.due_within(APRIL, 7).count() == 1
    assert not Commune.objects.visible_to(of_village).exists()
    assert [v.name for v in Village.objects.visible_to(of_village)] == ["Thôn 6"]
    assert Task.objects.visible_to(of_village).count() == 3


def test_the_trail_names_whom_the_case_has_acting(case):
    labels = set(
        AuditEntry.objects.exclude(
            # Accounts, their access and the reconciliation are the work of the command itself.
            object_type__in=[
                "sponsors.sponsormember",
                "communes.communeaccess",
                "criteria.controltotal",
            ]
        ).values_list("by_label", flat=True)
    )

    assert "Lệnh hệ thống" not in labels
    assert {"UBND xã Hà Linh (minh họa)", "Sở minh họa 07"} <= labels
    assert not AuditEntry.objects.exclude(by=None).exists()
