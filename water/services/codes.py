"""Activation codes: issued in batches for the mail-merge, exported once, reissued (s1.5)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from wagtail.log_actions import log

from .. import perms
from ..models import ActivationCode, CodeBatch, WaterContract
from ..queries import contracts_without_code
from .sealing import digest_of, grouped, new_code, normalise_code, normalise_reference, seal, unseal

__all__ = [
    "digest_of",
    "export_codes",
    "grouped",
    "issue_codes",
    "new_code",
    "normalise_code",
    "normalise_reference",
    "reissue_code",
    "replace_code",
    "resume_batch",
    "run_batch",
]

CHUNK = 500


def issue_codes(*, by):
    """Start a batch of codes for the contracts that have none; the queue draws them. Returns the CodeBatch.

    Raises PermissionDenied without the right, ValidationError when every contract has its code or a batch is running.
    """
    _check_issuer(by)
    with transaction.atomic():
        if CodeBatch.objects.select_for_update().filter(ready_at=None).exists():
            raise ValidationError(_("Une émission de codes est déjà en cours : attendez qu’elle soit terminée."))
        total = contracts_without_code().count()
        if not total:
            raise ValidationError(
                _("Chaque contrat en cours est déjà rattaché à un compte ou a déjà un code d’activation.")
            )
        batch = CodeBatch.objects.create(issued_by=by, total=total)
        log(instance=batch, action="water.codes.issue", user=by, data={"total": total})
        async_task("water.tasks.issue_codes", batch.pk)
    return batch


def resume_batch(*, by, batch):
    """Queue again a batch whose task was lost; what is drawn stays. Returns the batch.

    Raises PermissionDenied without the right, ValidationError when the batch is complete.
    """
    _check_issuer(by)
    with transaction.atomic():
        batch = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.ready_at:
            raise ValidationError(_("Ce lot est complet."))
        log(instance=batch, action="water.codes.resume", user=by)
        async_task("water.tasks.issue_codes", batch.pk)
    return batch


def run_batch(batch_id, *, chunk=CHUNK):
    """Draw the codes of a batch, chunk by chunk. Safe to run twice, and resumes where a killed worker stopped."""
    while _run_chunk(batch_id, chunk):
        pass


def _run_chunk(batch_id, size):
    """Draw the next `size` codes in one transaction; return whether there may be more."""
    with transaction.atomic():
        batch = CodeBatch.objects.select_for_update().get(pk=batch_id)
        if batch.ready_at:
            return False
        # The contracts are locked before their codes are looked at: a reissue or another batch can't slip in between.
        todo = contracts_without_code().filter(pk__gt=batch.last_contract_id).order_by("pk")
        pks = list(todo.values_list("pk", flat=True)[:size])
        list(WaterContract.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
        contracts = list(contracts_without_code().filter(pk__in=pks).order_by("pk"))
        ActivationCode.objects.bulk_create(_drawn(contract, batch) for contract in contracts)
        batch.count += len(contracts)
        if pks:
            batch.last_contract_id = pks[-1]
        else:
            batch.ready_at = timezone.now()
        batch.save(update_fields=["count", "last_contract_id", "ready_at"])
        return bool(pks)


def _drawn(contract, batch):
    code = new_code()
    return ActivationCode(contract=contract, batch=batch, digest=digest_of(contract.reference, code), sealed=seal(code))


def reissue_code(*, by, contract):
    """Void the code of `contract` and draw another, in a batch of its own that `by` exports. Returns the CodeBatch.

    Raises PermissionDenied without the right, ValidationError when the contract is attached to an account.
    """
    _check_issuer(by)
    with transaction.atomic():
        contract = WaterContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        batch = CodeBatch.objects.create(issued_by=by, total=1, count=1, ready_at=timezone.now())
        replace_code(contract, batch=batch)
        log(instance=contract, action="water.codes.reissue", user=by, data={"batch": batch.pk})
    return batch


def replace_code(contract, *, batch=None):
    """Void the valid code of a locked, unattached contract and store a new one, sealed for its batch. Returns the code.

    Called by services, inside their transaction. Raises ValidationError when the contract is attached.
    """
    if contract.profile_id:
        raise ValidationError(_("Ce contrat est déjà rattaché à un compte : il n’a pas besoin de code."))
    contract.codes.filter(used_at=None, voided_at=None).update(voided_at=timezone.now(), sealed=None)
    code = new_code()
    ActivationCode.objects.create(
        contract=contract,
        batch=batch,
        digest=digest_of(contract.reference, code),
        sealed=seal(code) if batch else None,
    )
    return code


def export_codes(*, by, batch):
    """Give out the codes of a batch, once, to who issued it; erase them in the same transaction.

    Returns rows {reference, holder, address, postcode, town, code}. Codes used or voided meanwhile are left out.
    Raises PermissionDenied for anyone else, ValidationError when the batch isn't ready or was exported.
    """
    _check_issuer(by)
    with transaction.atomic():
        batch = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.issued_by_id != by.pk:
            raise PermissionDenied
        if not batch.ready_at:
            raise ValidationError(_("Les codes de ce lot sont encore en cours d’émission."))
        if batch.exported_at:
            raise ValidationError(
                _(
                    "Ces codes ont déjà été exportés : ils ne sont plus lisibles. "
                    "Pour un contrat, émettez un nouveau code depuis sa fiche."
                )
            )
        codes = batch.codes.filter(used_at=None, voided_at=None).select_related("contract__delivery_point")
        rows = [_row(code) for code in codes.order_by("contract__reference").iterator(chunk_size=2_000)]
        batch.codes.update(sealed=None)
        batch.exported_at = timezone.now()
        batch.save(update_fields=["exported_at"])
        log(instance=batch, action="water.codes.export", user=by, data={"count": len(rows)})
    return rows


def _row(code):
    contract, place = code.contract, code.contract.delivery_point
    return {
        "reference": contract.reference,
        "holder": contract.holder_name,
        "address": place.address,
        "postcode": place.postcode,
        "town": place.town,
        "code": grouped(unseal(code.sealed)),
    }


def _check_issuer(user):
    if not perms.can_issue_codes(user):
        raise PermissionDenied
