"""The second factor of staff: an application of one-time codes (TOTP), and ten backup codes that serve once each."""

import secrets
from base64 import b32encode
from binascii import unhexlify
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from wagtail.log_actions import log

from .models import User
from .services import notify

BACKUP_CODES = 10
# No 0, O, 1, I, L: they are read from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SALT = "accounts.second_factor"
# How long the page with the QR code, and the button that downloads the codes, can wait.
PAGE_LIFETIME = 30 * 60


def device_of(user):
    """Return the confirmed TOTPDevice of `user`, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def backup_codes_left(user):
    """Return how many backup codes `user` still has."""
    return StaticToken.objects.filter(device__user=user).count()


# Set-up --------------------------------------------------------------------------------------------------------------
# The key stands in the page, signed for its user, until a first code proves that the application holds it: the page
# that shows it writes nothing.


def new_key(user):
    """Return a fresh key for `user`, signed: what the set-up form sends back."""
    return signing.dumps(random_hex(20), salt=f"{SALT}.key.{user.pk}")


def key_of(signed, user):
    """Return the key in `signed` (hexadecimal). Raises signing.BadSignature when it is not one of ours for `user`."""
    return signing.loads(signed, salt=f"{SALT}.key.{user.pk}", max_age=PAGE_LIFETIME)


def secret_text(key):
    """Return the key as one types it into an application: groups of four letters."""
    secret = b32encode(unhexlify(key)).decode()
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def qr_code(key, user):
    """Return the QR code of the key, as inline SVG, black on white in dark mode too."""
    issuer = settings.OTP_TOTP_ISSUER.replace(":", "")
    query = urlencode({"secret": b32encode(unhexlify(key)).decode(), "issuer": issuer}, quote_via=quote)
    uri = f"otpauth://totp/{quote(f'{issuer}:{user.email}')}?{query}"
    svg = segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff", omitsize=False)
    return mark_safe(svg)  # noqa: S308 - drawn by segno


@transaction.atomic
def set_up(*, by, signed_key, code):
    """Give the user `by` the application that holds the key, once `code` proves it; replaces the former one.

    Returns (device, backup codes in clear, shown this once), or None when the code is not the one.
    Raises signing.BadSignature for a key that is not ours or too old.
    """
    key = key_of(signed_key, by)
    totp = TOTP(unhexlify(key))
    if not (code.isascii() and code.isdigit() and len(code) == 6 and totp.verify(int(code), tolerance=1)):
        return None
    by = _lock(by)
    TOTPDevice.objects.filter(user=by).delete()
    # `last_t`: the code that set it up does not serve a second time.
    device = TOTPDevice.objects.create(
        user=by, name="Application", key=key, confirmed=True, last_t=totp.t(), drift=totp.drift
    )
    codes = _new_codes(by)
    log(instance=by, action="accounts.second_factor.set_up", user=by)
    _tell(by, _("Une application de codes à usage unique a été installée."))
    return device, codes


@transaction.atomic
def renew_backup_codes(*, by):
    """Give the user `by` ten new backup codes and void the former; returns them in clear, this once."""
    by = _lock(by)
    codes = _new_codes(by)
    log(instance=by, action="accounts.second_factor.codes", user=by)
    _tell(by, _("Vos codes de secours ont été renouvelés : les anciens ne servent plus."))
    return codes


@transaction.atomic
def reset(*, by, user):
    """Take the second factor of `user` away, for the administrator `by`; they set up another at their next login.

    Raises PermissionDenied for anyone but an administrator, for oneself, and for a superuser unless `by` is one.
    """
    if not can_reset(by, user):
        raise PermissionDenied
    user = _lock(user)
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    log(instance=user, action="accounts.second_factor.reset", user=by)
    _tell(
        user,
        _("L’administrateur a retiré votre second facteur. Vous en installerez un autre à la prochaine connexion."),
    )


def can_reset(by, user):
    """Return whether `by` may take the second factor of `user` away."""
    return by.has_perm("accounts.change_user") and by.pk != user.pk and (by.is_superuser or not user.is_superuser)


def _lock(user):
    # Fetched again also because the audit log ignores the lazy user of a request.
    return User.objects.select_for_update().get(pk=user.pk)


def _tell(user, what):
    notify(user=user, kind="accounts/second_factor", url=reverse("accounts:password_reset"), what=what)


# Codes ---------------------------------------------------------------------------------------------------------------


def _new_codes(user):
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "Codes de secours"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(ALPHABET) for _i in range(10)) for _j in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_token(user, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _token(user, code):
    """Return what is stored of a backup code: whoever reads the database doesn't get the codes."""
    return salted_hmac(f"{SALT}.backup.{user.pk}", code, algorithm="sha256").hexdigest()[:16]


def is_backup_code(code):
    """Return whether `code` has the shape of a backup code rather than of a one-time code."""
    return len(_plain(code)) != 6


def _plain(code):
    return "".join(character for character in code.upper() if character.isalnum())


@transaction.atomic
def verify(*, user, code):
    """Return the device that accepts `code` (one-time or backup), consumed; None when there is none.

    Each device's row is locked: two sessions can't use one code. The caller throttles.
    """
    if not is_backup_code(code):
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device if device and device.verify_token(_plain(code)) else None
    device = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None or not device.verify_token(_token(user, _plain(code))):
        return None
    user = _lock(user)
    log(instance=user, action="accounts.second_factor.code_used", user=user)
    left = backup_codes_left(user)
    _tell(user, _("Un code de secours a servi à vous connecter. Il vous en reste %d.") % left)
    return device


def sign_codes(codes, user):
    """Return the codes signed for `user`: what the download button sends back, as they are stored nowhere in clear."""
    return signing.dumps(codes, salt=f"{SALT}.codes.{user.pk}")


def unsign_codes(signed, user):
    """Return the codes of `sign_codes`. Raises signing.BadSignature when they are not ours or too old."""
    return signing.loads(signed, salt=f"{SALT}.codes.{user.pk}", max_age=PAGE_LIFETIME)
