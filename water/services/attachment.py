"""A contract joins a resident's profile with reference and code (s1.3), and leaves it by an agent's hand."""

from hmac import compare_digest

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.mail import absolute_url, send_mail
from accounts.throttle import throttle
from billing.services import assign_invoices

from .. import perms
from ..models import ActivationCode, WaterContract
from .sealing import digest_of, normalise_reference

# One sentence for an unknown reference, a wrong or void code, a contract attached elsewhere, another e-mail.
WRONG_PAIR = _(
    "Nous n’avons pas pu associer ce contrat. Vérifiez le courriel, le code d’activation et la référence client "
    "imprimés sur votre contrat."
)


def attach_contract(*, by, profile, email, reference, code, origin):
    """Attach the contract `reference` to `profile`, and its invoices with it. Returns the WaterContract.

    A contract that is the profile's already is returned as it is.

    `email` is that of the account of `by`; `origin` what accounts.throttle calls one. Raises Throttled after too many
    tries, PermissionDenied if `by` can't act for `profile`, ValidationError(WRONG_PAIR) whatever is wrong.
    """
    reference = normalise_reference(reference)
    throttle("attach_contract.user", by.pk, limit=5, seconds=15 * 60)
    throttle("attach_contract.origin", origin, limit=30, seconds=60 * 60)
    # Wide: against many accounts that guess at one contract, and an hour at most for its holder.
    throttle("attach_contract.reference", reference, limit=20, seconds=60 * 60)
    if not perms.can_act_for(by, profile):
        raise PermissionDenied
    with transaction.atomic():
        # Sent twice, the form gets the answer of the first time: it is their contract already.
        if mine := WaterContract.objects.filter(reference=reference, profile=profile).first():
            return mine
        contract, activation = _proved(reference, code, same_email=_same(email, by.email))
        now = timezone.now()
        contract.profile, contract.attached_at = profile, now
        contract.save(update_fields=["profile", "attached_at"])
        activation.used_at, activation.sealed = now, None
        activation.save(update_fields=["used_at", "sealed"])
        assign_invoices(customer_reference=contract.reference, profile=profile)
        log(instance=contract, action="water.contract.attach", user=by, data={"profile": profile.pk})
        send_mail(
            kind="water/contract_attached",
            to=by.email,
            context={
                "first_name": by.first_name,
                "contract": contract,
                "place": contract.delivery_point,
                "profile": profile,
                "contracts_url": absolute_url("/mon-compte/contrats/"),
            },
        )
    return contract


def _proved(reference, code, *, same_email):
    """Return the locked contract and its valid code if all is right; else raise. The same work whatever is wrong."""
    contract = WaterContract.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    activation = ActivationCode.objects.filter(
        contract_id=contract.pk if contract else None, used_at=None, voided_at=None
    ).first()
    given = digest_of(reference, code)
    right_code = compare_digest(activation.digest if activation else "0" * 64, given)
    if not (right_code and same_email and contract and contract.profile_id is None):
        raise ValidationError(WRONG_PAIR, code="wrong_pair")
    return contract, activation


def _same(typed, known):
    return typed.strip().casefold() == known.strip().casefold()


def detach_contract(*, by, contract):
    """End the attachment of `contract`: its profile sees neither it nor its invoices any more. Returns the contract.

    Payments stay with who made them. Raises PermissionDenied without the right, ValidationError if it is not attached.
    """
    if not perms.can_detach(by):
        raise PermissionDenied
    with transaction.atomic():
        contract = WaterContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        if contract.profile_id is None:
            raise ValidationError(_("Ce contrat n’est rattaché à aucun compte."))
        former = contract.profile_id
        contract.profile = contract.attached_at = None
        contract.save(update_fields=["profile", "attached_at"])
        assign_invoices(customer_reference=contract.reference, profile=None)
        log(instance=contract, action="water.contract.detach", user=by, data={"profile": former})
    return contract
