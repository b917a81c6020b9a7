"""Back office of families: actions that call a service, after a page that says what will happen."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from . import family_perms as perms
from . import records
from .back_office import ActionView
from .enums import FamilyForm
from .family_fields import REGISTRY, boxes_of, rules_of
from .models import AcceptanceText, FieldRule
from .money_fields import EurosField
from .queries.family import current_text
from .services import changes, family, fields, health

READ_HERE = _("Demande de modification")
ACCEPT, REFUSE = "accept", "refuse"
# What staff decide of a field, in the words of a column.
HEADS = {
    "visible": _("Vu"),
    "editable": _("Modifiable"),
    "required": _("Obligatoire"),
    "needs_approval": _("À valider"),
}


def reason_field(*, required=False):
    """The sentence that the family reads; a new field each time."""
    return forms.CharField(
        label=_("Motif du refus"),
        required=required,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("La famille lira cette phrase."),
    )


def seen_field(value):
    """What the agent has before their eyes: a decision is about that, not about what the family changed since."""
    return forms.CharField(required=False, initial=value, widget=forms.HiddenInput)


# What families ask to change ------------------------------------------------------------------------------------------


def lines_of(request):
    """Return the fields of a ChangeRequest as an agent reads them: [{field, today, changed}].

    `today` is what is held now; `changed` says that it is no longer what it was when the family asked.
    """
    record = records.held(form=request.form, profile=request.profile, child=request.child, target_id=request.target_id)
    lines = []
    for field in request.fields.all():
        today = record.text(field.field) if record else ""
        lines.append({"field": field, "today": today, "changed": bool(record) and today != field.old_text})
    return lines


class DecisionForm(forms.Form):
    """Accept or refuse for each field of `change`, a reason for each refusal, and one for all."""

    def __init__(self, *args, change, **kwargs):
        super().__init__(*args, **kwargs)
        self.change = change
        for field in change.waiting:
            self.fields[f"choice_{field.field}"] = forms.ChoiceField(
                label=_("Décision pour « %s »") % field.label,
                choices=[(ACCEPT, _("Accepter")), (REFUSE, _("Refuser"))],
                widget=forms.RadioSelect,
                initial=ACCEPT,
            )
            self.fields[f"reason_{field.field}"] = forms.CharField(
                label=_("Motif du refus de « %s »") % field.label, required=False, max_length=500
            )
        self.fields["seen"] = seen_field(change.fingerprint)
        self.fields["reason"] = reason_field()
        self.fields["reason"].label = _("Motif pour toute la demande")

    def clean(self):
        # The service refuses it too, but here what the agent chose for the other fields is still on the screen.
        values = super().clean()
        names = [field.field for field in self.change.waiting]
        refused = [name for name in names if values.get(f"choice_{name}") == REFUSE]
        bare = [name for name in refused if not values.get(f"reason_{name}")] if not values.get("reason") else []
        for field in ["reason"] if bare == names else [f"reason_{name}" for name in bare]:
            self.add_error(field, changes.NO_REASON)
        return values

    def rows(self):
        """Return [(line, choice, reason)] for the template."""
        return [
            (line, self[f"choice_{line['field'].field}"], self[f"reason_{line['field'].field}"])
            for line in lines_of(self.change)
            if f"choice_{line['field'].field}" in self.fields
        ]

    def decision(self):
        """Return the keywords of `changes.decide`."""
        names = [field.field for field in self.change.waiting]
        values = self.cleaned_data
        return {
            "accepted": {name for name in names if values[f"choice_{name}"] == ACCEPT},
            "reason": values["reason"],
            "reasons": {name: values[f"reason_{name}"] for name in names},
            "seen": values["seen"] or None,
        }


class DecideChangeView(ActionView):
    """Accept or refuse, whole or field by field (s3.3)."""

    page_title = _("Traiter la demande")
    header_icon = "edit"
    template_name = "accounts/admin/decide_change.html"
    button = _("Enregistrer ma décision")
    success = _("La demande est traitée. La famille est prévenue par courriel.")
    allowed = staticmethod(perms.can_decide_changes)

    def dispatch(self, request, *args, **kwargs):
        if perms.can_decide_changes(request.user) and not perms.can_see_values(request.user, self.object):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        note_read(request.user, self.object)
        return super().get(request, *args, **kwargs)

    @cached_property
    def form(self):
        # One button decides for all the fields, whatever is ticked.
        whole = self.request.POST.get("whole")
        data = self.request.POST.copy() if self.request.method == "POST" else None
        if whole in (ACCEPT, REFUSE):
            data.update({f"choice_{field.field}": whole for field in self.object.waiting})
        return DecisionForm(data, change=self.object)

    def explanation(self):
        if self.object.is_pending:
            return []
        return [_("Cette demande a déjà été traitée.")]

    def act(self):
        changes.decide(by=self.request.user, change_request=self.object, **self.form.decision())
        return reverse(self.index_url_name)


def note_read(user, change):
    """Write down that a member of staff reads what is asked about a child's health: the parents see that log."""
    if change.form == FamilyForm.HEALTH and perms.can_see_values(user, change):
        health.read(by=user, children=[change.child_id], where=str(READ_HERE))


# Quotients ------------------------------------------------------------------------------------------------------------


class QuotientForm(forms.Form):
    amount = EurosField(label=_("Quotient familial, en euros"), max_digits=8)
    annual_income = EurosField(
        label=_("Ressources annuelles, en euros"),
        max_digits=10,
        required=False,
        help_text=_("Pour les tarifs au taux d’effort."),
    )
    valid_from = forms.DateField(label=_("Valable à partir du"), widget=AdminDateInput)
    valid_until = forms.DateField(label=_("Valable jusqu’au"), widget=AdminDateInput)


