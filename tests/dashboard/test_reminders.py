"""The mails of the day: one per person, not twice, none for nothing."""

from datetime import date
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import Reminder
from sponsors.choices import TaskState
from tests import factories

pytestmark = pytest.mark.django_db


class FailsAtSecond(EmailBackend):
    """A mail server that goes away after one mail."""

    def send_messages(self, messages):
        if len(mail.outbox) == 1:
            raise SMTPException("mất kết nối")
        return super().send_messages(messages)


class Crashes(FailsAtSecond):
    """A computer that is switched off after one mail."""

    def send_messages(self, messages):
        if len(mail.outbox) == 1:
            raise KeyboardInterrupt
        return EmailBackend.send_messages(self, messages)


@pytest.fixture
def server(settings, installation):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.test", "vpdp@ntm.test"
    settings.SITE_URL = "https://ntm.test"
    return settings


def clerk(email="", sponsor_email="", *, days_late=10, **user):
    """An account of a sponsor with one late task."""
    sponsor = factories.make_sponsor(email=sponsor_email)
    if days_late:
        factories.make_task(
            sponsor=sponsor,
            state=TaskState.IN_PROGRESS,
            assigned_on=date(2022, 3, 1),
            starts_on=date(2022, 3, 1),
            due_on=date(2022, 4, 30 - days_late),
        )
    return factories.make_sponsor_user(sponsor, email=email, **user)


def run(**options):
    call_command("send_reminders", **options)
    return [message.to[0] for message in mail.outbox]


def test_everybody_with_something_due_gets_one_mail_and_not_twice(server):
    clerk("a@vd.vn", username="a")
    clerk(sponsor_email="don-vi@vd.vn", username="b")
    clerk("", username="c")
    clerk("nothing@vd.vn", days_late=0)
    clerk("gone@vd.vn", is_active=False)
    factories.make_user(Role.VIEWER, email="bcd@vd.vn")

    assert run() == ["a@vd.vn", "don-vi@vd.vn"]
    first = mail.outbox[0]
    assert first.subject == "Việc cần làm ngày 30/04/2022: 1 việc quá hạn"
    assert "chậm 10 ngày" in first.body
    assert "https://ntm.test/due/" in first.body
    assert first.from_email == "vpdp@ntm.test"
    assert run() == ["a@vd.vn", "don-vi@vd.vn"]
    assert Reminder.objects.count() == 2
    assert len(run(on="2022-04-29")) == 4


def test_two_accounts_at_one_address_of_a_sponsor_are_one_person(server):
    user = clerk(sponsor_email="don-vi@vd.vn")
    factories.make_sponsor_user(user.sponsor_member.sponsor)

    assert run() == ["don-vi@vd.vn"]


def test_a_refused_mail_leaves_no_row_and_the_next_run_sends_it(server):
    clerk("a@vd.vn", username="a")
    clerk("b@vd.vn", username="b")
    locmem = server.EMAIL_BACKEND
    server.EMAIL_BACKEND = "tests.dashboard.test_reminders.FailsAtSecond"

    with pytest.raises(CommandError, match=r"b@vd\.vn: mất kết nối"):
        run()

    assert [row.address for row in Reminder.objects.all()] == ["a@vd.vn"]
    server.EMAIL_BACKEND = locmem
    assert run() == ["a@vd.vn", "b@vd.vn"]


def test_after_a_crash_in_the_middle_only_the_rest_is_sent(server):
    clerk("a@vd.vn", username="a")
    clerk("b@vd.vn", username="b")
    locmem = server.EMAIL_BACKEND
    server.EMAIL_BACKEND = "tests.dashboard.test_reminders.Crashes"

    with pytest.raises(KeyboardInterrupt):
        run()

    server.EMAIL_BACKEND = locmem
    assert run() == ["a@vd.vn", "b@vd.vn"]


def test_a_dry_run_says_who_would_get_what_and_sends_nothing(installation, capsys):
    clerk("a@vd.vn")

    assert run(dry_run=True) == []

    said = capsys.readouterr().out
    assert "a@vd.vn: Việc cần làm ngày 30/04/2022: 1 việc quá hạn" in said
    assert "Sẽ gửi 1 thư" in said
    assert not Reminder.objects.exists()


def test_without_a_mail_server_it_says_what_to_set(installation):
    with pytest.raises(CommandError, match="EMAIL_HOST") as refusal:
        call_command("send_reminders")

    assert refusal.value.returncode == 2


def test_a_day_that_is_none_is_refused_in_words(server):
    with pytest.raises(CommandError, match="không phải là một ngày"):
        run(on="hôm qua")
