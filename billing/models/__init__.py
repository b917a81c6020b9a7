from .counters import Counter
from .events import PaymentEvent
from .invoices import Invoice
from .payments import Payment, PaymentAllocation, Refund

__all__ = ["Counter", "Invoice", "Payment", "PaymentAllocation", "PaymentEvent", "Refund"]
