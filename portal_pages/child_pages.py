"""What the pages about a child share: whose child it is, where its pages are, what each block shows."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst

from accounts import records
from accounts.enums import ChildState, FamilyForm
from accounts.family_fields import rules_of
from accounts.models import Child
from accounts.queries import children as queries
from accounts.queries.changes import additions, pending_list
from accounts.queries.family import child_of
from accounts.services import health
from theme import formats

from .child_file_form import BLOCKS, PEOPLE, seen_by
from .child_forms import DietForm, MedicalForm
from .forms import NOT_GIVEN
from .space import space_of

KINDS = {"contacts": FamilyForm.CONTACT, "autorisees": FamilyForm.PICKUP}


class ChildPages:
    """A child as one request of a household sees it: another household's child is a 404."""

    def __init__(self, page, request, public_id):
        self.page, self.request = page, request
        self.profile = request.profile
        try:
            self.child, self.guardianship = child_of(self.profile, public_id)
        except Child.DoesNotExist as error:
            raise Http404 from error

    # Where, and who may -----------------------------------------------------------------------------------------------

    def url(self, name="child", **arguments):
        """Return the address of a route about the child."""
        return self.page.get_url(self.request) + self.page.reverse_subpage(
            name, kwargs={"public_id": self.child.public_id, **arguments}
        )

    @property
    def crumbs(self):
        """The path to a page under the child's file."""
        return [(self.page.title, self.page.get_url(self.request)), (str(self.child), self.url())]

    @cached_property
    def may_edit(self):
        return space_of(self.request, self.page).can_write and self.guardianship.may_edit

    def check_editor(self):
        """Raise PermissionDenied for who may only read the file."""
        if not self.may_edit:
            raise PermissionDenied

    @cached_property
    def blocks(self):
        """The slugs of the blocks that this household may see."""
        return seen_by(self.guardianship)

    def check_block(self, block, among=BLOCKS):
        """Raise Http404 for a block that there is not, or that this household may not see."""
        if block not in among or block not in self.blocks:
            raise Http404

    # What waits -------------------------------------------------------------------------------------------------------

    @cached_property
    def waiting(self):
        """The changes that this household asked for and that wait, of the blocks it may see."""
        hidden = set() if "sante" in self.blocks else {FamilyForm.HEALTH}
        hidden |= set() if "contacts" in self.blocks else set(KINDS.values())
        return [request for request in pending_list(self.profile, self.child) if request.form not in hidden]

    def waiting_for(self, kind, target_id):
        """Return the ChangeRequest that waits on a record, or None."""
        return next((r for r in self.waiting if (r.form, r.target_id) == (kind, target_id)), None)

    # What each block shows --------------------------------------------------------------------------------------------

    def sections(self):
        """Return the blocks to read: dicts {slug, title, change_url, facts | people, hidden}."""
        return [self._section(slug) if slug in self.blocks else hidden_section(slug) for slug in BLOCKS]

    def _section(self, slug):
        section = {"slug": slug, "title": BLOCKS[slug], "change_url": ""}
        if slug in PEOPLE:
            return {**section, **self._people(slug)}
        if self.may_edit:
            section["change_url"] = self.url("child_block", block=slug)
        if slug == "autorisations":
            return {**section, "facts": consent_facts(queries.consents_of(self.child))}
        if slug == "information":
            return {**section, "facts": self._facts(FamilyForm.CHILD, self.child)}
        names = DietForm.base_fields if slug == "regime" else MedicalForm.base_fields
        return {**section, "facts": self._facts(FamilyForm.HEALTH, self._health, names)}

    @cached_property
    def _health(self):
        return health.for_parents(self.profile, self.child)

    def _facts(self, kind, record, names=None):
        """Return the items of `{% summary_list %}` for the fields that the family sees; what waits stands below."""
        request = self.waiting_for(kind, self.child.pk)
        asked = {field.field: field.new_text for field in request.waiting} if request else {}
        items = []
        for name, rule in rules_of(kind).items():
            if not rule.visible or (names is not None and name not in names):
                continue
            held = capfirst(records.shown(kind, name, getattr(record, name))) or NOT_GIVEN
            if name in asked:
                held = format_html("{}<p>Demandé : {} (en attente de validation)</p>", held, asked[name] or "rien")
            items.append({"label": rule.label, "value": held})
        return items

    def _people(self, slug):
        kind = KINDS[slug]
        people = [
            {
                "person": person,
                "waiting": self.waiting_for(kind, person.pk),
                "edit_url": self.url("person_edit", block=slug, person_id=person.public_id) if self.may_edit else "",
                "remove_url": (
                    self.url("person_remove", block=slug, person_id=person.public_id) if self.may_edit else ""
                ),
                "may_pick_up": slug == "contacts" and person.pk in self._picked,
            }
            for person in self.people_of(slug)
        ]
        add_url = self.url("person_add", block=slug) if self.may_edit else ""
        return {"people": people, "add_url": add_url, "asked": self._asked(kind), "of_people": True}

    def _asked(self, kind):
        """Return the people to add who wait for the services: names as they were typed."""
        asked = []
        for request in additions(self.waiting, kind):
            values = {field.field: field.new_text for field in request.waiting}
            asked.append(f"{values.get('first_name', '')} {values.get('last_name', '')}".strip())
        return asked

    def people_of(self, slug):
        """Return the people of a block, as a list; read once."""
        return self._contacts if slug == "contacts" else self._pickups

    @cached_property
    def _contacts(self):
        return list(self.child.emergency_contacts.all())

    @cached_property
    def _pickups(self):
        return list(self.child.authorised_pickups.all())

    @cached_property
    def _picked(self):
        return {pickup.contact_id for pickup in self._pickups}

    def not_picked(self):
        """Return the contacts who may not come and take the child yet, and for whom it was not asked."""
        picked = queries.picked_contacts(self.profile, self.child)
        return [contact for contact in self._contacts if contact.pk not in picked]


def hidden_section(slug):
    """What stands for a block that staff do not show to this household."""
    return {"slug": slug, "title": BLOCKS[slug], "change_url": "", "hidden": True}


def consent_facts(consents):
    """Return the items of `{% summary_list %}` of the authorisations."""
    return [{"label": consent.type.label, "value": consent.label or NOT_GIVEN} for consent in consents]


def notice_of(child):
    """Return {tone, title, text} of what the services say of the child; None for an accepted one."""
    if child.state == ChildState.PENDING:
        return {
            "tone": "warning",
            "title": "En attente de validation",
            "text": f"Le service vérifie la fiche de {child.first_name}. Vous recevrez un courriel. "
            "Vous pourrez ensuite l’inscrire et réserver.",
        }
    if child.state == ChildState.REFUSED:
        return {
            "tone": "danger",
            "title": "Ajout refusé",
            "text": f"Motif : {child.refused_reason} Corrigez la fiche entière et validez-la : elle sera vérifiée de "
            "nouveau.",
        }
    return None


def at_of(read):
    """Return when `read` (a HealthAccess) took place, as parents read it."""
    return f"{formats.short_date(read.read_at)} à {formats.clock(read.read_at)}"
