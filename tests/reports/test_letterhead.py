"""Head and foot of the reports."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry, Installation
from ntm_tracker.reports.services.letterhead import FIELDS, change_letterhead
from tests import factories


def entry(**overrides):
    row = Installation.current()
    return {field: getattr(row, field) for field in FIELDS} | overrides


def test_the_office_changes_the_signer_and_the_trail_says_so(client, office, installation):
    client.force_login(office)
    address = reverse("reports:letterhead")
    data = entry(signer_title="KT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG", place="Hương Khê")

    assert client.get(address).status_code == 200
    assert client.post(address, data).status_code == 303

    row = Installation.current()
    assert row.signer_title == "KT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG"
    assert row.place == "Hương Khê"
    written = AuditEntry.objects.get(action="report.letterhead")
    assert "địa danh: Hương Khê" in written.new


def test_what_is_missing_is_said_and_typing_is_kept(client, office, installation):
    client.force_login(office)

    answer = client.post(reverse("reports:letterhead"), entry(office_name="", place="Hương Khê"))

    assert answer.status_code == 422
    assert "Hương Khê" in answer.content.decode()


def test_nobody_else_changes_it(viewer, installation):
    with pytest.raises(PermissionDenied):
        change_letterhead(entry(), by=viewer, now=factories.NOW, today=factories.TODAY)
