"""The child's form as one: the blocks of s4.3, the household's rules and sight, « J’accepte », one submission."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.functional import cached_property

from accounts.enums import FamilyForm
from accounts.family_fields import configure
from accounts.models import AuthorisedPickup, EmergencyContact
from accounts.queries.changes import pending_for
from accounts.queries.children import consents_of, picked_contacts
from accounts.queries.family import current_text
from accounts.services import health
from accounts.services.children import ChildFile, Person
from accounts.services.people import MAX_PEOPLE

from .child_forms import AcceptForm, ChildForm, ConsentsForm, ContactForm, DietForm, MedicalForm, PersonForm

# The blocks of s4.3, in their order. The values are in addresses.
BLOCKS = {
    "information": "Information enfant",
    "regime": "Régime alimentaire spécifique",
    "sante": "Renseignements médicaux",
    "contacts": "Les personnes à contacter en cas d’urgence",
    "autorisees": "Les personnes autorisées à venir chercher l’enfant",
    "autorisations": "Autorisations",
}
INTROS = {
    "regime": "Ces informations sont lues par la cuisine et par l’équipe qui accueille l’enfant. "
    "Chaque lecture par un agent est notée.",
    "sante": "Ces informations sont réservées à l’équipe qui accueille l’enfant. "
    "Chaque lecture par un agent est notée.",
    "contacts": "Les personnes que nous appelons si vous ne répondez pas.",
    "autorisees": "En plus des responsables légaux. Une personne absente de cette liste ne repart pas avec l’enfant.",
    "autorisations": "Répondez à chaque question. Si elle ne concerne pas votre enfant, choisissez « Non concerné ».",
}
HEALTH = {"regime", "sante"}
PEOPLE = {"contacts": EmergencyContact, "autorisees": AuthorisedPickup}


def seen_by(guardianship):
    """Return the blocks that the household may see, in their order. Without a guardianship, a child to add: all."""
    hidden = set()
    if guardianship and not guardianship.sees_health:
        hidden |= HEALTH
    if guardianship and not guardianship.sees_contacts:
        hidden |= set(PEOPLE)
    return [slug for slug in BLOCKS if slug not in hidden]


@dataclass
class Entry:
    """A person in the form: their place, their form, who they are (None for a new one)."""

    place: int
    form: object
    person: object = None

    @property
    def is_open(self):
        return self.person is None or bool(self.form.is_bound and self.form.errors)


@dataclass
class Section:
    """A block as the page draws it."""

    slug: str
    form: object = None
    entries: list[Entry] = field(default_factory=list)
    of_people: bool = False

    @property
    def title(self):
        return BLOCKS[self.slug]

    @property
    def intro(self):
        return INTROS.get(self.slug, "")

    @property
    def forms(self):
        return [self.form] if self.form is not None else [entry.form for entry in self.entries]

    @property
    def total(self):
        """One more than the last place: what the next submission reads."""
        return max((entry.place for entry in self.entries), default=-1) + 1


class ChildFileForm:
    """Some blocks of a child's file as one form. `child` may be unsaved, for one to add; `blocks` are slugs of BLOCKS.

    `more` asks for one more person in a block ("contacts", "autorisees"): the answers are kept, nothing is checked.
    """

    def __init__(self, *, profile, child, blocks, data=None, more=""):
        self.profile, self.child, self.data, self.more = profile, child, data, more
        self.adding = child.pk is None
        self.pending = {} if self.adding else pending_for(profile, child)
        self.text = current_text()
        build = {"information": self._information, "regime": self._health(DietForm), "sante": self._health(MedicalForm)}
        build |= {"contacts": self._people, "autorisees": self._people, "autorisations": self._consents}
        self.sections = [build[slug](slug) for slug in blocks]
        self.accept = AcceptForm(None if more else data, text=self.text) if self.text else None

    # Its parts --------------------------------------------------------------------------------------------------------

    def _made(self, form_class, kind, *, prefix, initial, pending=None, adding=False, **options):
        """Return a form that follows the rules of `kind`, bound to what was sent unless one more person is asked."""
        form = form_class(None if self.more else self.data, prefix=prefix, initial=initial, **options)
        if kind:
            configure(form, kind, pending=pending, adding=adding)
        if self.more:
            for name, given in form.fields.items():
                if not given.disabled:
                    form.initial[name] = given.widget.value_from_datadict(self.data, {}, form.add_prefix(name))
        return form

    def _information(self, slug):
        initial = {} if self.adding else model_to_dict(self.child, [*ChildForm.base_fields])
        pending = self.pending.get((FamilyForm.CHILD, self.child.pk))
        form = self._made(
            ChildForm, FamilyForm.CHILD, prefix=None, initial=initial, pending=pending, adding=self.adding
        )
        return Section(slug, form)

    def _health(self, form_class):
        def build(slug):
            names = [*form_class.base_fields]
            initial = {} if self.adding else model_to_dict(self._record, names)
            pending = self.pending.get((FamilyForm.HEALTH, self.child.pk))
            form = self._made(
                form_class, FamilyForm.HEALTH, prefix=None, initial=initial, pending=pending, adding=self.adding
            )
            return Section(slug, form)

        return build

    @cached_property
    def _record(self):
        return health.for_parents(self.profile, self.child)

    def _consents(self, slug):
        form = self._made(ConsentsForm, None, prefix=None, initial={}, consents=consents_of(self.child))
        return Section(slug, form)

    def _people(self, slug):
        held = [] if self.adding else list(PEOPLE[slug].objects.filter(child=self.child))
        section = Section(slug, of_people=True)
        section.entries = [self._entry(slug, index, person) for index, person in self._people_sent(slug, held)]
        return section

    def _people_sent(self, slug, held):
        """Return (place in the form, person) of those whose forms are on the page, None for each new one. People taken
        away meanwhile are left out."""
        if self.data is None:
            return list(enumerate([*held, None] if self.adding and slug == "contacts" else held))
        by_id = {str(person.public_id): person for person in held}
        total = min(_number(self.data.get(f"{slug}-total")), 2 * MAX_PEOPLE)
        given = [(place, self.data.get(f"{slug}-{place}-person", "")) for place in range(total)]
        sent = [(place, by_id.get(who)) for place, who in given if not who or who in by_id]
        return [*sent, (total, None)] if self.more == slug else sent

    def _entry(self, slug, place, person):
        kind = FamilyForm.CONTACT if slug == "contacts" else FamilyForm.PICKUP
        form = self._made(
            ContactForm if slug == "contacts" else PersonForm,
            kind,
            prefix=f"{slug}-{place}",
            initial=model_to_dict(person, [*PersonForm.base_fields]) if person else {},
            pending=self.pending.get((kind, person.pk)) if person else None,
            adding=person is None,
            empty_permitted=person is None,
            use_required_attribute=False,
        )
        if person and slug == "contacts" and person.pk in self._picked:
            del form.fields["may_pick_up"]
        return Entry(place, form, person)

    @cached_property
    def _picked(self):
        """The contacts who already may come and take the child, or for whom it was asked."""
        return picked_contacts(self.profile, self.child)

    # What it answers --------------------------------------------------------------------------------------------------

    @property
    def forms(self):
        """Every form on the page, in its order."""
        forms = [form for section in self.sections for form in section.forms]
        return [*forms, self.accept] if self.accept else forms

    def is_valid(self):
        """Whether every form is."""
        return all(form.is_valid() for form in self.forms)

    def refuse(self, error):
        """Show what the service refused at the top; the text to accept is asked again when it changed."""
        self.forms[0].add_error(None, ValidationError(error.messages))
        if getattr(error, "code", "") == "version":
            self.accept = AcceptForm(text=self.text)

    def file(self):
        """Return the ChildFile that was entered, for the service."""
        by_slug = {section.slug: section for section in self.sections}
        of_health = [by_slug[slug].form.cleaned_data for slug in ("regime", "sante") if slug in by_slug]
        return ChildFile(
            child=by_slug["information"].form.cleaned_data if "information" in by_slug else None,
            health={name: value for values in of_health for name, value in values.items()} if of_health else None,
            contacts=_entered(by_slug.get("contacts")),
            pickups=_entered(by_slug.get("autorisees")),
            consents=by_slug["autorisations"].form.answers() if "autorisations" in by_slug else None,
            accepted=self.accept.cleaned_data["version"] if self.accept else None,
        )


def _entered(section):
    """Return the Persons of a block that are new or changed; None for a block that is not there."""
    if section is None:
        return None
    people = []
    for entry in section.entries:
        if entry.form.has_changed():
            values = dict(entry.form.cleaned_data)
            people.append(Person(values, entry.person, bool(values.pop("may_pick_up", False))))
    return people


def _number(text):
    return int(text) if text and text.isdecimal() else 0
