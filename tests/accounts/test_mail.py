"""The outbox: written with its cause, sent once, journalled, erased."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from accounts import mail, retention, tasks
from accounts.enums import MailState
from accounts.models import OutgoingMail

pytestmark = pytest.mark.django_db

CONTEXT = {"email": "zoe@example.test", "minutes": 10, "action_url": "http://localhost:8000/creer-un-compte/abc/"}


class Down(BaseEmailBackend):
    """A server that hangs up."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("zoe@example.test was being written")


class Refusing(BaseEmailBackend):
    """A server that knows no such address."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"zoe@example.test": (550, b"unknown")})


def write(**fields):
    return mail.send_mail(kind="accounts/activate", to="zoe@example.test", context={**CONTEXT, **fields})


def due():
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(minutes=2))


def test_a_mail_has_two_bodies_a_subject_and_no_images_from_elsewhere(run_queue):
    write()
    assert run_queue() == 1
    [message] = django_mail.outbox
    assert message.subject == "Terminez la création de votre compte"
    assert message.to == ["zoe@example.test"]
    assert not message.body.startswith("Objet")
    html, kind = message.alternatives[0]
    assert kind == "text/html" and CONTEXT["action_url"] in html and "<img" not in html
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_mail_undone_with_its_cause_is_never_sent(run_queue):
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert not OutgoingMail.objects.exists()
    assert run_queue() == 0


def test_delivery_runs_twice_and_sends_once():
    written = write()
    tasks.deliver_mail(written.pk)
    tasks.deliver_mail(written.pk)
    assert len(django_mail.outbox) == 1
    written.refresh_from_db()
    assert (written.state, written.attempts) == (MailState.SENT, 1)
    assert written.sent_at


def test_two_workers_at_once_send_once(settings):
    """The second worker comes while the first is sending: the claim, not the state, keeps it out."""
    written = write()
    claimed = OutgoingMail.objects.filter(pk=written.pk, due_at__lte=timezone.now()).update(
        due_at=timezone.now() + mail.LEASE
    )
    assert claimed == 1
    tasks.deliver_mail(written.pk)
    assert not django_mail.outbox


def test_a_worker_that_died_while_sending_is_replaced(run_queue):
    written = write()
    OrmQ.objects.all().delete()
    OutgoingMail.objects.update(attempts=1, due_at=timezone.now() + mail.LEASE)
    tasks.resend_mails()
    assert run_queue() == 0
    due()
    tasks.resend_mails()
    assert run_queue() == 1
    written.refresh_from_db()
    assert (written.state, written.attempts) == (MailState.SENT, 2)


def test_a_failure_is_journalled_without_the_address_and_tried_again(settings, run_queue, caplog):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Down"
    written = write()
    with caplog.at_level("WARNING"):
        run_queue()
    written.refresh_from_db()
    assert (written.state, written.attempts, written.error) == (MailState.PENDING, 1, "SMTPServerDisconnected")
    assert written.due_at > timezone.now()
    assert "mail not sent" in caplog.text and "zoe@" not in caplog.text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    due()
    tasks.resend_mails()
    run_queue()
    written.refresh_from_db()
    assert (written.state, written.error) == (MailState.SENT, "")


def test_after_eight_failures_a_mail_is_given_up(settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Down"
    written = write()
    for _try in range(9):
        due()
        tasks.deliver_mail(written.pk)
    written.refresh_from_db()
    assert (written.state, written.attempts) == (MailState.FAILED, 8)


def test_a_refused_address_is_given_up_at_once(settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Refusing"
    written = write()
    tasks.deliver_mail(written.pk)
    written.refresh_from_db()
    assert (written.state, written.error) == (MailState.FAILED, "SMTPRecipientsRefused")


@pytest.mark.parametrize("demonstration", [True, False])
def test_bodies_are_erased_once_sent_but_in_the_demonstration(settings, demonstration):
    settings.DEMONSTRATION = demonstration
    written = write()
    assert CONTEXT["action_url"] in written.text
    tasks.deliver_mail(written.pk)
    written.refresh_from_db()
    assert bool(written.text) is bool(written.html) is demonstration
    assert CONTEXT["action_url"] in django_mail.outbox[0].body


def test_attachments_come_from_the_private_storage(run_queue):
    path = storages["private"].save("receipts/x.pdf", ContentFile(b"%PDF-1.7"))
    mail.send_mail(
        kind="accounts/activate",
        to="zoe@example.test",
        context=CONTEXT,
        attachments=[{"name": "recu.pdf", "path": path}],
    )
    run_queue()
    assert django_mail.outbox[0].attachments[0][:2] == ("recu.pdf", b"%PDF-1.7")


def test_html_is_escaped_and_text_is_not():
    written = write(email="<b>l'ami</b>@example.test")
    assert "<b>l'ami</b>" in written.text
    assert "&lt;b&gt;l&#x27;ami" in written.html and "<b>l'" not in written.html


def test_a_subject_is_one_line(tmp_path, settings):
    folder = tmp_path / "accounts" / "mails"
    folder.mkdir(parents=True)
    (folder / "x.txt").write_text("Objet : {{ name }}\n\nBonjour", encoding="utf-8")
    (folder / "x.html").write_text("Bonjour", encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    subject, text, _html = mail.render_mail("accounts/x", {"name": "Un  \t nom"})
    assert (subject, text) == ("Un nom", "Bonjour\n")
    (folder / "y.txt").write_text("Bonjour", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="Objet"):
        mail.render_mail("accounts/y", {})


@pytest.mark.parametrize("path", ["/mon-compte/", "mon-compte/", "//evil.example/x"])
def test_absolute_addresses_stay_under_the_portals(path):
    assert mail.absolute_url(path).startswith("http://localhost:8000/")


def test_the_journal_is_kept_a_year_and_its_bodies_a_day(settings):
    settings.DEMONSTRATION = True
    written = write()
    tasks.deliver_mail(written.pk)
    settings.DEMONSTRATION = False
    retention.purge(timezone.now() + timedelta(days=2))
    written.refresh_from_db()
    assert not written.text and written.subject
    retention.purge(timezone.now() + timedelta(days=366))
    assert not OutgoingMail.objects.exists()


def test_the_demonstration_shows_its_mails(client, run_queue):
    assert "Aucun courriel" in client.get("/_courriels/").content.decode()
    written = write()
    run_queue()
    page = client.get("/_courriels/")
    body = page.content.decode()
    assert written.subject in body and 'href="/creer-un-compte/abc/"' in body
    assert 'sandbox="allow-popups"' in body
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    frame = client.get(f"/_courriels/{written.pk}/")
    assert frame.content.decode() == written.html
    assert "sandbox allow-popups" in frame["Content-Security-Policy"]
    assert "script-src" not in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_nobody_sees_them_elsewhere(client, settings, staff):
    written = write()
    settings.DEMONSTRATION = False
    staff("Administrateur")
    assert client.get("/_courriels/").status_code == 404
    assert client.get(f"/_courriels/{written.pk}/").status_code == 404
