"""What billing can do. Every write to its tables goes through one of these verbs."""

from .checks import check_payment, reconcile_pending, refresh_payment
from .events import handle_event, receive_notification
from .invoices import assign_invoices, upsert_invoices, withdraw_imported
from .payments import abandon_payment, resume_payment, start_payment
from .receipts import make_receipt
from .refunds import refund_payment, refundable, send_refund

__all__ = [
    "abandon_payment",
    "assign_invoices",
    "check_payment",
    "handle_event",
    "make_receipt",
    "receive_notification",
    "reconcile_pending",
    "refresh_payment",
    "refund_payment",
    "refundable",
    "resume_payment",
    "send_refund",
    "start_payment",
    "upsert_invoices",
    "withdraw_imported",
]
