"""What the routes of « Mes inscriptions » answer: permission, query, render."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.queries.family import children_of
from booking.eligibility import school_year_label, school_year_of
from booking.enums import EnrolmentState
from booking.models import Enrolment
from booking.queries import enrolments as queries
from booking.services import enrolments as services
from documents.queries import wanted_of

from .enrolment_forms import ActivitiesForm, ChildForm, MessageForm
from .space import space_of

STEPS = ["Enfant", "Activités", "Vérification"]
TITLE = "Demander une inscription"


def enrolment_list(page, request):
    """The enrolments, child by child: those of this school year on, then the former ones."""
    space = space_of(request, page)
    children = children_of(request.profile)
    enrolments = queries.enrolments_of(request.profile, children)
    prefetch_related_objects(enrolments, "activity__requirements")
    for enrolment in enrolments:
        enrolment.missing = sum(one.missing for one in _papers(enrolment, space.wanted_documents))
    this_year = school_year_of(timezone.localdate())
    return page.render(
        request,
        context_overrides={
            "groups": [_group(child, enrolments, this_year) for child in children],
            "states": list(EnrolmentState),
            "ask_url": page.get_url(request) + page.reverse_subpage("ask") if space.can_write else "",
            "calendars_url": page.get_url(request) + page.reverse_subpage("calendars"),
            "add_child_url": space.url_of("FamilyPage", "enfants", "ajouter") if space.can_write else "",
            "documents_url": space.url_of("DocumentsPage"),
        },
    )


def _group(child, enrolments, this_year):
    own = [enrolment for enrolment in enrolments if enrolment.child_id == child.pk]
    return {
        "child": child,
        "enrolments": [enrolment for enrolment in own if enrolment.school_year >= this_year],
        "former": [enrolment for enrolment in own if enrolment.school_year < this_year],
    }


def _papers(enrolment, wanted):
    """Those of the `wanted` documents that the activity of an enrolment in force asks for, of its child or family."""
    if not enrolment.active:
        return []
    asked = {requirement.pk for requirement in enrolment.activity.requirements.all()}
    return [one for one in wanted if one.requirement.pk in asked and one.child in (None, enrolment.child)]


def enrolment_detail(page, request, public_id):
    """An enrolment: its facts, its documents, what happened."""
    space = space_of(request, page)
    enrolment = _enrolment(request, public_id)
    pending, accepted = enrolment.state == EnrolmentState.REQUESTED, enrolment.state == EnrolmentState.ACCEPTED
    url = page.get_url(request)
    bookings_url = space.url_of("ReservationsPage", "nouvelle") if accepted and space.can_write else ""
    withdraw_url = url + page.reverse_subpage("withdraw", kwargs={"public_id": public_id})
    return page.render(
        request,
        template="portal_pages/enrolments/detail.html",
        context_overrides={
            "title": f"Inscription de {enrolment.child.first_name}",
            "crumbs": [(page.title, url)],
            "enrolment": enrolment,
            "facts": _facts(enrolment),
            "wanted": _papers(enrolment, space.wanted_documents),
            "documents_url": space.url_of("DocumentsPage"),
            "entries": _history(enrolment),
            "withdraw_url": withdraw_url if pending and space.can_write else "",
            "bookings_url": f"{bookings_url}?enfant={enrolment.child.public_id}" if bookings_url else "",
        },
    )


def _enrolment(request, public_id):
    try:
        return queries.enrolment_of(request.profile, public_id)
    except Enrolment.DoesNotExist as error:
        raise Http404 from error


def _facts(enrolment):
    facts = [
        ("Enfant", str(enrolment.child)),
        ("Activité", enrolment.activity.name),
        ("Établissement", enrolment.activity.facility.name),
        ("Année scolaire", school_year_label(enrolment.school_year)),
        ("Votre message", enrolment.message),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _history(enrolment):
    by = enrolment.requested_by.get_full_name() if enrolment.requested_by else ""
    entries = [
        {"date": enrolment.requested_at, "title": "Inscription demandée", "text": f"Par {by}." if by else ""},
    ]
    if enrolment.decided_at:
        state = enrolment.state_enum
        entries.append(
            {
                "date": enrolment.decided_at,
                "title": state.label,
                "text": enrolment.reason,
                "tone": state.tone,
                "icon": state.icon,
            }
        )
    return entries


def withdraw(page, request, public_id):
    """Take back a request, after a page that asks."""
    _check_writer(page, request)
    enrolment = _enrolment(request, public_id)
    url = page.get_url(request)
    if enrolment.state != EnrolmentState.REQUESTED:
        messages.info(request, services.HANDLED)
        return redirect(url)
    if request.method == "POST":
        try:
            services.withdraw(by=request.user, profile=request.profile, enrolment=enrolment)
        except ValidationError as error:  # an agent was faster
            messages.error(request, error.messages[0])
        else:
            messages.success(request, "Votre demande d’inscription est retirée.")
        return redirect(url)
    context = {
        "page": page,
        "title": "Retirer ma demande",
        "crumbs": [(page.title, url)],
        "text": f"Vous retirez la demande d’inscription de {enrolment.child.first_name} : {enrolment.activity}, "
        f"{enrolment.activity.facility}. Vous pourrez la refaire tant que les inscriptions sont ouvertes.",
        "button": "Retirer ma demande",
        "cancel_url": url + page.reverse_subpage("enrolment", kwargs={"public_id": public_id}),
    }
    return TemplateResponse(request, "portal_pages/family/confirm.html", context)


# « Demander une inscription » -----------------------------------------------------------------------------------------


def ask(page, request):
    """First step: the child and the school year."""
    _check_writer(page, request)
    children = children_of(request.profile)
    years = queries.years_to_enrol(timezone.localdate())
    asked = "suite" in request.GET
    form = ChildForm(request.GET if asked else None, children=children, years=years, initial=request.GET.dict())
    if asked and form.is_valid():
        chosen = _answers(form.cleaned_data["enfant"], form.cleaned_data["annee"])
        return redirect(_step(page, request, "ask_activities", **chosen))
    add_child_url = space_of(request, page).url_of("FamilyPage", "enfants", "ajouter")
    return _wizard(page, request, "child", 1, form, children=children, add_child_url=add_child_url)


def ask_activities(page, request):
    """Second step: the activities, those that are not for the child greyed, with the reason."""
    _check_writer(page, request)
    child, year = _chosen(request)
    choices = queries.enrolment_choices(request.profile, child, year)
    asked = "suite" in request.GET
    form = ActivitiesForm(
        request.GET if asked else None, choices=choices, initial={"activite": request.GET.getlist("activite")}
    )
    if asked and form.is_valid():
        chosen = _answers(child, year, (activity.pk for activity in form.cleaned_data["activite"]))
        return redirect(_step(page, request, "ask_review", **chosen))
    return _wizard(
        page,
        request,
        "activities",
        2,
        form,
        child=child,
        year=year,
        year_label=school_year_label(year),
        back_url=_step(page, request, "ask", **_answers(child, year)),
        possible=any(not choice.obstacle for choice in choices),
    )


def ask_review(page, request):
    """Last step: what is asked for, each answer with « Modifier », and the message; then the request itself."""
    _check_writer(page, request)
    child, year = _chosen(request)
    choices = queries.enrolment_choices(request.profile, child, year)
    answers = ActivitiesForm(request.GET, choices=choices)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _submit(page, request, child, year, form)
    if not answers.is_valid():
        return redirect(_step(page, request, "ask_activities", **_answers(child, year)))
    activities = answers.cleaned_data["activite"]
    chosen = _answers(child, year, (activity.pk for activity in activities))
    child_url = _step(page, request, "ask", **_answers(child, year))
    activities_url = _step(page, request, "ask_activities", **chosen)
    return _wizard(
        page,
        request,
        "review",
        3,
        form,
        child=child,
        back_url=activities_url,
        facts=[
            {"label": "Enfant", "value": str(child), "change_url": child_url},
            {"label": "Année scolaire", "value": school_year_label(year), "change_url": child_url},
            *(
                {"label": str(activity.facility), "value": activity.name, "change_url": activities_url}
                for activity in activities
            ),
        ],
        wanted=_papers_of(request.profile, child, activities),
    )


def _submit(page, request, child, year, form):
    """Ask the service, which checks everything again; what is wrong is said on the step of the activities."""
    wanted = [pk for pk in request.GET.getlist("activite") if pk.isdecimal()]
    try:
        asked = services.request(
            by=request.user,
            profile=request.profile,
            child=child,
            activities=[int(pk) for pk in wanted],
            school_year=year,
            message=form.cleaned_data["message"],
        )
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return redirect(_step(page, request, "ask_activities", **_answers(child, year, wanted)))
    if len(asked) == 1:
        messages.success(request, "Votre demande est envoyée. Le service l’examine, puis vous écrit.")
    else:
        messages.success(request, f"Vos {len(asked)} demandes sont envoyées. Le service les examine, puis vous écrit.")
    return redirect(page.get_url(request))


def _papers_of(profile, child, activities):
    """The documents that these activities ask for, as `Wanted`."""
    asked = {requirement for activity in activities for requirement in activity.requirements.all()}
    asked = {requirement for requirement in asked if requirement.active}
    wanted = wanted_of(profile, [child], {child.pk: list(asked)}) if asked else []
    return [one for one in wanted if one.requirement in asked]


def _chosen(request):
    """Return (child, school year) of the first step. Raises Http404 for anything that it does not offer."""
    form = ChildForm(
        request.GET, children=children_of(request.profile), years=queries.years_to_enrol(timezone.localdate())
    )
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["enfant"], form.cleaned_data["annee"]


def _answers(child, year, activities=()):
    """Return the answers so far, as the addresses of the steps carry them."""
    return {"enfant": child.public_id, "annee": year, "activite": list(activities)}


def _step(page, request, route, **parameters):
    return f"{page.get_url(request)}{page.reverse_subpage(route)}?{urlencode(parameters, doseq=True)}"


def _check_writer(page, request):
    if not space_of(request, page).can_write:
        raise PermissionDenied


def _wizard(page, request, name, step, form, **context):
    """A step of the wizard: no rail. The menu isn't even read."""
    url = page.get_url(request)
    context.update(
        page=page,
        title=TITLE,
        form=form,
        steps=STEPS,
        step=step,
        cancel_url=url,
        crumbs=[(page.title, url)],
    )
    return TemplateResponse(request, f"portal_pages/enrolments/ask_{name}.html", context)
