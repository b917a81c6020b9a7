"""The fields of the family forms, and how staff have them behave: seen, changed, required, moderated (s3.3, s4.3).

The registry below is the list of fields; the rows of `FieldRule` hold what staff chose for each. A row is made for each
field after every migration, with the choices given here.
"""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from theme.kept import kept

from .enums import FamilyForm
from .models import FieldRule
from .records import load

BOXES = ("visible", "editable", "required", "needs_approval")
WAITS = _("À valider par le service.")
THEIRS = _("Seul le service peut changer cette information.")
ASKED = _("En attente de validation. Aujourd’hui dans votre dossier : {}.")
NOTHING = _("non renseigné")


@dataclass(frozen=True, slots=True)
class FormField:
    """A field and the boxes it starts with. Those in `fixed` are not for staff to change."""

    name: str
    label: str
    required: bool = False
    needs_approval: bool = False
    fixed: tuple[str, ...] = ()

    def rule(self, form):
        """Return the FieldRule (not saved) that the field has as long as staff said nothing."""
        return FieldRule(
            form=form,
            field=self.name,
            label=str(self.label),
            visible=True,
            editable=True,
            required=self.required,
            needs_approval=self.needs_approval,
        )


def _essential(name, label, *, needs_approval=False):
    """A field without which the record can't be: always seen and always filled."""
    return FormField(name, label, required=True, needs_approval=needs_approval, fixed=("visible", "required"))


def _address(*, needs_approval=False):
    return (
        FormField("address", _("Adresse"), needs_approval=needs_approval),
        FormField("address_complement", _("Complément d’adresse"), needs_approval=needs_approval),
        FormField("postcode", _("Code postal"), needs_approval=needs_approval),
        FormField("town", _("Commune"), needs_approval=needs_approval),
    )


def _person(*, needs_approval=False):
    return (
        _essential("first_name", _("Prénom"), needs_approval=needs_approval),
        _essential("last_name", _("Nom"), needs_approval=needs_approval),
    )


PHONES = (FormField("phone", _("Téléphone")), FormField("second_phone", _("Second téléphone")))
AROUND = (*_person(), _essential("relationship", _("Lien avec l’enfant")), *PHONES, *_address())
# Which contact an authorised person was picked from: kept with them while they wait, though no form asks it.
PICKED = FormField("contact", _("Choisie parmi les personnes à contacter"), fixed=BOXES)
# Taking a guardian away is a change like another: of a field that no form shows.
REMOVED = FormField(
    "removed_at", _("Retrait du responsable"), needs_approval=True, fixed=("visible", "editable", "required")
)

REGISTRY = {
    FamilyForm.FAMILY: (
        _essential("name", _("Nom du foyer"), needs_approval=True),
        *_address(needs_approval=True),
        *PHONES,
        FormField("situation", _("Situation familiale"), needs_approval=True),
        FormField("benefit_fund", _("Caisse d’allocations"), needs_approval=True),
        FormField("benefit_number", _("Numéro d’allocataire"), needs_approval=True),
    ),
    FamilyForm.GUARDIAN: (
        *_person(needs_approval=True),
        _essential("relationship", _("Lien avec les enfants"), needs_approval=True),
        FormField("email", _("Courriel")),
        *PHONES,
        *_address(),
        FormField("employer", _("Employeur")),
        FormField("work_phone", _("Téléphone professionnel")),
        REMOVED,
    ),
    FamilyForm.CHILD: (
        *_person(needs_approval=True),
        FormField("sex", _("Sexe"), required=True, needs_approval=True),
        _essential("birth_date", _("Date de naissance"), needs_approval=True),
        FormField("birth_place", _("Lieu de naissance"), needs_approval=True),
        FormField("school", _("École"), needs_approval=True),
        FormField("school_level", _("Niveau scolaire"), needs_approval=True),
    ),
    FamilyForm.HEALTH: (
        FormField("diet", _("Régime alimentaire")),
        FormField("diet_details", _("Précisions sur le régime")),
        FormField("has_care_plan", _("Projet d’accueil individualisé (PAI)"), required=True),
        FormField("care_plan_details", _("Détails du PAI")),
        FormField("medical_history", _("Antécédents médicaux")),
        FormField("observations", _("Observations")),
        FormField("doctor_name", _("Médecin traitant")),
        FormField("doctor_phone", _("Téléphone du médecin")),
        FormField("doctor_address", _("Adresse du médecin")),
    ),
    FamilyForm.CONTACT: AROUND,
    FamilyForm.PICKUP: (*AROUND, PICKED),
    FamilyForm.LOGIN: (
        FormField("email", _("Identifiant (courriel)"), required=True, fixed=("visible", "editable", "required")),
    ),
}


