"""What the pages and the domains read of a household."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import ChildState
from ..models import Acceptance, AcceptanceText, Child, FamilyFile, FamilyQuotient, Guardian, Guardianship

OWN_TEXT = _(
    "Je certifie que ces informations sont exactes, et je préviens le service de tout changement. J’accepte qu’elles "
    "servent à l’accueil de mes enfants et à la facturation."
)


def children_of(profile):
    """Return the children that the household raises today, as a list, oldest first; those archived are left out.

    Each has `guardianship`, that of `profile`. One query.
    """
    if profile is None:
        return []
    guardianships = (
        Guardianship.objects.on(timezone.localdate())
        .filter(profile=profile)
        .exclude(child__state=ChildState.ARCHIVED)
        .select_related("child")
        .order_by("child__birth_date", "child__first_name", "child__pk")
    )
    return [_child_of(guardianship) for guardianship in guardianships]


def child_of(profile, public_id):
    """Return (child, guardianship) for a child that the household raises today. Raises Child.DoesNotExist."""
    guardianship = (
        Guardianship.objects.on(timezone.localdate())
        .filter(profile=profile, child__public_id=public_id)
        .exclude(child__state=ChildState.ARCHIVED)
        .select_related("child")
        .first()
    )
    if guardianship is None:
        raise Child.DoesNotExist
    return _child_of(guardianship), guardianship


def _child_of(guardianship):
    guardianship.child.guardianship = guardianship
    return guardianship.child


def guardians_of(profile):
    """Return the legal guardians of the household, as a list, in its order."""
    return list(Guardian.objects.filter(profile=profile, removed_at=None))


def family_file_of(profile):
    """Return the FamilyFile of the household; a blank one, not saved, as long as nothing was said."""
    return FamilyFile.objects.filter(profile=profile).first() or FamilyFile(profile=profile)


def quotient_on(profile, date):
    """Return the verified FamilyQuotient that holds for `profile` on `date`, the latest to begin; None without."""
    return (
        FamilyQuotient.objects.filter(
            profile=profile, verified_at__isnull=False, valid_from__lte=date, valid_until__gte=date
        )
        .order_by("-valid_from", "-pk")
        .first()
    )


def quotients_of(profile, most=10):
    """Return the last FamilyQuotients of the household, declared ones too, the latest to begin first."""
    return list(FamilyQuotient.objects.filter(profile=profile)[:most])


def current_text():
    """Return the newest AcceptanceText, the one behind « J’accepte » (s4.2).

    Before staff publish theirs: the portal's own, version 0, not saved as long as nobody accepted it.
    """
    return AcceptanceText.objects.order_by("-version").first() or AcceptanceText(text=str(OWN_TEXT), version=0)


def last_acceptance(profile, child=None):
    """Return the latest Acceptance of the household, or of it for `child`, with its text; None without."""
    accepted = Acceptance.objects.filter(profile=profile, child=child).select_related("text", "accepted_by")
    return accepted.order_by("-accepted_at", "-pk").first()
