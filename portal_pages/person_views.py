"""The people around a child: add, pick from the contacts, change, delete after confirmation (s4.5 to s4.8)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.family_fields import configure
from accounts.services import people

from .child_file_form import PEOPLE
from .child_forms import ContactForm, PersonForm, PickForm
from .child_pages import KINDS, ChildPages

WORDS = {
    "contacts": {
        "add": "Ajouter une personne à contacter",
        "edit": "Modifier la fiche de la personne à contacter",
        "remove": "Supprimer la personne à contacter",
        "without": "Nous ne l’appellerons plus en cas d’urgence.",
    },
    "autorisees": {
        "add": "Ajouter une personne autorisée",
        "edit": "Modifier la fiche de la personne autorisée",
        "remove": "Supprimer la personne autorisée",
        "without": "Cette personne ne pourra plus venir chercher l’enfant.",
    },
}


def add(page, request, public_id, block):
    """Someone new. For the authorised persons, the contacts to pick from stand first (s4.8)."""
    pages = _pages(page, request, public_id, block)
    contacts = pages.not_picked() if block == "autorisees" else []
    person = PEOPLE[block](child=pages.child)
    form = _form(block, request.POST or None, {}, adding=True)
    if request.method == "POST" and form.is_valid() and (answer := _save(pages, block, person, form)) is not None:
        return answer
    picker = PickForm(contacts=contacts) if contacts else None
    return _draw(pages, block, "person_add.html", WORDS[block]["add"], form, picker=picker)


def pick(page, request, public_id, block):
    """Emergency contacts who may come and take the child too."""
    pages = _pages(page, request, public_id, block)
    contacts = pages.not_picked()
    picker = PickForm(request.POST if request.method == "POST" else None, contacts=contacts)
    if block != "autorisees" or not contacts:
        return redirect(pages.url())
    if request.method == "POST" and picker.is_valid():
        chosen = picker.cleaned_data["contacts"]
        try:
            asked = people.pick_contacts(by=request.user, profile=request.profile, child=pages.child, contacts=chosen)
        except ValidationError as error:  # the list is full
            picker.add_error(None, ValidationError(error.messages))
        else:
            waits = any(proposal.pending for proposal in asked)
            messages.success(
                request,
                "Votre demande attend la validation du service."
                if waits
                else "La liste des personnes autorisées est enregistrée.",
            )
            return redirect(f"{pages.url()}#{block}")
    form = _form(block, None, {}, adding=True)
    return _draw(pages, block, "person_add.html", WORDS[block]["add"], form, picker=picker)


def edit(page, request, public_id, block, person_id):
    """Someone of the list."""
    pages = _pages(page, request, public_id, block)
    person = _person(pages, block, person_id)
    form = _form(
        block,
        request.POST or None,
        model_to_dict(person, [*PersonForm.base_fields]),
        pending=pages.waiting_for(KINDS[block], person.pk),
    )
    form.fields.pop("may_pick_up", None)
    if request.method == "POST" and form.is_valid() and (answer := _save(pages, block, person, form)) is not None:
        return answer
    return _draw(pages, block, "person_form.html", WORDS[block]["edit"], form, intro=str(person))


def remove(page, request, public_id, block, person_id):
    """Delete after confirmation: the page asks, its button does."""
    pages = _pages(page, request, public_id, block)
    if request.method == "POST" and not PEOPLE[block].objects.filter(child=pages.child, public_id=person_id).exists():
        # A second click, or another parent's: what was wanted is done.
        messages.info(request, "Cette personne ne figure plus dans la liste.")
        return redirect(f"{pages.url()}#{block}")
    person = _person(pages, block, person_id)
    if request.method == "POST":
        people.remove_person(by=request.user, profile=request.profile, person=person)
        messages.success(request, f"{person} ne figure plus dans la liste.")
        return redirect(f"{pages.url()}#{block}")
    context = {"person": person, "without": WORDS[block]["without"]}
    return _draw(pages, block, "person_remove.html", WORDS[block]["remove"], None, **context)


def _pages(page, request, public_id, block):
    pages = ChildPages(page, request, public_id)
    pages.check_block(block, PEOPLE)
    pages.check_editor()
    return pages


def _person(pages, block, person_id):
    return get_object_or_404(PEOPLE[block], child=pages.child, public_id=person_id)


def _form(block, data, initial, *, pending=None, adding=False):
    form = (ContactForm if block == "contacts" else PersonForm)(data, initial=initial)
    return configure(form, KINDS[block], pending=pending, adding=adding)


def _save(pages, block, person, form):
    """Save and return to the file; None when the service refused, with the reason on the form."""
    values = dict(form.cleaned_data)
    may_pick_up = values.pop("may_pick_up", False)
    request = pages.request
    try:
        proposal = people.save_person(
            by=request.user, profile=request.profile, person=person, values=values, may_pick_up=may_pick_up
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return None
    name = f"{values['first_name']} {values['last_name']}"
    messages.success(
        request,
        f"La fiche de {name} attend la validation du service." if proposal.pending else f"{name} : fiche enregistrée.",
    )
    return redirect(f"{pages.url()}#{block}")


def _draw(pages, block, template, title, form, **more):
    context = {
        "page": pages.page,
        "title": title,
        "form": form,
        "child": pages.child,
        "submit_label": "Enregistrer",
        "cancel_url": f"{pages.url()}#{block}",
        "pick_url": pages.url("person_pick", block=block),
        "add_url": pages.url("person_add", block=block),
        "crumbs": pages.crumbs,
        **more,
    }
    return TemplateResponse(pages.request, f"portal_pages/children/{template}", context)
