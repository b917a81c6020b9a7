"""What the routes of « Ma famille » answer about the household; those about a child are in `child_views`."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.contact_fields import about_someone_else
from accounts.current import switch_profile
from accounts.enums import FamilyForm, ProfileKind
from accounts.family_fields import configure
from accounts.models import ChangeRequest, FamilyQuotient, Guardian
from accounts.queries import changes as asked
from accounts.queries import family as queries
from accounts.services import changes
from accounts.services import family as service

from . import family_sheets as sheets
from .family_forms import FileForm, GuardianForm, HouseholdForm, QuotientForm
from .space import space_of

REQUESTS_A_PAGE = 20


def family(page, request):
    """« Mon compte famille » (s3.2, s4.1); for another profile than a household, the way to one."""
    if request.profile.kind != ProfileKind.HOUSEHOLD:
        return _no_household(page, request)
    return page.render(request, context_overrides=sheets.family_sheet(page, request))


def _no_household(page, request):
    households = [m.profile for m in request.memberships if m.profile.kind == ProfileKind.HOUSEHOLD]
    return page.render(
        request,
        template="portal_pages/family/no_household.html",
        context_overrides={
            "households": households,
            "open_url": _url(page, request, "open_household"),
            "may_open": request.profile.kind == ProfileKind.INDIVIDUAL,
        },
    )


def open_household(page, request):
    """« Ouvrir mon dossier famille » : the household is created, and becomes the profile one acts for."""
    user = request.user
    form = HouseholdForm(request.POST or None, initial={"name": f"Foyer {user.last_name}".strip()})
    if request.method == "POST" and form.is_valid():
        try:
            membership = service.open_household(by=user, like=request.profile, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            switch_profile(request=request, profile=membership.profile)
            messages.success(request, "Votre dossier famille est ouvert. Complétez-le, puis ajoutez vos enfants.")
            return redirect(page.get_url(request))
    intro = "Il réunit vos enfants, leurs réservations et les factures de la famille. Vos autres contrats n’y sont pas."
    return _form(page, request, form, "Ouvrir mon dossier famille", "Ouvrir le dossier", intro=intro)


def change_file(page, request):
    """« Modifier les informations de la famille » (s3.3), saved once « J’accepte » is ticked (s4.2)."""
    profile = _household(page, request)
    file = queries.family_file_of(profile)
    pending = asked.pending_for(profile).get((FamilyForm.FAMILY, profile.pk))
    form = FileForm(request.POST or None, text=queries.current_text(), initial=_held(FileForm, profile, file))
    configure(form, FamilyForm.FAMILY, pending=pending)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = service.save_file(
                by=request.user, profile=profile, values=form.cleaned_data, version=form.version
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, outcome_of(proposal))
            return redirect(page.get_url(request))
    return _form(page, request, form, "Modifier les informations de la famille", "Enregistrer")


# Guardians ------------------------------------------------------------------------------------------------------------


def add_guardian(page, request):
    """A new legal guardian."""
    profile = _household(page, request)
    return _guardian(page, request, Guardian(profile=profile), None, "Ajouter un responsable légal")


def change_guardian(page, request, public_id):
    """The form of one guardian; another household's is a 404."""
    guardian = get_object_or_404(Guardian, profile=request.profile, public_id=public_id, removed_at=None)
    profile = _household(page, request)
    pending = asked.pending_for(profile).get((FamilyForm.GUARDIAN, guardian.pk))
    return _guardian(page, request, guardian, pending, f"Modifier {guardian}")


def _guardian(page, request, guardian, pending, title):
    form = GuardianForm(request.POST or None, text=queries.current_text(), initial=_held(GuardianForm, guardian))
    if guardian.user_id != request.user.pk:
        about_someone_else(form)
    configure(form, FamilyForm.GUARDIAN, pending=pending, adding=guardian.pk is None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = service.save_guardian(
                by=request.user,
                profile=request.profile,
                guardian=guardian,
                values=form.cleaned_data,
                version=form.version,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, outcome_of(proposal))
            return redirect(page.get_url(request))
    return _form(page, request, form, title, "Enregistrer")


def remove_guardian(page, request, public_id):
    """Take a guardian away, after confirmation."""
    guardian = get_object_or_404(Guardian, profile=request.profile, public_id=public_id, removed_at=None)
    profile = _household(page, request)
    if request.method == "POST":
        try:
            proposal = service.remove_guardian(by=request.user, profile=profile, guardian=guardian)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, outcome_of(proposal))
        return redirect(page.get_url(request))
    return _confirm(
        page,
        request,
        title=f"Retirer {guardian} ?",
        text="Cette personne ne figurera plus parmi les responsables légaux de vos enfants.",
        button="Retirer du dossier",
    )


