"""Whose form it is: what may be chosen, how what was chosen is called. Read when a field needs it, not before."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import Child, Membership
from accounts.queries.family import children_of
from documents import queries as documents
from documents.models import StoredFile
from documents.services import uploads
from water import queries as water
from water.models import WaterContract

# A meter that is not known: figures of the longest there are.
MOST_DIGITS = 9


class FormContext:
    """What a form knows of who fills it in. Given values are taken as they are; the others are read when asked for.

    `user` is the applicant (not the agent who types for them), None without an account. `reuses`: whether who fills it
    in may choose among the documents of the profile.
    """

    def __init__(
        self,
        *,
        user=None,
        profile=None,
        case=None,
        contracts=None,
        children=None,
        files=None,
        slots=None,
        today=None,
        receive=None,
        file_url=None,
        trial=False,
        reuses=True,
    ):
        self.user = user if user is not None and user.is_authenticated else None
        self.profile, self.case, self.trial, self.reuses = profile, case, trial, reuses
        self.today = today or localdate()
        self._receive, self._file_url = receive, file_url
        if contracts is not None:
            self.contracts = list(contracts)
        if children is not None:
            self.children = list(children)
        if files is not None:
            self.files = list(files)
        self._slots = dict(slots or {})
        self._contract_labels, self._child_labels, self._stored = {}, {}, {}
        self._digits = {}
        # The contract answered in the form being read: its meter bounds an index.
        self.contract_reference = ""
        # Identifiers of the files that the draft holds already.
        self.held = set()
        # The answers given before the field being read, for the conditions of the rows of a group.
        self.known = {}

    # What is theirs ---------------------------------------------------------------------------------------------------

    @cached_property
    def membership(self):
        if self.user is None or self.profile is None:
            return None
        return Membership.objects.active().filter(user=self.user, profile=self.profile).first()

    @cached_property
    def contracts(self):
        return list(water.contracts_of(self.profile)) if self.profile else []

    @cached_property
    def children(self):
        return children_of(self.profile) if self.profile else []

    @cached_property
    def files(self):
        """The documents of the profile that may be used again."""
        if not self.reuses or self.user is None or self.profile is None:
            return []
        return documents.reusable_files(self.profile, self.user)

    # Contracts --------------------------------------------------------------------------------------------------------

    @cached_property
    def contract_options(self):
        if self.trial:
            return [("EXEMPLE", _("Contrat d’exemple"))]
        return [(contract.reference, _contract_label(contract)) for contract in self.contracts]

    def contract_label(self, reference):
        label = dict(self.contract_options).get(reference) or self._contract_labels.get(reference)
        if label is None:
            found = WaterContract.objects.select_related("delivery_point").filter(reference=reference).first()
            label = self._contract_labels[reference] = _contract_label(found) if found else reference
        return label

    def meter_digits(self):
        """How many figures the meter of the contract chosen in the form has."""
        reference = self.contract_reference
        if reference not in self._digits:
            contract = next((one for one in self.contracts if one.reference == reference), None) if reference else None
            meter = water.meter_in_place(contract.delivery_point_id) if contract else None
            self._digits[reference] = meter.digits if meter else MOST_DIGITS
        return self._digits[reference]

    # Children ---------------------------------------------------------------------------------------------------------

    @cached_property
    def child_options(self):
        if self.trial:
            return [("00000000-0000-0000-0000-000000000000", _("Enfant d’exemple"))]
        return [(str(child.public_id), str(child)) for child in self.children]

    def child_label(self, public_id):
        label = dict(self.child_options).get(public_id) or self._child_labels.get(public_id)
        if label is None:
            child = Child.objects.filter(public_id=public_id).first() if _is_uuid(public_id) else None
            label = self._child_labels[public_id] = str(child) if child else _("Enfant qui n’est plus connu")
        return label

    # Appointments -----------------------------------------------------------------------------------------------------

    def slots_of(self, kind):
        """Return the free slots of an AppointmentKind (its primary key), those of this very case included."""
        if kind not in self._slots:
            from ..queries.appointments import open_slots

            self._slots[kind] = open_slots(kind, case=self.case) if kind else []
        return self._slots[kind]

    # Files ------------------------------------------------------------------------------------------------------------

    def receive(self, upload):
        """Store an uploaded file, staged; in a trial it is checked and forgotten (None)."""
        if self.trial:
            from documents.checks import check

            check(upload)
            return None
        if self._receive is not None:
            stored = self._receive(upload)
        elif self.profile is not None:
            stored = uploads.receive(by=self.user, profile=self.profile, upload=upload)
        else:
            raise ValidationError(_("Ce formulaire ne peut pas recevoir de fichier."))
        key = str(stored.public_id)
        self._stored[key] = stored
        self.held.add(key)
        return stored

    def stored(self, ids):
        """Return [StoredFile] of those of `ids` that exist, in that order: one query for those not yet known."""
        unknown = [key for key in ids if key not in self._stored and _is_uuid(key)]
        if unknown:
            for one in StoredFile.objects.filter(public_id__in=unknown):
                self._stored[str(one.public_id)] = one
        return [self._stored[key] for key in ids if key in self._stored]

    @cached_property
    def _of_case(self):
        if self.case is None or self.case.pk is None:
            return set()
        return {str(key) for key in self.case.files.values_list("public_id", flat=True)}

    def may_use(self, key):
        """Whether the file `key` may stand in an answer: the draft's, the case's, or one of the profile's own."""
        if key in self.held or key in self._of_case:
            return True
        if not self.reuses or self.user is None or self.profile is None:
            return False
        try:
            stored = documents.reusable_file(self.profile, self.user, key)
        except StoredFile.DoesNotExist:
            return False
        self._stored[key] = stored
        self.held.add(key)
        return True

    def file_url(self, public_id):
        return self._file_url(str(public_id)) if self._file_url else ""

    # Reading many -----------------------------------------------------------------------------------------------------

    def learn(self, *, contracts=(), children=(), files=()):
        """Read at once how these are called: one query for each kind of thing."""
        contracts = {one for one in contracts if one and one not in self._contract_labels}
        for contract in _many(WaterContract.objects.select_related("delivery_point"), "reference", contracts):
            self._contract_labels[contract.reference] = _contract_label(contract)
        children = {one for one in children if one not in self._child_labels and _is_uuid(one)}
        for child in _many(Child.objects, "public_id", children):
            self._child_labels[str(child.public_id)] = str(child)
        self.stored(list(dict.fromkeys(files)))


def _many(found, name, keys):
    keys = sorted(keys)
    # SQLite takes so many parameters at once.
    for start in range(0, len(keys), 500):
        yield from found.filter(**{f"{name}__in": keys[start : start + 500]})


def _contract_label(contract):
    return f"{contract.reference} – {contract.delivery_point}"


def _is_uuid(text):
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def context_of(
    *, user=None, profile=None, case=None, receive=None, file_url=None, today=None, trial=False, reuses=True
):
    """Return the FormContext of who fills a form in; nothing is asked of the database until a field needs it."""
    return FormContext(
        user=user,
        profile=profile,
        case=case,
        receive=receive,
        file_url=file_url,
        today=today,
        trial=trial,
        reuses=reuses,
    )
