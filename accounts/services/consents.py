"""The authorisations that parents answer for a child: oui, non, non concerné (s4.9)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..enums import Answer, FamilyForm
from ..models import Consent, ConsentType
from .files import locked_child


@transaction.atomic
def answer(*, by, profile, child, answers):
    """Write the `answers` {ConsentType's pk: an Answer, or "" for none} of the parents of `child`; returns the Consents
    that changed.

    Authorisations that staff no longer ask for are ignored. Raises PermissionDenied for who may not change the file,
    ValidationError when a mandatory one is left without an answer or an answer is none of the three.
    """
    child = locked_child(by=by, profile=profile, child_id=child.pk, form=FamilyForm.CHILD)
    held = {consent.type_id: consent for consent in Consent.objects.filter(child=child)}
    changed = []
    for kind in ConsentType.objects.filter(active=True):
        given = answers.get(kind.pk) or ""
        before = held[kind.pk].answer if kind.pk in held else ""
        if given and given not in Answer:
            raise ValidationError(_("%(label)s : choisissez une réponse.") % {"label": kind.label})
        if not given and kind.mandatory and not before:
            raise ValidationError(_("%(label)s : choisissez une réponse.") % {"label": kind.label})
        if given and given != before:
            changed.append(_write(by, held.get(kind.pk) or Consent(child=child, type=kind), given))
    return changed


def _write(by, consent, given):
    before = consent.answer
    consent.answer, consent.answered_by, consent.answered_at = given, by, timezone.now()
    consent.save()
    log(
        instance=consent.child,
        action="accounts.child.consent",
        user=by,
        data={"type": consent.type_id, "before": before, "after": given},
    )
    return consent
