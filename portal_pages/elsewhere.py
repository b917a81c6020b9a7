"""An address that leads to another profile of the same person: a mail doesn't know for whom its reader acts."""

from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.http import Http404


def offer_to_switch(page, request, serve):
    """Return the page that offers to act for the profile in which `serve()` finds the address; None when there is none.

    It is looked for by serving it: only a GET, which writes nothing.
    """
    if request.method != "GET" or getattr(request, "htmx", None):
        return None
    others = [one for one in request.memberships if one.profile_id != request.profile.pk]
    found = [membership.profile for membership in others if _is_found(request, membership, serve)]
    if not found:
        return None
    return page.render(
        request,
        template="portal_pages/other_profile.html",
        context_overrides={"profiles": found, "next": request.get_full_path()},
    )


def _is_found(request, membership, serve):
    with _acting_for(request, membership):
        try:
            response = serve()
        except (Http404, PermissionDenied):
            return False
    if response.streaming:
        response.file_to_stream.close()
    return response.status_code == 200


@contextmanager
def _acting_for(request, membership):
    """Have `request` be that of another membership of its user, for a time."""
    own = request.membership
    request.__dict__.pop("space", None)
    request.membership, request.profile = membership, membership.profile
    try:
        yield
    finally:
        request.__dict__.pop("space", None)
        request.membership, request.profile = own, own.profile
