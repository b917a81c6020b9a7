"""Filing without an account: an address that a mailed link proves, then a number and a code to follow the case.

Nothing here knows of sessions: `procedures.filing.grants` keeps there what a person proved.
"""

import datetime as dt
import secrets
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_q.tasks import async_task

from accounts import throttle as throttling
from accounts.mail import absolute_url, send_mail
from accounts.models.users import normalise_email

from ..enums import Access
from ..models import Case, EmailConfirmation
from . import drafts
from .actors import Grant, may_fill, user_of

__all__ = [
    "Grant",
    "ask",
    "ask_code",
    "confirm",
    "find",
    "forget_links",
    "is_code",
    "may_fill",
    "new_code",
    "open_follow_up",
    "renew_code",
    "user_of",
]

# Neither 0 and O, nor 1, I and L: a code is read on paper and over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10
ONE_ADDRESS = {"limit": 5, "seconds": 60 * 60}
ONE_ORIGIN = {"limit": 60, "seconds": 60 * 60}
WRONG_CODES = {"limit": 5, "seconds": 15 * 60}
WRONG_CODES_OF_ORIGIN = {"limit": 40, "seconds": 60 * 60}
DEAD = "Ce lien n’est plus valable."
# Addresses that nobody confirmed are forgotten.
KEPT = dt.timedelta(days=1)


# The address ----------------------------------------------------------------------------------------------------------


def ask(*, page, email, origin):
    """Mail a link that proves `email` and begins a case of `page`. Raises Throttled, or ValidationError."""
    if page.access != Access.ANYONE:
        raise ValidationError("Connectez-vous pour faire cette démarche.")
    email = normalise_email(email)
    throttling.throttle("procedures.address", origin, **ONE_ORIGIN)
    throttling.throttle("procedures.address_pair", email, origin, **ONE_ADDRESS)
    token = secrets.token_urlsafe(32)
    lifetime = dt.timedelta(seconds=settings.LINK_LIFETIME_SECONDS)
    with transaction.atomic():
        EmailConfirmation.objects.create(
            page=page, email=email, digest=_digest(token), expires_at=timezone.now() + lifetime
        )
        send_mail(
            kind="procedures/confirm_email",
            to=email,
            context={
                "procedure": page.title,
                "minutes": settings.LINK_LIFETIME_SECONDS // 60,
                "action_url": absolute_url(reverse("procedures:confirm", args=[token])),
            },
        )


def find(token):
    """Return the EmailConfirmation that `token` still serves, or None."""
    links = EmailConfirmation.objects.select_related("page")
    return links.filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now()).first()


@transaction.atomic
def confirm(*, token):
    """Use the link `token` once; return the draft it begins, or finds again. Raises ValidationError."""
    link = (
        EmailConfirmation.objects.select_for_update(of=("self",))
        .select_related("page")
        .filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None:
        raise ValidationError(DEAD)
    draft = drafts.start(by=None, page=link.page, email=link.email)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return draft


def forget_links(now=None):
    """Erase the addresses of links that can't serve any more; returns how many."""
    old = EmailConfirmation.objects.filter(expires_at__lt=(now or timezone.now()) - KEPT)
    return old.delete()[0]


def _digest(token):
    return sha256(token.encode()).hexdigest()


# The code -------------------------------------------------------------------------------------------------------------


def new_code(case, *, seed=""):
    """Give `case` a code and return it ("ABCDE-FGHJK"), for its applicant only: its digest alone is kept.

    A fresh one, or that of `seed`, a secret of the portal: the same twice. The caller saves `code_digest`.
    """
    letters = _drawn(case, seed or secrets.token_hex())
    case.code_digest = _code_digest(case, letters)
    return f"{letters[:5]}-{letters[5:]}"


def _drawn(case, seed):
    """The letters that `seed` draws for `case`."""
    drawn = int(salted_hmac(f"procedures.letters.{case.public_id}", seed, algorithm="sha256").hexdigest(), 16)
    letters = ""
    for _i in range(CODE_LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def is_code(case, code):
    """Whether `code`, as a person types it, is the one of `case`."""
    return bool(case.code_digest) and constant_time_compare(case.code_digest, _code_digest(case, _letters(code)))


def _letters(code):
    return "".join(letter for letter in str(code).upper() if letter in ALPHABET)


def _code_digest(case, letters):
    return salted_hmac(f"procedures.code.{case.public_id}", letters, algorithm="sha256").hexdigest()


def _number(text):
    return "".join(str(text).split()).upper()[:20]


def open_follow_up(*, number, code, origin):
    """Return the case of `number` if `code` is its own, else None. Raises Throttled after too many wrong ones.

    Only failures count, from one origin: nobody can lock another out.
    """
    number = _number(number)
    throttling.check("procedures.code", origin, **WRONG_CODES_OF_ORIGIN)
    throttling.check("procedures.code_pair", number, origin, **WRONG_CODES)
    case = Case.objects.filter(number=number, profile=None).select_related("page").first()
    if case is None or not is_code(case, code):
        throttling.record("procedures.code", origin)
        throttling.record("procedures.code_pair", number, origin)
        return None
    throttling.forget("procedures.code_pair", number, origin)
    return case


def ask_code(*, number, email, origin):
    """Somebody lost the code of the case `number`: the queue mails a new one if `email` is the one it was filed with.

    The same work and the same answer whether it is or not. Raises Throttled.
    """
    throttling.throttle("procedures.lost_code", origin, **ONE_ORIGIN)
    throttling.throttle("procedures.lost_code_pair", _number(number), origin, **ONE_ADDRESS)
    with transaction.atomic():
        async_task("procedures.tasks.renew_code", _number(number), normalise_email(email), secrets.token_hex())


@transaction.atomic
def renew_code(*, number, email, seed):
    """Mail a new code of the case `number` to `email`, if it was filed with it; the former one is dead.

    `seed` is that of the asking: done twice for the same, one mail goes out.
    """
    cases = Case.objects.select_for_update(of=("self",)).filter(number=number, profile=None, email__iexact=email)
    case = cases.select_related("page").first()
    if case is None or not email:
        return
    former = case.code_digest
    code = new_code(case, seed=seed)
    if case.code_digest == former:
        return
    case.save(update_fields=["code_digest"])
    send_mail(
        kind="procedures/follow_code",
        to=case.email,
        context={
            "number": case.number,
            "procedure": case.page.title,
            "code": code,
            "follow_url": absolute_url(reverse("procedures:follow_up")),
        },
    )
