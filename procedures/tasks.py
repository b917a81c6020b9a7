"""Queue entry points of procedures: they take ids, call a service, and are safe to run twice."""

from .services import anonymous, appointments, deadlines, drafts, exports, receipts, retention


def make_receipt(case_id):
    """Make and file the receipt of a filed case."""
    receipts.make_receipt(case_id=case_id)


def renew_code(number, email, seed):
    """Mail a new follow-up code to who lost the former one; `seed` is that of the asking."""
    anonymous.renew_code(number=number, email=email, seed=seed)


def tell_expiring_drafts():
    """Tell residents which drafts will soon be erased (every morning)."""
    drafts.tell_expiring()


def erase_expired_drafts():
    """Erase the drafts that nobody touched for three months, and the links that nobody used (every night)."""
    anonymous.forget_links()
    drafts.erase_expired()


def make_export(export_id):
    """Make the spreadsheet that an agent asked for."""
    exports.make_export(export_id=export_id)


def purge_exports():
    """Erase the spreadsheets of more than a day (every hour)."""
    exports.purge()


def purge_closed_cases():
    """Erase the cases that are kept no longer than their procedure says (every night)."""
    retention.purge_closed()


def warn_of_deadlines():
    """Tell departments which time limits are near (every morning)."""
    deadlines.warn()


def remind_appointments():
    """Remind those who have an appointment tomorrow (each hour of the day)."""
    appointments.remind()
