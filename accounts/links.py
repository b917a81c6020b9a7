"""Mailed links that set a password or confirm an address: 10 minutes, one use, dead once the password changes."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_q.tasks import async_task

from .enums import LinkPurpose
from .mail import absolute_url, send_mail
from .models import OneTimeLink, User
from .models.users import normalise_email

MAILS = {
    LinkPurpose.ACTIVATE: "accounts/activate",
    LinkPurpose.PASSWORD: "accounts/password_link",
    LinkPurpose.EMAIL: "accounts/login_link",
}
ROUTES = {
    LinkPurpose.ACTIVATE: "accounts:activate",
    LinkPurpose.PASSWORD: "accounts:password_link",
    LinkPurpose.EMAIL: "accounts:login_link",
}


def _digest(token):
    return sha256(token.encode()).hexdigest()


def _stamp(user):
    """Tie a link to the password of the moment; the empty string where there is no user yet."""
    return salted_hmac("accounts.link", user.password, algorithm="sha256").hexdigest() if user else ""


def request_link(*, purpose, email, user=None):
    """Note that `email` asks for a link and leave the answer to the queue; `user` asks for a new address only.

    The same work whether the address is known or not: one row, one task.
    """
    with transaction.atomic():
        link = OneTimeLink.objects.create(purpose=purpose, email=normalise_email(email), user=user)
        async_task("accounts.tasks.answer_link_request", link.pk)


def answer(*, link_id):
    """Mail the link that the request `link_id` asks for, and void the earlier ones; do nothing the second time.

    Nobody learns from the page whether the address is known; its owner does, by mail: an existing account that tries to
    register gets a link to its password, and an unknown address that asks for a password gets nothing.
    """
    with transaction.atomic():
        link = OneTimeLink.objects.select_for_update().filter(pk=link_id, digest=None).first()
        if link is None:
            return
        user = User.objects.filter(email=link.email).first()
        if link.purpose == LinkPurpose.EMAIL:
            _answer_login(link, taken_by=user)
        elif user is None and link.purpose == LinkPurpose.ACTIVATE:
            _mail_link(link, kind=MAILS[LinkPurpose.ACTIVATE])
        elif user is not None and user.is_active:
            known = link.purpose == LinkPurpose.ACTIVATE
            link.purpose, link.user = LinkPurpose.PASSWORD, user
            _mail_link(link, kind="accounts/already_registered" if known else MAILS[LinkPurpose.PASSWORD])
        else:
            link.delete()


def _answer_login(link, *, taken_by):
    """Mail the link that confirms a new login; to the owner of another account, that theirs is not to be had."""
    OneTimeLink.objects.filter(user=link.user, purpose=LinkPurpose.EMAIL, used_at=None).exclude(pk=link.pk).delete()
    if taken_by is None and link.user.is_active:
        _mail_link(link, kind=MAILS[LinkPurpose.EMAIL])
        return
    if taken_by is not None:
        login_url = absolute_url(reverse("accounts:login"))
        send_mail(kind="accounts/login_taken", to=link.email, context={"email": link.email, "login_url": login_url})
    link.delete()


def invite(*, user):
    """Mail `user`, a new staff member, a link to the password that opens the account. Call it in a transaction."""
    _mail_link(OneTimeLink(purpose=LinkPurpose.PASSWORD, email=user.email, user=user), kind="accounts/invitation")


def drop(*, user):
    """Void the links of `user` that were not used: those that went to a former address."""
    OneTimeLink.objects.filter(user=user, used_at=None).delete()


def _mail_link(link, *, kind):
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.filter(email=link.email, used_at=None).exclude(digest=None).exclude(pk=link.pk).delete()
    link.digest = _digest(token)
    link.stamp = _stamp(link.user)
    link.expires_at = timezone.now() + timedelta(seconds=settings.LINK_LIFETIME_SECONDS)
    link.save()
    send_mail(
        kind=kind,
        to=link.email,
        context={
            "email": link.email,
            "user": link.user,
            "minutes": settings.LINK_LIFETIME_SECONDS // 60,
            "login_url": absolute_url(reverse("accounts:login")),
            "reset_url": absolute_url(reverse("accounts:password_reset")),
            "action_url": absolute_url(reverse(ROUTES[link.purpose], args=[token])),
        },
    )


def find(*, purpose, token, lock=False):
    """Return the link of `token` if it can still serve, else None. `lock` holds its row until the transaction ends."""
    links = OneTimeLink.objects.filter(
        purpose=purpose, digest=_digest(token), used_at=None, expires_at__gt=timezone.now()
    )
    link = (links.select_for_update() if lock else links).first()
    if link is None or not constant_time_compare(link.stamp, _stamp(link.user)):
        return None
    return link if link.user is None or link.user.is_active else None
