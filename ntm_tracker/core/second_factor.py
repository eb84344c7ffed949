"""The second factor: a code from a phone beside the password, for who has it or must have it.

django-otp keeps devices and checks codes (each good once, failures wait longer and longer). The
session says what is still missing, so that no page asks the database: `wanted` after a password
where a code is due, `given` after it. Roles in SECOND_FACTOR_ROLES get nowhere without one.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

import segno
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from ntm_tracker.core import audit
from ntm_tracker.core.models import User

SESSION_KEY = "second_factor"
WANTED, GIVEN = "wanted", "given"
PHONE_DIGITS = 6
RECOVERY_CODES = 10
OFFER_AGE = 30 * 60  # seconds that a drawn key may wait to be confirmed
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that looks like a digit


class WrongCode(Exception):
    """The code is not good, or was used already; `wait` are the seconds to the next try."""

    def __init__(self, wait: int = 0):
        super().__init__()
        self.wait = wait


@dataclass(frozen=True)
class Offer:
    """A key that is not in use yet. `sealed` carries it through the form, for this account only."""

    key: str
    sealed: str
    words: str
    picture: str


def is_required(user: User) -> bool:
    """Whether the role of the account may not work without one."""
    return user.role in settings.SECOND_FACTOR_ROLES


def device_of(user: User) -> TOTPDevice | None:
    """The phone of an account, None where it has none."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@receiver(user_logged_in)
def ask_for_code(sender, request, user, **kwargs) -> None:
    """After every password, wherever it was typed: the admin site has a sign-in page of its own."""
    request.session.pop(SESSION_KEY, None)
    if device_of(user):
        request.session[SESSION_KEY] = WANTED


def missing(request) -> str:
    """What stands between a signed-in account and its pages: "code", "phone" or nothing."""
    state = request.session.get(SESSION_KEY)
    if state == WANTED:
        return "code"
    return "phone" if state != GIVEN and is_required(request.user) else ""


def offer(user: User, sealed: str = "") -> Offer:
    """A new key with its picture, or the one of the form that is sent again."""
    try:
        owner, key = _signer().unsign_object(sealed, max_age=OFFER_AGE)
    except signing.BadSignature:
        owner, key = user.pk, default_key()
    if owner != user.pk:
        key = default_key()
    device = TOTPDevice(user=user, key=key)
    words = device.config_url.partition("secret=")[2].partition("&")[0]
    return Offer(
        key=key,
        sealed=_signer().sign_object([user.pk, key]),
        words=" ".join(words[start : start + 4] for start in range(0, len(words), 4)),
        picture=segno.make(device.config_url, error="m").svg_inline(scale=5, light="#fff"),
    )


@transaction.atomic
def turn_on(*, user: User, key: str, code: str, now: datetime) -> list[str]:
    """Bind the phone that shows `code`, end all sessions, and give the recovery codes, once.

    Raises WrongCode. A phone that was bound before is replaced.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    _forget(user)
    device = TOTPDevice(user=user, key=key, name="phone", confirmed=True)
    if not device.verify_token(_bare(code)):  # writes the device, with the code used up
        raise WrongCode
    spare = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [get_random_string(10, READABLE) for _ in range(RECOVERY_CODES)]
    spare.token_set.bulk_create(spare.token_set.model(device=spare, token=code) for code in codes)
    end_sessions(user)
    _record(user, "user.second_factor_on", by=user, now=now)
    return codes


def check_code(user: User, code: str) -> None:
    """Use up a code of the phone, or a recovery code. Raises WrongCode."""
    code, wait = _bare(code), 0
    kind = TOTPDevice if len(code) == PHONE_DIGITS else StaticDevice
    with transaction.atomic():
        for device in kind.objects.select_for_update().filter(user=user, confirmed=True):
            allowed, refusal = device.verify_is_allowed()
            if not allowed:
                wait = ceil((refusal["locked_until"] - timezone.now()).total_seconds())
            elif device.verify_token(code):
                return
    # Outside, so that the failure is counted.
    raise WrongCode(wait)


@transaction.atomic
def turn_off(*, user: User, by: User | None, now: datetime) -> None:
    """Forget phone and recovery codes, end all sessions. `by=None`: a command, for a lost phone."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _forget(user)
    end_sessions(user)
    _record(user, "user.second_factor_off", by=by, now=now)


def end_sessions(user: User) -> None:
    """Sign the account out everywhere: sessions carry a seal over this number."""
    User.objects.filter(pk=user.pk).update(session_series=F("session_series") + 1)


@transaction.atomic
def sign_out_everywhere(*, user: User, now: datetime) -> None:
    """What somebody does who has left an account open elsewhere."""
    end_sessions(user)
    _record(user, "user.sign_out_everywhere", by=user, now=now)


def _bare(code: str) -> str:
    """A code as typed, without the spaces that phones show in it."""
    return "".join(code.split()).lower()


def _forget(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _record(user: User, action: str, *, by: User | None, now: datetime) -> None:
    audit.record(by=by, action=action, obj=user, now=now, effective_on=timezone.localdate(now))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="ntm_tracker.core.second_factor")
