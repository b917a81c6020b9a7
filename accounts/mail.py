"""Mails: written in the transaction of their cause, sent by the queue, journalled, and erased once sent."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django_q.tasks import async_task

from theme.branding import default_branding

from .enums import MailState
from .models import OutgoingMail

logger = logging.getLogger(__name__)

SUBJECT = "Objet : "
# The last try comes about two hours after the first: 1, 2, 4 … 64 minutes between tries.
MAX_ATTEMPTS = 8
# A worker that died while sending leaves the mail to another after this long.
LEASE = timedelta(minutes=15)
# Queued again at a time: after a breakdown of the mail server the queue still has room for other work.
BATCH = 500


def absolute_url(path):
    """Return `path` under the portal's public address; never under the Host header, which a visitor chooses."""
    return urljoin(settings.PORTAL_URL + "/", path.lstrip("/"))


def render_mail(kind, context):
    """Return (subject, text, html) of the mail `kind` ("billing/receipt").

    Raises ImproperlyConfigured when the text doesn't begin with its "Objet : …" line.
    """
    app, name = kind.split("/")
    context = {"portal_url": settings.PORTAL_URL, "portal": default_branding().full_name, **context}
    # A text has no HTML to escape: "M. d'Argent" must not become "M. d&#x27;Argent".
    text = get_template(f"{app}/mails/{name}.txt").template.render(Context(context, autoescape=False)).lstrip()
    first, _, body = text.partition("\n")
    if not first.startswith(SUBJECT):
        raise ImproperlyConfigured(f"{app}/mails/{name}.txt must begin with “{SUBJECT}…”.")
    subject = " ".join(first.removeprefix(SUBJECT).split())
    html = get_template(f"{app}/mails/{name}.html").render({**context, "subject": subject})
    return subject[:200], body.strip() + "\n", html


def send_mail(*, kind, to, context, attachments=()):
    """Write a mail to the outbox and queue it; returns the OutgoingMail.

    `kind` names the templates `<app>/mails/<name>.txt|html`. `attachments` lists {"name", "path"} of files in private
    storage, and {"name", "text"} of small texts, such as an .ics, which are erased with the mail's own.
    Call it inside the transaction of its cause: undone together, sent only if that commits.
    """
    subject, text, html = render_mail(kind, context)
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            kind=kind, to=to, subject=subject, text=text, html=html, attachments=list(attachments)
        )
        async_task("accounts.tasks.deliver_mail", mail.pk)
    return mail


def deliver(mail_id):
    """Send the mail if it is due and nobody else is sending it; return whether it was sent.

    Safe to run twice. A failure is written on the mail, to be tried again by `resend_due`; it never raises.
    """
    now = timezone.now()
    claimed = OutgoingMail.objects.filter(pk=mail_id, state=MailState.PENDING, due_at__lte=now).update(
        due_at=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    try:
        _message(mail).send()
    except Exception as error:  # whatever the provider does, the journal must say so
        _failed(mail, error)
        return False
    mail.state, mail.sent_at, mail.error = MailState.SENT, timezone.now(), ""
    _erase(mail)
    mail.save()
    logger.info("mail sent", extra={"mail": mail.pk, "kind": mail.kind})
    return True


def _message(mail):
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        # Answers of absence robots are for nobody.
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        if "text" in attachment:
            message.attach(attachment["name"], attachment["text"])
            continue
        with storages["private"].open(attachment["path"]) as file:
            message.attach(attachment["name"], file.read())
    return message


def _failed(mail, error):
    # Only the kind of error: a server's sentence often quotes the address.
    mail.error = type(error).__name__
    if mail.attempts >= MAX_ATTEMPTS or isinstance(error, SMTPRecipientsRefused):
        mail.state = MailState.FAILED
        _erase(mail)
    else:
        mail.due_at = timezone.now() + timedelta(minutes=2 ** (mail.attempts - 1))
    mail.save()
    logger.warning("mail not sent", extra={"mail": mail.pk, "kind": mail.kind, "error": mail.error})


def _erase(mail):
    if not settings.DEMONSTRATION:
        mail.text = mail.html = ""
        mail.attachments = [{"name": one["name"]} if "text" in one else one for one in mail.attachments]


def resend_due():
    """Queue again the mails whose time has come, because they failed or their task was lost. Returns their number."""
    # A minute of grace, for those whose first task is about to run.
    due = OutgoingMail.objects.filter(state=MailState.PENDING, due_at__lte=timezone.now() - timedelta(minutes=1))
    mail_ids = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for mail_id in mail_ids:
        async_task("accounts.tasks.deliver_mail", mail_id)
    return len(mail_ids)
