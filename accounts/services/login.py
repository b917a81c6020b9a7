"""Modifier mon login (s3.4, s4 4.3): confirmed by a link mailed to the new address, then by staff if they want to."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .. import links
from ..enums import ChangeState, FamilyForm, LinkPurpose
from ..models import ChangeRequest, Membership, User
from . import changes
from .members import LINK_DEAD, change_login


def request_change(*, by, email):
    """Ask for the mail that confirms `email` as the new login of `by`. Says nothing of whether it is known."""
    links.request_link(purpose=LinkPurpose.EMAIL, email=email, user=by)


@transaction.atomic
def confirm_change(*, token):
    """Make the address of the link of `token` the login of its user, or ask staff for it; returns whether it waits.

    It waits when staff ticked the approval of the login among the family forms' fields. Raises ValidationError when the
    link is dead, or the address another account's by now.
    """
    link = links.find(purpose=LinkPurpose.EMAIL, token=token, lock=True)
    if link is None:
        raise ValidationError(LINK_DEAD)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    user = User.objects.get(pk=link.user_id)
    first = Membership.objects.active().filter(user=user).select_related("profile").order_by("started_at", "pk").first()
    if first is None:  # staff without a profile of their own
        change_login(user=user, email=link.email)
        return False
    proposal = changes.propose(
        by=user, profile=first.profile, form=FamilyForm.LOGIN, target=user, values={"email": link.email}
    )
    return proposal.pending is not None


def pending_change(user):
    """Return the ChangeRequest of the login of `user` that waits for staff, or None."""
    waiting = ChangeRequest.objects.filter(form=FamilyForm.LOGIN, target_id=user.pk, state=ChangeState.PENDING)
    return waiting.prefetch_related("fields").first()
