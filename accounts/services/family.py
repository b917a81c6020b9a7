"""The household: how it begins, its guardians, its quotient, and what it accepts."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import family_perms as perms
from ..enums import FamilyForm, ProfileKind
from ..locks import lock_profile
from ..mail import absolute_url, send_mail
from ..models import Acceptance, AcceptanceText, FamilyQuotient, Guardian, Membership
from ..perms import can_manage, can_write
from ..queries.family import current_text
from . import changes
from .members import create_profile
from .notifications import notify

ADDRESS = ("address", "address_complement", "postcode", "town", "phone", "second_phone")


@transaction.atomic
def open_household(*, by, name, relationship="", like=None):
    """Create the household `name`, held by the user `by`, who is its first guardian; returns its Membership.

    `relationship`: what `by` is to the children ("Mère"). `like`: a profile of theirs whose address and telephones it
    takes. Raises PermissionDenied when `like` is someone else's, ValidationError when they have one of that name.
    """
    if like is not None and perms.membership_of(by, like) is None:
        raise PermissionDenied
    mine = Membership.objects.active().filter(user=by, profile__kind=ProfileKind.HOUSEHOLD)
    if mine.filter(profile__name__iexact=name.strip()).exists():
        raise ValidationError(_("Vous avez déjà un foyer de ce nom."))
    known = {field: getattr(like, field) for field in ADDRESS} if like is not None else {}
    membership = create_profile(by=by, kind=ProfileKind.HOUSEHOLD, name=name.strip(), **known)
    if by.first_name and by.last_name:
        Guardian.objects.create(
            profile=membership.profile,
            user=by,
            first_name=by.first_name,
            last_name=by.last_name,
            relationship=relationship or _("Parent"),
            email=by.email,
            **known,
        )
    log(instance=membership.profile, action="accounts.household.open", user=by)
    return membership


@transaction.atomic
def save_file(*, by, profile, values, version):
    """Change the family file (s3.3) once the text is accepted (s4.2): `accept_text`, then `changes.propose`.

    Returns the Proposal.
    """
    accept_text(by=by, profile=profile, version=version)
    return changes.propose(by=by, profile=profile, form=FamilyForm.FAMILY, target=None, values=values)


@transaction.atomic
def save_guardian(*, by, profile, guardian, values, version):
    """Change `guardian`, or add one (not saved), once the text is accepted. Returns the Proposal."""
    accept_text(by=by, profile=profile, version=version)
    return changes.propose(by=by, profile=profile, form=FamilyForm.GUARDIAN, target=guardian, values=values)


@transaction.atomic
def remove_guardian(*, by, profile, guardian):
    """Take `guardian` away from the household, or ask for it when the rule says so. Returns the Proposal.

    Raises ValidationError for the last one: a household always has a guardian.
    """
    lock_profile(profile.pk)
    changes.check_not_last(guardian)
    return changes.propose(
        by=by, profile=profile, form=FamilyForm.GUARDIAN, target=guardian, values={"removed_at": timezone.now()}
    )


@transaction.atomic
def accept_text(*, by, profile, version, child=None):
    """Note that `by` accepts the text behind « J’accepte », in its `version`, for the household or for `child`.

    Returns the Acceptance. As long as staff published no text, nothing need be accepted (`version` None, as from an
    import) and None is returned; pages show the portal's own text. Accepting the same version again writes a new date.
    Raises PermissionDenied for who can't act for the household, ValidationError for another version than the current
    one: what was read is not what would be accepted.
    """
    if not can_write(perms.membership_of(by, profile)):
        raise PermissionDenied
    text = current_text()
    if text.pk is None:
        if version is None:
            return None
        text, _created = AcceptanceText.objects.get_or_create(version=text.version, defaults={"text": text.text})
    if version != text.version:
        raise ValidationError(_("Le texte à accepter a changé : relisez-le, puis acceptez de nouveau."), code="version")
    accepted = Acceptance.objects.create(text=text, profile=profile, child=child, accepted_by=by)
    log(instance=child or profile, action="accounts.text.accept", user=by, data={"version": text.version})
    return accepted


@transaction.atomic
def publish_text(*, by, text):
    """Publish a new version of the text to accept; families are asked again when they next save. Returns it.

    Raises PermissionDenied without the right.
    """
    if not perms.can_publish_text(by):
        raise PermissionDenied
    newest = AcceptanceText.objects.select_for_update().order_by("-version").first()
    published = AcceptanceText(text=text.strip(), version=newest.version + 1 if newest else 1)
    published.full_clean()
    published.save()
    log(instance=published, action="accounts.text.publish", user=by, data={"version": published.version})
    return published


# The family quotient --------------------------------------------------------------------------------------------------


@transaction.atomic
def declare_quotient(*, by, profile, amount, valid_from, valid_until, annual_income=None):
    """Declare the household's family quotient; it counts once its proof is verified. Returns the FamilyQuotient.

    What was declared before and waits is replaced. `amount` and `annual_income` are Decimal euros. Raises
    PermissionDenied for who may not, ValidationError (by field) for dates in disorder or past, or a negative amount.
    """
    if not perms.can_change_family(by, profile):
        raise PermissionDenied
    _check_validity(valid_from, valid_until)
    if valid_until < timezone.localdate():
        raise ValidationError({"valid_until": _("Cette date est passée : déclarez le quotient en cours.")})
    lock_profile(profile.pk)
    waiting = FamilyQuotient.objects.filter(profile=profile, verified_at=None, refused_reason="").first()
    quotient = waiting or FamilyQuotient(profile=profile)
    quotient.amount, quotient.annual_income = amount, annual_income
    quotient.valid_from, quotient.valid_until = valid_from, valid_until
    quotient.full_clean()
    quotient.save()
    log(instance=profile, action="accounts.quotient.declare", user=by, data={"quotient": quotient.pk})
    return quotient


@transaction.atomic
def record_quotient(*, by, profile, amount, valid_from, valid_until, annual_income=None):
    """Write a quotient that staff know to be right. Returns the FamilyQuotient, verified.

    Raises PermissionDenied without the right, ValidationError for what can't be.
    """
    if not perms.can_verify_quotients(by):
        raise PermissionDenied
    _check_validity(valid_from, valid_until)
    quotient = FamilyQuotient(
        profile=profile,
        amount=amount,
        annual_income=annual_income,
        valid_from=valid_from,
        valid_until=valid_until,
        verified_at=timezone.now(),
        verified_by=by,
    )
    quotient.full_clean()
    quotient.save()
    log(instance=profile, action="accounts.quotient.record", user=by, data={"quotient": quotient.pk})
    return quotient


def _check_validity(valid_from, valid_until):
    # The table's own constraint names no field.
    if valid_until < valid_from:
        raise ValidationError({"valid_until": _("La fin de validité ne peut pas précéder son début.")})


@transaction.atomic
def verify_quotient(*, by, quotient, seen=None):
    """Say that the proof of a declared quotient is right: prices count with it from then on. Returns it.

    `seen` is the `fingerprint` of what the agent read: what the family declared since is not verified unread. Raises
    PermissionDenied without the right, ValidationError when it was decided already, or declared anew.
    """
    quotient = _declared(by, quotient, seen)
    quotient.verified_at, quotient.verified_by = timezone.now(), by
    quotient.save(update_fields=["verified_at", "verified_by"])
    log(instance=quotient.profile, action="accounts.quotient.verify", user=by, data={"quotient": quotient.pk})
    _tell_quotient(quotient)
    return quotient


@transaction.atomic
def refuse_quotient(*, by, quotient, reason, seen=None):
    """Refuse a declared quotient; the household reads `reason` in a mail. Returns it.

    Raises as `verify_quotient`, and ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi vous refusez : la famille lira cette phrase."))
    quotient = _declared(by, quotient, seen)
    quotient.refused_reason = reason.strip()
    quotient.save(update_fields=["refused_reason"])
    log(instance=quotient.profile, action="accounts.quotient.refuse", user=by, data={"quotient": quotient.pk})
    _tell_quotient(quotient)
    return quotient


