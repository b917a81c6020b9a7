"""Direct debit: a resident's word that invoices may be taken from a bank account (s1.10), given and taken back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.locks import lock_profile

from .. import perms
from ..enums import MandateState
from ..models import SepaMandate
from ..rules import iban_is_valid
from .ledger import next_number

SERIES = "RUM"


def create_mandate(*, by, profile, customer_reference, holder_name, iban, signed_on, source, bic=""):
    """Record a mandate for the invoices of `customer_reference`, with the next RUM; one in place before is revoked,
    another profile's too.

    `source` says where it comes from: the same again gives the same mandate. Raises PermissionDenied without the
    right, ValidationError when the IBAN is none.
    """
    if not perms.can_create_mandate(by):
        raise PermissionDenied
    iban = "".join(iban.split()).upper()
    if not iban_is_valid(iban):
        raise ValidationError(_("Cet IBAN n’existe pas : vérifiez-le sur le relevé d’identité bancaire."))
    with transaction.atomic():
        # The profile's row orders two mandates at once.
        lock_profile(profile.pk)
        if known := SepaMandate.objects.filter(source=source).first():
            return known
        for former in _active(profile, customer_reference):
            _revoke(former, by)
        mandate = SepaMandate.objects.create(
            reference=next_number(SERIES),
            profile=profile,
            customer_reference=customer_reference,
            holder_name=holder_name[:140],
            iban=iban,
            bic=bic,
            signed_on=signed_on,
            source=source,
            created_by=by,
        )
        log(instance=mandate, action="billing.mandate.create", user=by, data={"profile": profile.pk})
    return mandate


def revoke_mandate(*, by, mandate):
    """End `mandate`: nothing is taken any more. Returns it; one revoked already is returned as it is.

    Raises PermissionDenied without the right.
    """
    if not perms.can_revoke_mandate(by):
        raise PermissionDenied
    with transaction.atomic():
        mandate = SepaMandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
        if mandate.state == MandateState.ACTIVE:
            _revoke(mandate, by)
    return mandate


def _active(profile, customer_reference):
    """The mandates that a new one replaces: an invoice is taken once, whoever had the contract before."""
    active = SepaMandate.objects.select_for_update(of=("self",)).filter(
        customer_reference=customer_reference, state=MandateState.ACTIVE
    )
    return (active if customer_reference else active.filter(profile=profile)).order_by("pk")


def _revoke(mandate, by):
    mandate.state, mandate.revoked_at = MandateState.REVOKED, timezone.now()
    mandate.save(update_fields=["state", "revoked_at"])
    log(instance=mandate, action="billing.mandate.revoke", user=by)
