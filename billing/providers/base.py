"""What a payment provider must do, and the words in which it answers.

Amounts are Decimal euros here; cents stay inside.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal

from ..enums import CheckoutStatus, RefundState


class ProviderUnavailable(Exception):
    """The provider gave no answer: nothing is known, try again later."""


class ProviderRefused(Exception):
    """The provider answered no; its message is for a revenue officer, not for a resident."""


class InvalidSignature(Exception):
    """A notification that the provider did not sign, or signed too long ago."""


@dataclass(frozen=True)
class ProviderRefund:
    """A refund as the provider knows it; `reference` is our idempotency key, empty for one made at the provider."""

    id: str
    amount: Decimal
    state: RefundState
    reference: str = ""


@dataclass(frozen=True)
class Checkout:
    """A payment as the provider knows it now. `amount` is what was received once paid, what is asked before."""

    session: str
    status: CheckoutStatus
    amount: Decimal
    currency: str
    reference: str
    declined: bool = False
    payment: str = ""
    url: str = ""
    refunds: tuple[ProviderRefund, ...] = ()


@dataclass(frozen=True)
class Notification:
    """What a notification is about: ids only. The rest of it is asked of the provider, never believed."""

    event_id: str
    kind: str
    session: str = ""
    payment: str = ""
    reference: str = ""


class PaymentProvider(ABC):
    """One provider. Each call may raise ProviderUnavailable or ProviderRefused; none is made inside a transaction."""

    name: str

    @abstractmethod
    def create_session(self, payment, lines):
        """Open a payment page for `payment`, with `lines` of (label, amount).

        Safe to repeat: returns the same Checkout.
        """

    @abstractmethod
    def fetch(self, session):
        """Return the Checkout of session id `session` as it stands now, its refunds included."""

    @abstractmethod
    def expire(self, session):
        """Close the payment page, so that nobody can pay on it any more.

        Returns the Checkout. One already closed is left as it is.
        """

    @abstractmethod
    def refund(self, refund):
        """Give back `refund.amount` of `refund.payment`. Safe to repeat: returns the same ProviderRefund."""

    @abstractmethod
    def verify_notification(self, body, signature):
        """Return the Notification in `body` (bytes). Raises InvalidSignature, or ValueError when it can't be read."""

    @abstractmethod
    def reference_of(self, provider_payment):
        """Return our reference of the provider's payment id, "" when it is none of ours."""
