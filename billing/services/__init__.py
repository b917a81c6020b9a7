"""What billing can do. Every write to its tables goes through one of these verbs."""

from .charges import Sale, charge, take_back
from .checks import check_payment, reconcile_pending, refresh_payment
from .events import handle_event, receive_notification
from .filing import catch_up, file_invoices, file_receipt
from .invoices import assign_invoices, upsert_invoices, withdraw_imported
from .mandates import create_mandate, revoke_mandate
from .payments import abandon_payment, resume_payment, start_payment
from .receipts import make_receipt
from .refunds import refund_payment, refundable, send_refund

__all__ = [
    "Sale",
    "abandon_payment",
    "assign_invoices",
    "catch_up",
    "charge",
    "check_payment",
    "create_mandate",
    "file_invoices",
    "file_receipt",
    "handle_event",
    "make_receipt",
    "receive_notification",
    "reconcile_pending",
    "refresh_payment",
    "refund_payment",
    "refundable",
    "resume_payment",
    "revoke_mandate",
    "send_refund",
    "start_payment",
    "take_back",
    "upsert_invoices",
    "withdraw_imported",
]