# The quotient, the requests -------------------------------------------------------------------------------------------


def declare_quotient(page, request):
    """« Déclarer mon quotient familial » ; its proof is then sent from « Mes documents »."""
    profile = _household(page, request)
    waiting = FamilyQuotient.objects.filter(profile=profile, verified_at=None, refused_reason="").first()
    form = QuotientForm(request.POST or None, initial=_held(QuotientForm, waiting) if waiting else {})
    if request.method == "POST" and form.is_valid():
        try:
            service.declare_quotient(by=request.user, profile=profile, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Votre quotient est déclaré. Envoyez maintenant l’attestation qui le justifie.")
            return redirect(sheets.proof_url(page, request) or page.get_url(request))
    intro = "Il sert à calculer vos tarifs, une fois l’attestation vérifiée. Les factures déjà émises ne changent pas."
    return _form(page, request, form, "Déclarer mon quotient familial", "Déclarer", intro=intro)


def change_requests(page, request):
    """All that the household asked to change, and what became of it."""
    requests = Paginator(asked.requests_of(request.profile), REQUESTS_A_PAGE).get_page(request.GET.get("page"))
    return page.render(
        request,
        template="portal_pages/family/requests.html",
        context_overrides={
            "title": "Mes demandes de modification",
            "crumbs": [(page.title, page.get_url(request))],
            "requests": requests,
            **sheets.request_cards(page, request, requests),
        },
    )


def withdraw(page, request, public_id):
    """Take back a request that waits, after confirmation."""
    found = get_object_or_404(ChangeRequest, profile=request.profile, public_id=public_id)
    if not space_of(request, page).can_write:
        raise PermissionDenied
    if request.method == "POST":
        try:
            changes.withdraw(by=request.user, profile=request.profile, change_request=found)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "Votre demande est retirée. Le dossier reste comme il était.")
        return redirect(page.get_url(request))
    asked = ", ".join(row.label for row in found.waiting)
    return _confirm(
        page,
        request,
        title="Retirer cette demande ?",
        text=f"{found.child or found.get_form_display()} : {asked}. Le service ne l’examinera pas, et le dossier "
        "restera comme il est.",
        button="Retirer la demande",
    )


# What they share ------------------------------------------------------------------------------------------------------


def _household(page, request):
    """Return the current profile for who may change it. Raises PermissionDenied."""
    if request.profile.kind != ProfileKind.HOUSEHOLD or not space_of(request, page).can_manage:
        raise PermissionDenied
    return request.profile


def _held(form_class, *records):
    """Return what `records` hold of the fields of the form."""
    names = form_class.base_fields
    return {name: getattr(record, name) for record in records for name in names if hasattr(record, name)}


def add_errors(form, error):
    """Put what a service refuses on the fields it names, and the rest at the top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def outcome_of(proposal):
    """Return the sentence that says what became of an edit."""
    if proposal.pending is None:
        return "Vos informations sont enregistrées." if proposal.applied else "Votre dossier reste comme il était."
    waits = "Le service doit valider votre demande : vous recevrez un courriel."
    return f"Une partie de vos modifications est enregistrée. {waits}" if proposal.applied else waits


def _url(page, request, name, **arguments):
    return page.get_url(request) + page.reverse_subpage(name, kwargs=arguments)


def _form(page, request, form, title, submit_label, intro=""):
    url = page.get_url(request)
    context = {
        "page": page,
        "title": title,
        "intro": intro,
        "form": form,
        "submit_label": submit_label,
        "cancel_url": url,
        "crumbs": [(page.title, url)],
    }
    return TemplateResponse(request, "portal_pages/family/form.html", context)


def _confirm(page, request, *, title, text, button):
    url = page.get_url(request)
    context = {
        "page": page,
        "title": title,
        "text": text,
        "button": button,
        "cancel_url": url,
        "crumbs": [(page.title, url)],
    }
    return TemplateResponse(request, "portal_pages/family/confirm.html", context)
