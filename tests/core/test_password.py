"""Changing one's password: every refusal is a Vietnamese sentence beside its field."""

from django.urls import reverse
from zeal import zeal_ignore

from tests import factories


def change(client, **typed):
    form = {"old_password": "mat-khau-thu-2022", "new_password1": "", "new_password2": ""} | typed
    return client.post(reverse("password_change"), form)


def test_a_weak_password_is_refused_in_vietnamese(client, db):
    user = factories.make_user()
    client.force_login(user)

    page = change(client, new_password1="123456", new_password2="123456").content.decode()

    assert "Mật khẩu phải có ít nhất 12 ký tự." in page
    assert "Mật khẩu không được chỉ gồm chữ số." in page
    assert "This password" not in page
    user.refresh_from_db()
    assert user.check_password("mat-khau-thu-2022")


@zeal_ignore()  # a new session is given: Django looks for a free key
def test_a_good_password_is_taken(client, db):
    user = factories.make_user()
    client.force_login(user)

    answer = change(client, new_password1="duong-thon-2022", new_password2="duong-thon-2022")

    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password("duong-thon-2022")


@zeal_ignore()  # a new session is given: Django looks for a free key
def test_a_long_password_of_any_letters_counts_to_its_end(client, db):
    long = "đường thôn 🌾 " * 9 + "cuối"
    user = factories.make_user()
    client.force_login(user)

    assert change(client, new_password1=long, new_password2=long).status_code == 302

    user.refresh_from_db()
    assert user.check_password(long)
    assert not user.check_password(long[:-1])
