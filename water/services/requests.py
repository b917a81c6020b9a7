"""Someone knows a reference but not its code (s1.4): an agent checks the request, then sends the code himself."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.mail import absolute_url, send_mail
from accounts.throttle import throttle

from .. import perms
from ..enums import CodeRequestState
from ..models import CodeRequest, WaterContract
from .codes import replace_code
from .sealing import grouped, normalise_reference


def request_code(*, by, profile, reference, origin):
    """Record that `profile` asks for the code of the contract `reference`, known or not. Returns the CodeRequest.

    Asking again while the first request waits gives the first. Raises Throttled, or PermissionDenied if `by` can't act
    for `profile`.
    """
    throttle("request_code.user", by.pk, limit=5, seconds=60 * 60)
    throttle("request_code.origin", origin, limit=30, seconds=60 * 60)
    if not perms.can_act_for(by, profile):
        raise PermissionDenied
    with transaction.atomic():
        request, created = CodeRequest.objects.get_or_create(
            profile=profile,
            reference=normalise_reference(reference),
            state=CodeRequestState.PENDING,
            defaults={"requested_by": by, "email": by.email},
        )
        if created:
            log(instance=request, action="water.code_request.create", user=by)
    return request


def send_code(*, by, code_request):
    """An agent checked: draw a new code for the contract asked for, void the old one, and mail it. Returns the request.

    Raises PermissionDenied without the right, ValidationError when it was handled or no contract has it free.
    """
    with transaction.atomic():
        request = _pending(by, code_request)
        contract = (
            WaterContract.objects.select_for_update(of=("self",))
            .select_related("delivery_point")
            .filter(reference=request.reference)
            .first()
        )
        if contract is None:
            raise ValidationError(_("Aucun contrat ne porte cette référence : refusez la demande en disant pourquoi."))
        code = replace_code(contract)
        _close(request, by, CodeRequestState.SENT)
        log(instance=request, action="water.code_request.send", user=by, data={"contract": contract.pk})
        send_mail(
            kind="water/code_sent",
            to=request.email,
            context={
                "first_name": request.requested_by.first_name,
                "reference": contract.reference,
                "code": grouped(code),
                "attach_url": absolute_url("/mon-compte/contrats/associer/"),
            },
        )
    return request


def refuse_code(*, by, code_request, reason):
    """Refuse a request; the resident reads `reason` in a mail. Returns the request.

    Raises PermissionDenied without the right, ValidationError without a reason or when it was handled.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Dites pourquoi la demande est refusée : l’usager lira cette phrase."))
    with transaction.atomic():
        request = _pending(by, code_request)
        request.reason = reason
        _close(request, by, CodeRequestState.REFUSED)
        log(instance=request, action="water.code_request.refuse", user=by)
        send_mail(
            kind="water/code_refused",
            to=request.email,
            context={
                "first_name": request.requested_by.first_name,
                "reference": request.reference,
                "reason": reason,
                "contact_url": absolute_url("/contact/"),
            },
        )
    return request


def _pending(by, code_request):
    if not perms.can_handle_requests(by):
        raise PermissionDenied
    request = CodeRequest.objects.select_for_update(of=("self",)).select_related("requested_by").get(pk=code_request.pk)
    if request.state != CodeRequestState.PENDING:
        raise ValidationError(_("Cette demande a déjà été traitée."))
    return request


def _close(request, by, state):
    request.state, request.handled_by, request.handled_at = state, by, timezone.now()
    request.save(update_fields=["state", "reason", "handled_by", "handled_at"])
