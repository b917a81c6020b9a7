"""What the routes of « Mes notifications » answer: permission, query, render."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect

from accounts.current import switch_profile
from accounts.models import Membership, Notification
from accounts.queries.notifications import notifications_of
from accounts.services import notifications as services

from .space import space_of

A_PAGE = 20


def notification_list(page, request):
    """What is new in the account, whichever profile it is about: the unread first."""
    return page.render(
        request,
        context_overrides={
            "page_obj": Paginator(notifications_of(request.user), A_PAGE).get_page(request.GET.get("page")),
            "unread": space_of(request, page).unread_notifications,
            "several": len(request.memberships) > 1,
        },
    )


def open_one(page, request, pk):
    """Read one, and go where it leads, acting for the profile that it is about. A form: a GET writes nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        notification = services.mark_read(by=request.user, notification=Notification(pk=pk))
    except Notification.DoesNotExist as error:
        raise Http404 from error
    if not notification.url:
        return redirect(page.get_url(request))
    profile = notification.profile
    if profile and profile != request.profile:
        try:
            switch_profile(request=request, profile=profile)
        except Membership.DoesNotExist:
            messages.warning(request, f"Vous n’avez plus accès au profil {profile} : cette page ne s’ouvre plus.")
            return redirect(page.get_url(request))
        messages.info(request, f"Vous agissez maintenant pour le profil {profile}.")
    return redirect(notification.url)


def read_all(page, request):
    """« Tout marquer comme lu »."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if services.mark_all_read(by=request.user):
        messages.success(request, "Toutes vos notifications sont marquées comme lues.")
    return redirect(page.get_url(request))
