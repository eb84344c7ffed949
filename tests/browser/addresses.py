"""Every address of the product with objects of the demo, and what it answers to each account.

The statuses are those of the role matrix: commune A is Hà Linh, its sponsor A has the account
`donvi-07`, so that a page that is added there is walked through here as well.
"""

from datetime import date

from django.urls import reverse

from communes.models import Commune, Village
from criteria.models import Indicator, WorkItem
from ntm_tracker.core.models import User
from sponsors.models import Difficulty, PlanTemplate, Task
from tests.role_matrix import MATRIX

# Account → its role in the matrix.
ACCOUNTS = {
    "vanphong": "office",
    "bcd": "viewer",
    "nganh-giao-thong": "department",
    "xa-ha-linh": "user_a",
    "xa-huong-binh": "user_b",
    "donvi-07": "sponsor_a",
    "donvi-12": "sponsor_b",
    "quantri": "admin",
}
PASSWORD = "ntm-demo-2022"
COMMUNE = "18502"  # Hà Linh
# No pages: what takes a POST alone, and what hands over a file.
NO_PAGES = {
    "logout",
    "sign_out_all",
    "second_factor",
    "second_factor_off",
    "reports:month-file",
    "reports:month-letter",
    "reports:month-pdf",
    "dashboard:import-form",
    "dashboard:import-batch",  # the demo has sent no file: test_imports walks it
    "dashboard:import-bad",
    "dashboard:import-file",
    "reports:kept-file",
    "reports:look",
    "sponsors:attachment",
    "sponsors:conclusion-file",
    "sponsors:conclusion",  # that of the demo has tasks of several communes and of no sponsor
    "criteria:evidence",
    "criteria:dossier-step",
    "criteria:item-take-back",
    "criteria:village-cell",
    "criteria:village-take-back",
    "dashboard:invite",  # of one account only, and gone once it is used: test_accounts walks it
    "sponsors:contribution-take-back",
}
# Other faces of a page: address → name of the page, whose status it has.
FACES = {
    "/board/?scope=district&sort=missing": "dashboard:board",
    "/board/?scope=all": "dashboard:board",
    "/board/?as_of=2022-03-31": "dashboard:board",
    f"/communes/{COMMUNE}/?as_of=2022-01-31": "dashboard:commune",
    "/criteria/?set=HT20": "criteria:criterion-list",
    "/funding/?open=all": "criteria:funding",
    f"/funding/?commune={COMMUNE}": "criteria:funding",
    f"/compare/?commune={COMMUNE}&since=2022-01-31": "dashboard:compare",
    f"/progress/?commune={COMMUNE}": "dashboard:progress",
    "/progress/?as_of=2022-01-31": "dashboard:progress",
    "/sponsors/picture/?as_of=2022-03-31": "sponsors:sponsor-picture",
    f"/communes/{COMMUNE}/report/?as_of=2022-03-31": "criteria:grid",
    "/declarations/?month=2022-03": "criteria:declarations",
    "/villages/?as_of=2022-05-31": "criteria:village-list",
    "/tasks/?late=1": "sponsors:task-list",
    "/tasks/?q=khong-co-viec-nao": "sponsors:task-list",
    "/sponsors/?late=1&as_of=2022-05-31": "sponsors:sponsor-list",
    "/assignments/?view=none": "sponsors:assignment-list",
    "/search/?q=huong+khe": "dashboard:search",
    "/reports/2022-04/?sheet=kinh-phi": "reports:month",
}


def own_sponsor():
    """The sponsor for whom `donvi-07` reports."""
    return User.objects.get(username="donvi-07").sponsor_member.sponsor


def arguments() -> dict[str, object]:
    """The objects of the demo by the names that the matrix gives them."""
    # One that is not recognised yet, so that it can be declared.
    village = Village.objects.filter(
        memberships__commune__code=COMMUNE, statuses__state="not_yet"
    ).order_by("-sort_key")
    commune = Commune.objects.get(code=COMMUNE, valid_to__gte=date(2022, 4, 30))
    item = WorkItem.objects.filter(commune__code=COMMUNE).order_by("code")
    indicator = Indicator.objects.filter(criterion__criteria_set__code="HT20").get(number="4.2")
    return {
        "commune_code": COMMUNE,
        "sheet_cell": f"i{indicator.pk}",
        "village": village[0].pk,
        "cell": "percent",
        "move": "declare",
        "criterion_number": 2,
        "item_code": item[0].code,
        "entry": "need",
        "commitment": own_sponsor().commitments.filter(kind="money").order_by("pk")[0].pk,
        "warning": f"overdue_debt-{commune.pk}-{commune.pk}",
        "sponsor": own_sponsor().pk,
        "assignment": own_sponsor().assignments.order_by("pk")[0].pk,
        "plan": PlanTemplate.objects.order_by("name")[0].pk,
        "task": own_tasks().first().pk,
        "difficulty": own_difficulty().pk,
        "account": User.objects.get(username="xa-huong-binh").pk,
        "month": "2022-04",
        "text_section": "kinh-phi",
        "import_kind": "needs",
    }


def own_difficulty():
    """What the sponsor of `donvi-07` has raised."""
    return Difficulty.objects.filter(sponsor=own_sponsor()).order_by("pk")[0]


def own_tasks():
    """The tasks of `donvi-07` that stand on the reporting date, by due date."""
    return Task.objects.filter(sponsor=own_sponsor()).order_by("due_on")


def pages() -> dict[str, str]:
    """The address of each page by its URL name."""
    given = arguments()
    return {
        name: reverse(name, args=[given[arg] for arg in args])
        for name, (args, _statuses) in MATRIX.items()
        if name not in NO_PAGES
    }


def expected(name: str, account: str) -> int:
    """What the page answers in the end to this account; a redirect leads to a page."""
    status = MATRIX[name][1][ACCOUNTS.get(account, "anonymous")]
    return 200 if status == 302 else status
