"""Entry points of the queue: they take ids, call a service, and are safe to run twice."""

from . import links, mail, retention


def deliver_mail(mail_id):
    """Send one mail of the outbox."""
    mail.deliver(mail_id)


def resend_mails():
    """Queue again the mails whose sending failed or was lost (every 5 minutes)."""
    mail.resend_due()


def answer_link_request(link_id):
    """Mail what someone asked for: here, not in the request, known and unknown addresses part ways."""
    links.answer(link_id=link_id)


def purge():
    """Erase what is kept no longer than its rule says (every night)."""
    retention.purge()