def _declared(by, quotient, seen):
    if not perms.can_verify_quotients(by):
        raise PermissionDenied
    rows = FamilyQuotient.objects.select_for_update(of=("self",)).select_related("profile")
    quotient = rows.get(pk=quotient.pk)
    if quotient.verified_at or quotient.refused_reason:
        raise ValidationError(_("Ce quotient a déjà été traité."))
    if seen is not None and seen != quotient.fingerprint:
        raise ValidationError(_("La famille vient de déclarer un autre quotient : relisez-le avec son justificatif."))
    return quotient


def _tell_quotient(quotient):
    """Tell who holds the household; the amount stays on the portal."""
    members = Membership.objects.active().filter(profile=quotient.profile, user__is_active=True)
    users = [one.user for one in members.select_related("user").order_by("started_at", "pk") if can_manage(one)]
    for user in users:
        send_mail(
            kind="accounts/quotient_decided",
            to=user.email,
            context={
                "user": user,
                "profile": quotient.profile,
                "quotient": quotient,
                "family_url": absolute_url("/mon-compte/famille/"),
            },
        )
    notify(
        profile=quotient.profile,
        users=users,
        title=_("Quotient familial refusé") if quotient.refused_reason else _("Quotient familial validé"),
        text=quotient.refused_reason,
        url="/mon-compte/famille/",
        source=f"accounts.quotient:{quotient.pk}",
    )