def spec_of(form, name):
    """Return the FormField `name` of `form`. Raises KeyError for an unknown one."""
    return next((spec for spec in REGISTRY[form] if spec.name == name), None) or _unknown(form, name)


def _unknown(form, name):
    raise KeyError(f"{form} has no field {name}")


def rules_of(form):
    """Return {field: FieldRule} of `form` (a FamilyForm), in the order of the form; kept for some seconds."""
    return kept(("accounts.field_rules", form), lambda: _read_rules(form))


def _read_rules(form):
    held = {rule.field: rule for rule in FieldRule.objects.filter(form=form)}
    rules = {}
    for spec in REGISTRY[form]:
        rules[spec.name] = rule = held.get(spec.name) or spec.rule(form)
        for box in spec.fixed:
            setattr(rule, box, getattr(spec, box, True))
    return rules


def ensure_field_rules(using="default"):
    """Make the missing rows of FieldRule, put labels and order in step, and take away those of fields that are gone.

    What staff chose stays. Changes nothing the second time.
    """
    rows = {(rule.form, rule.field): rule for rule in FieldRule.objects.using(using).all()}
    for form, specs in REGISTRY.items():
        for position, spec in enumerate(specs):
            rule = rows.pop((form, spec.name), None) or spec.rule(form)
            if rule.pk is None or (rule.position, rule.label) != (position, str(spec.label)):
                rule.position, rule.label = position, str(spec.label)
                rule.save(using=using)
    FieldRule.objects.using(using).filter(pk__in=[rule.pk for rule in rows.values()]).delete()


def configure(form, kind, *, pending=None, adding=False):
    """Have the form instance `form` follow the rules of `kind` (a FamilyForm); returns it.

    Hidden fields go, fields that families may not change are drawn disabled, required ones say so. `pending` is the
    ChangeRequest that waits on the record: what is asked stands in the field, what is held beside it; pass it whenever
    there is one. `adding`: a new record, every visible field may be filled. Fields that the registry does not know stay
    as they are.
    """
    asked = pending_values(pending) if pending else {}
    for name, rule in rules_of(kind).items():
        if name not in form.fields:
            continue
        field = form.fields[name]
        if not rule.visible:
            del form.fields[name]
            continue
        field.disabled = not (rule.editable or adding)
        if field.disabled:
            _say(field, THEIRS)
        if rule.required and not field.disabled:
            field.required = True
            field.widget.is_required = True
        if name in asked:
            form.initial[name], held = asked[name]
            _say(field, format_html(str(ASKED), held or NOTHING))
        elif rule.needs_approval and not adding and not field.disabled:
            _say(field, WAITS)
    return form


def _say(field, sentence):
    field.help_text = format_html("{} {}", field.help_text, sentence) if field.help_text else sentence


def pending_values(request):
    """Return {field: (value asked for, text of what is held)} of the fields of `request` that still wait."""
    return {row.field: (load(request.form, row.field, row.new), row.old_text) for row in request.waiting}


def boxes_of(form, name):
    """Return the boxes of the field that staff may tick."""
    return [box for box in BOXES if box not in spec_of(form, name).fixed]
