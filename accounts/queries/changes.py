"""What is asked to change, and what became of it."""

from ..enums import ChangeState, FamilyForm
from ..models import ChangeRequest


def pending_list(profile, child=None):
    """Return the ChangeRequests of the household that wait, oldest first, with their fields: two queries.

    With `child`, those about that child; without, those about the family itself. A login is its owner's, not the
    household's: `services.login.pending_change`.
    """
    waiting = ChangeRequest.objects.filter(profile=profile, child=child, state=ChangeState.PENDING)
    waiting = waiting.exclude(form=FamilyForm.LOGIN)
    return list(waiting.select_related("requested_by").prefetch_related("fields"))


def pending_for(profile, child=None):
    """Return {(form, target_id): ChangeRequest} of `pending_list`. Records to add have no target: see `adds`."""
    return {(request.form, request.target_id): request for request in pending_list(profile, child)}


def additions(requests, form):
    """Return those of `requests` that ask for a new record of `form`."""
    return [request for request in requests if request.form == form and request.adds]


def requests_of(profile):
    """Return the ChangeRequests of the household, about it and its children, newest first, with their fields."""
    requests = ChangeRequest.objects.filter(profile=profile).exclude(form=FamilyForm.LOGIN)
    return requests.select_related("child", "requested_by").prefetch_related("fields").order_by("-requested_at", "-pk")