class RecordQuotientView(ActionView):
    """Write the quotient that the benefit fund gave."""

    page_title = _("Enregistrer un quotient familial")
    header_icon = "plus"
    button = _("Enregistrer")
    form_class = QuotientForm
    success = _("Le quotient est enregistré et vérifié.")
    allowed = staticmethod(perms.can_verify_quotients)

    def explanation(self):
        return [
            _("Il compte pour les réservations faites à partir de maintenant. Les factures émises ne changent pas."),
        ]

    def act(self):
        family.record_quotient(by=self.request.user, profile=self.object.profile, **self.form.cleaned_data)
        return self.back_url


class VerifyQuotientView(ActionView):
    """Say that the proof was seen."""

    page_title = _("Valider le quotient")
    header_icon = "check"
    button = _("J’ai vérifié : valider")
    success = _("Le quotient est validé. La famille est prévenue par courriel.")
    allowed = staticmethod(perms.can_verify_quotients)

    def get_fields(self):
        return {"seen": seen_field(self.object.fingerprint)}

    @cached_property
    def form(self):
        form = forms.Form(self.request.POST if self.request.method == "POST" else None)
        form.fields |= self.get_fields()
        return form

    @property
    def seen(self):
        return self.form.cleaned_data["seen"] or None

    def explanation(self):
        return [
            _("Quotient déclaré par %(family)s : %(amount)s €.")
            % {"family": self.object.profile, "amount": self.object.amount},
            _("Les tarifs des prochaines réservations en dépendront."),
        ]

    def act(self):
        family.verify_quotient(by=self.request.user, quotient=self.object, seen=self.seen)
        return reverse(self.index_url_name)


class RefuseQuotientView(VerifyQuotientView):
    """Refuse, and say why in a mail."""

    page_title = _("Refuser le quotient")
    header_icon = "cross"
    button = _("Refuser et prévenir la famille")
    serious = True
    success = _("Le quotient est refusé. La famille est prévenue par courriel.")

    def get_fields(self):
        return {**super().get_fields(), "reason": reason_field(required=True)}

    def act(self):
        reason = self.form.cleaned_data["reason"]
        family.refuse_quotient(by=self.request.user, quotient=self.object, reason=reason, seen=self.seen)
        return reverse(self.index_url_name)


# The forms' fields, the text to accept --------------------------------------------------------------------------------


class FieldRulesForm(forms.Form):
    """A line for each field of the form `kind`, a box for each thing that staff decide of it."""

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.rules = rules_of(kind)
        for name, rule in self.rules.items():
            for box in boxes_of(kind, name):
                label = f"{rule.label} : {FieldRule._meta.get_field(box).verbose_name}"
                self.fields[f"{name}-{box}"] = forms.BooleanField(
                    label=label, required=False, initial=getattr(rule, box), widget=forms.CheckboxInput
                )

    def heads(self):
        """Return the headings of the columns."""
        return HEADS.values()

    def rows(self):
        """Return [(rule, cells)]: for each head the bound field, or None and what holds: the choice is not staff's."""
        return [
            (rule, [self._cell(name, rule, box) for box in HEADS])
            for name, rule in self.rules.items()
            if boxes_of(self.kind, name)
        ]

    def _cell(self, name, rule, box):
        if f"{name}-{box}" in self.fields:
            return self[f"{name}-{box}"], ""
        return None, _("toujours") if getattr(rule, box) else _("jamais")

    def choices(self):
        """Return {field: {box: bool}}, as `services.fields.configure` takes it."""
        return {
            name: {box: self.cleaned_data[f"{name}-{box}"] for box in boxes_of(self.kind, name)} for name in self.rules
        }


class ConfigureFieldsView(ActionView):
    """Say of each field of a form whether families see it, change it, must fill it, and whether it is moderated."""

    page_title = _("Régler les champs")
    header_icon = "form"
    template_name = "accounts/admin/field_rules.html"
    button = _("Enregistrer")
    success = _("Les réglages sont enregistrés. Les familles les voient dans quelques secondes.")
    allowed = staticmethod(perms.can_configure_fields)

    @cached_property
    def kind(self):
        """The FamilyForm of the address."""
        if self.kwargs["kind"] not in REGISTRY:
            raise Http404
        return FamilyForm(self.kwargs["kind"])

    @cached_property
    def form(self):
        return FieldRulesForm(self.request.POST if self.request.method == "POST" else None, kind=self.kind)

    def get_page_subtitle(self):
        return self.kind.label

    def act(self):
        fields.configure(by=self.request.user, kind=self.kind, choices=self.form.choices())
        return self.back_url


class PublishTextView(ActionView):
    """Publish a new version of the text behind « J’accepte »: the earlier ones stay as they are."""

    page_title = _("Publier un nouveau texte")
    header_icon = "doc-full"
    button = _("Publier cette version")
    success = _("Le texte est publié. Les familles l’acceptent à leur prochain enregistrement.")

    @staticmethod
    def allowed(user):
        return perms.can_publish_text(user)

    @cached_property
    def form(self):
        form = forms.Form(self.request.POST or None)
        newest = current_text()
        form.fields["text"] = forms.CharField(
            label=_("Texte à accepter"),
            max_length=5000,
            initial=newest.text,
            widget=forms.Textarea(attrs={"rows": 8}),
            help_text=_("Ce que la famille accepte en enregistrant. Les acceptations passées gardent leur version."),
        )
        return form

    def act(self):
        text = self.form.cleaned_data["text"].strip()
        if AcceptanceText.objects.exists() and text == self.form["text"].initial.strip():
            raise ValidationError(_("Le texte est le même que celui de la version en cours."))
        published = family.publish_text(by=self.request.user, text=text)
        return reverse(self.inspect_url_name, args=[published.pk])
