from .charges import Charge
from .counters import Counter
from .events import PaymentEvent
from .invoices import Invoice
from .mandates import SepaMandate
from .payments import Payment, PaymentAllocation, Refund

__all__ = ["Charge", "Counter", "Invoice", "Payment", "PaymentAllocation", "PaymentEvent", "Refund", "SepaMandate"]
