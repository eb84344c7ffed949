"""The role matrix: every address × every role, for one's own object and somebody else's.

A new URL name turns `tests/test_permissions.py` red until it has a row here, and one in `WRITERS`
where it takes a POST.
"""

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
# Files: who may enter money, and of a file its sender and the office.
IMPORTS = row(302, 403, 403, 403, 200, 200, 403, 200, 200)
OWN_IMPORT = row(302, 404, 404, 404, 200, 404, 404, 200, 200)

# URL name → (arguments by the names of `world`, statuses of GET)
MATRIX = {
    "login": ((), row(200, 302, 302, 302, 302, 302, 302, 302, 302)),
    "logout": ((), row(405, 405, 405, 405, 405, 405, 405, 405, 405)),
    "password_change": ((), EVERYONE),
    "password_change_done": ((), EVERYONE),
    "security": ((), EVERYONE),
    "sign_out_all": ((), NO_GET),
    "second_factor": ((), row(302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "second_factor_setup": ((), EVERYONE),
    "second_factor_off": ((), NO_GET),
    "dashboard:home": ((), row(302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "dashboard:board": ((), EVERYONE),
    "dashboard:commune": (("commune_code",), OF_COMMUNE_A),
    "dashboard:village": (("village",), OF_COMMUNE_A),
    "dashboard:due": ((), EVERYONE),
    "sponsors:sponsor-picture": ((), EVERYONE),
    "dashboard:compare": ((), EVERYONE),
    "dashboard:forecast": ((), row(302, 200, 403, 403, 200, 200, 200, 200, 200)),
    "dashboard:map": ((), EVERYONE),
    "dashboard:progress": ((), EVERYONE),
    "dashboard:invite": (("uid", "token"), row(*[200] * 9)),
    "dashboard:user-list": ((), OFFICE_ONLY),
    "dashboard:user-add": ((), OFFICE_ONLY),
    "dashboard:user": (("account",), OFFICE_ONLY),
    "dashboard:user-invite": (("account",), TO_ACCOUNT),
    "dashboard:user-deactivate": (("account",), TO_ACCOUNT),
    "dashboard:user-reactivate": (("account",), TO_ACCOUNT),
    "dashboard:import-list": ((), row(302, 403, 200, 200, 200, 200, 200, 200, 200)),
    "dashboard:import-kind": (("import_kind",), IMPORTS),
    "dashboard:import-form": (("import_kind",), IMPORTS),
    "dashboard:import-batch": (("import_batch",), OWN_IMPORT),
    "dashboard:import-bad": (("import_batch",), OWN_IMPORT),
    "dashboard:import-file": (("import_batch",), OWN_IMPORT),
    "dashboard:summary": ((), EVERYONE),
    "dashboard:search": ((), EVERYONE),
    "dashboard:keys": ((), EVERYONE),
    "dashboard:money-flow": ((), EVERYONE),
    "dashboard:warnings": ((), EVERYONE),
    "dashboard:warning-explain": (
        ("warning",),
        row(302, 403, 404, 404, 200, 404, 403, 200, 200),
    ),
    "dashboard:audit": ((), EVERYONE),
    "dashboard:setup": ((), row(302, 403, 403, 403, 403, 403, 403, 403, 200)),
    "dashboard:system": ((), row(302, 403, 403, 403, 403, 403, 403, 403, 200)),
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
    "criteria:need-table": ((), row(302, 403, 403, 403, 200, 200, 403, 200, 200)),
    "criteria:own-report": ((), row(302, 302, 302, 302, 302, 302, 302, 302, 302)),
    "criteria:declarations": ((), EVERYONE),
    "criteria:grid": (("commune_code",), OF_COMMUNE_A),
    "criteria:grid-submit": (("commune_code",), LEADS_BACK),
    "criteria:grid-paste": (("commune_code",), LEADS_BACK),
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
    "reports:month-letter": (("month",), WHOLE_PROVINCE),
    # Tests have no LibreOffice: the page of the month says so.
    "reports:month-pdf": (("month",), row(302, 302, 403, 403, 403, 403, 302, 302, 302)),
    "reports:texts": (("month",), WHOLE_PROVINCE),
    "reports:text": (("month", "text_section"), OFFICE_ONLY),
    "reports:letterhead": ((), OFFICE_ONLY),
    "reports:week": ((), WHOLE_PROVINCE),
    "reports:desk": (("month",), WHOLE_PROVINCE),
    "reports:look": (("month",), row(302, 302, 403, 403, 403, 403, 302, 302, 302)),
    "reports:kept-file": (("month", "kept_file"), WHOLE_PROVINCE),
    "reports:periods": ((), OFFICE_ONLY),
    "reports:days": (("month",), OFFICE_ONLY),
}
OFFICE_WRITES = row(302, 403, 403, 403, 403, 403, 403, 422, 422)
# Addresses that write, with the status of an empty POST. All others answer 405 to who is inside.
ONE_S_OWN = row(302, 422, 422, 422, 422, 422, 422, 422, 422)
REPORTS_FOR_A = row(302, 403, 403, 404, 422, 404, 403, 422, 422)
WRITERS = {
    "login": row(200, 302, 302, 302, 302, 302, 302, 302, 302),
    "logout": row(302, 302, 302, 302, 302, 302, 302, 302, 302),
    "password_change": EVERYONE,
    "sign_out_all": row(302, 302, 302, 302, 302, 302, 302, 302, 302),
    "second_factor": row(302, 302, 302, 302, 302, 302, 302, 302, 302),
    "second_factor_setup": ONE_S_OWN,
    "second_factor_off": ONE_S_OWN,
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
    "criteria:need-table": row(302, 403, 403, 403, 422, 422, 403, 422, 422),
    "criteria:item-entry": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:item-take-back": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "criteria:debt": row(302, 403, 403, 404, 422, 404, 403, 422, 422),
    "reports:desk": row(302, 403, 403, 403, 403, 403, 403, 422, 422),
    "reports:look": row(302, 422, 403, 403, 403, 403, 422, 422, 422),
    "reports:periods": OFFICE_WRITES,
    "reports:text": OFFICE_WRITES,
    "reports:letterhead": OFFICE_WRITES,
    "reports:days": OFFICE_WRITES,
    "dashboard:import-kind": row(302, 403, 403, 403, 422, 422, 403, 422, 422),
    "dashboard:import-batch": row(302, 404, 404, 404, 422, 404, 404, 422, 422),
    "criteria:grid": row(302, 403, 403, 404, 303, 404, 403, 303, 303),
    "criteria:grid-submit": REPORTS_FOR_A,
    "criteria:grid-paste": REPORTS_FOR_A,
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
