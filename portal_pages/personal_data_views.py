"""What the routes of « Mes données personnelles » answer (s0.8, s2.2)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.enums import ProfileKind
from accounts.models import Membership
from accounts.services import update_personal_data

from .forms import AddressForm, IdentityForm, PhoneForm
from .space import space_of

GROUPS = {"identite": IdentityForm, "adresse": AddressForm, "telephones": PhoneForm}


def personal_data(page, request):
    """The groups of information, each with its pencil, and who shares the profile."""
    groups = [
        {
            "title": form.title,
            "facts": form.facts(request.user, request.profile),
            "change_url": _change_url(page, request, name, form),
        }
        for name, form in GROUPS.items()
    ]
    members = Membership.objects.active().filter(profile=request.profile).select_related("user").order_by("started_at")
    return page.render(
        request,
        context_overrides={
            "groups": groups,
            "login_facts": [
                {"label": "Identifiant (courriel)", "value": request.user.email},
                {"label": "Mot de passe", "value": "••••••••••••"},
            ],
            "members": member_table(members),
        },
    )


def _change_url(page, request, name, form):
    """Return where a group is changed: what a household has is changed in its family file, which staff moderate."""
    space = space_of(request, page)
    if form.of_profile and request.profile.kind == ProfileKind.HOUSEHOLD:
        return space.url_of("FamilyPage", "informations") if space.can_manage else ""
    return page.get_url(request) + page.reverse_subpage("change", args=[name]) if form.may(space) else ""


def member_table(members):
    """Return {columns, rows} of the members of a profile. Their e-mails are theirs: only names are shown."""
    columns = [
        {"label": "Personne", "key": "name"},
        {"label": "Rôle", "key": "role"},
        {"label": "Fonction", "key": "function"},
        {"label": "Depuis le", "key": "since", "kind": "date"},
    ]
    rows = [
        {
            "name": member.user.get_full_name() or "Sans nom",
            "role": member.get_role_display(),
            "function": member.function,
            "since": member.started_at,
        }
        for member in members
    ]
    return {"columns": columns, "rows": rows}


def change(page, request, group):
    """The form of one group. The page comes back with the new values."""
    form_class = GROUPS.get(group)
    if form_class is None:
        raise Http404
    of_household = form_class.of_profile and request.profile.kind == ProfileKind.HOUSEHOLD
    if of_household or not form_class.may(space_of(request, page)):
        raise PermissionDenied
    form = form_class.of(request.user, request.profile, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            update_personal_data(by=request.user, profile=request.profile, values=form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Vos informations sont enregistrées.")
            return redirect(page.get_url(request))
    url = page.get_url(request)
    context = {
        "page": page,
        "title": form.title,
        "intro": form.intro,
        "form": form,
        "submit_label": "Enregistrer",
        "cancel_url": url,
        "crumbs": [(page.title, url)],
    }
    return TemplateResponse(request, "portal_pages/personal_data/form.html", context)
