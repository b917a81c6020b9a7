"""The addresses under a case, the same for every seat: mounted by one route, which hands over what follows the case's
own address."""

from django.http import Http404
from django.urls import Resolver404, path
from django.urls.resolvers import RegexPattern, URLResolver

from .. import resident_views
from . import views

TABLE = [
    path("", resident_views.case, name="case"),
    path("formulaire/", views.task_list, name="form"),
    path("formulaire/etape/<slug:key>/", views.step, name="step"),
    path("formulaire/etape/<slug:key>/brouillon/", views.autosave, name="autosave"),
    path("formulaire/verification/", views.summary, name="summary"),
    path("formulaire/supprimer/", views.delete_draft, name="delete"),
    path("accuse/", views.filed, name="filed"),
    path("accuse/pdf/", views.receipt, name="receipt"),
    path("fichier/<uuid:public_id>/", views.file, name="file"),
    # Once it is filed
    path("message/", resident_views.message, name="message"),
    path("lus/", resident_views.mark_read, name="read"),
    path("retirer/", resident_views.withdraw, name="withdraw"),
    path("copie/", resident_views.copy, name="copy"),
    path("document/<uuid:public_id>/", resident_views.document, name="document"),
    path("rendez-vous/<int:pk>/annuler/", resident_views.cancel_appointment, name="cancel_appointment"),
    path("rendez-vous/<int:pk>/agenda/", resident_views.ics, name="ics"),
    path("refaire/", resident_views.refile, name="refile"),
]
_resolver = URLResolver(RegexPattern(r"^"), TABLE)


def path_of(name, *args):
    """Return the address of the screen `name` under that of its case. Raises NoReverseMatch."""
    return _resolver.reverse(name, *args)


def answer(seat, request, rest):
    """Return what the screen at `rest` (what follows the address of the case) answers from `seat`; a 404 elsewhere."""
    try:
        found = _resolver.resolve(rest)
    except Resolver404 as error:
        raise Http404 from error
    if found.url_name in seat.lacks:
        raise Http404
    return found.func(seat, request, *found.args, **found.kwargs)
