"""« Mes agendas » : the secret addresses by which a telephone shows a child's bookings; each is said once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Child
from accounts.queries.family import child_of, children_of
from booking.models import CalendarFeed
from booking.queries import feeds as queries
from booking.services import feeds as services

from .space import space_of

TITLE = "Mes agendas"


def calendar_list(page, request):
    """The addresses in use, child by child (GET); a new one for a child, told by the answer itself (POST)."""
    space = space_of(request, page)
    told = _create(page, request) if request.method == "POST" else None
    children = children_of(request.profile)
    feeds = queries.feeds_of(request.profile, children)
    url = page.get_url(request)
    return page.render(
        request,
        template="portal_pages/enrolments/calendars.html",
        context_overrides={
            "title": TITLE,
            "crumbs": [(page.title, url)],
            "groups": [(child, [feed for feed in feeds if feed.child_id == child.pk]) for child in children],
            "told": told,
            "calendars_url": url + page.reverse_subpage("calendars"),
            "family_url": space.url_of("FamilyPage"),
        },
    )


def _create(page, request):
    """Return what the page says of the new address, once: nothing keeps it in clear for a redirect to show."""
    if not space_of(request, page).can_write:
        raise PermissionDenied
    try:
        child, _guardianship = child_of(request.profile, request.POST.get("enfant", ""))
    except (Child.DoesNotExist, ValidationError) as error:
        raise Http404 from error
    try:
        _feed, address = services.create(by=request.user, profile=request.profile, child=child)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return None
    return {"child": child, "address": address, "webcal": "webcal://" + address.partition("://")[2]}


def revoke(page, request, pk):
    """Kill an address, after a page that asks."""
    if not space_of(request, page).can_write:
        raise PermissionDenied
    try:
        feed = queries.feed_of(request.profile, pk)
    except CalendarFeed.DoesNotExist as error:
        raise Http404 from error
    url = page.get_url(request)
    calendars_url = url + page.reverse_subpage("calendars")
    if request.method == "POST":
        services.revoke(by=request.user, profile=request.profile, feed=feed)
        messages.success(request, f"L’adresse de l’agenda de {feed.child.first_name} ne répond plus.")
        return redirect(calendars_url)
    context = {
        "page": page,
        "title": "Supprimer une adresse d’agenda",
        "crumbs": [(page.title, url), (TITLE, calendars_url)],
        "text": f"L’agenda de {feed.child.first_name} ne se mettra plus à jour dans les téléphones et les ordinateurs "
        "qui utilisent cette adresse. Vous pourrez en créer une autre.",
        "button": "Supprimer l’adresse",
        "cancel_url": calendars_url,
    }
    return TemplateResponse(request, "portal_pages/family/confirm.html", context)
