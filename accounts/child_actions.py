"""Back office of children: decisions and guardianships, each after a page that says what will happen."""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.widgets import AdminDateInput

from . import perms
from .back_office import ActionView
from .enums import ChildState, ProfileKind
from .models import Guardianship, Profile
from .queries.children import likely_duplicates
from .services import child_decisions, guardianships

RIGHTS_LABELS = {
    "may_edit": "Peut modifier la fiche",
    "sees_health": "Voit le régime alimentaire et les renseignements médicaux",
    "sees_contacts": "Voit les personnes à contacter et autorisées",
    "sees_other_bookings": "Voit les réservations de l’autre foyer",
}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="La famille le lira."
    )


class RightsForm(forms.Form):
    """What a household may do and see of the child's file."""

    may_edit = forms.BooleanField(label=RIGHTS_LABELS["may_edit"], required=False)
    sees_health = forms.BooleanField(label=RIGHTS_LABELS["sees_health"], required=False)
    sees_contacts = forms.BooleanField(label=RIGHTS_LABELS["sees_contacts"], required=False)
    sees_other_bookings = forms.BooleanField(label=RIGHTS_LABELS["sees_other_bookings"], required=False)


class HouseholdForm(RightsForm):
    """Another household of the child, found by the e-mail of one of its members."""

    field_order = ["email", "household", "started_on", "ended_on"]

    email = forms.EmailField(
        label="Courriel d’un membre du foyer", help_text="L’adresse avec laquelle cette personne se connecte."
    )
    household = forms.ModelChoiceField(
        label="Foyer", queryset=Profile.objects.none(), required=False, widget=forms.HiddenInput
    )
    started_on = forms.DateField(label="Garde depuis le", widget=AdminDateInput, initial=timezone.localdate)
    ended_on = forms.DateField(
        label="Jusqu’au", widget=AdminDateInput, required=False, help_text="Vide : sans fin prévue."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["household"]
        field.queryset = Profile.objects.filter(
            kind=ProfileKind.HOUSEHOLD,
            memberships__user__email__iexact=str(self.data.get("email", "")).strip(),
            memberships__ended_at=None,
        )
        self.found = list(field.queryset) if self.is_bound else []
        if len(self.found) > 1:
            field.required, field.empty_label, field.widget = True, None, forms.RadioSelect()
            field.widget.choices = field.choices
            field.error_messages["required"] = "Cette personne a plusieurs foyers : choisissez."

    def clean(self):
        values = super().clean()
        if "email" in values and not self.found:
            self.add_error("email", "Aucun foyer n’a de membre avec ce courriel. La personne crée son foyer d’abord.")
        if len(self.found) == 1:
            values["household"] = self.found[0]
        return values


class EndForm(forms.Form):
    ended_on = forms.DateField(
        label="Dernier jour de garde",
        widget=AdminDateInput,
        initial=timezone.localdate,
        help_text="Ce jour compris. Ensuite, le foyer ne voit plus la fiche.",
    )


class MergeForm(forms.Form):
    """The file of the same child that the services already hold."""

    existing = forms.ModelChoiceField(
        label="Fiche déjà connue", queryset=None, widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["existing"]
        field.queryset = type(candidates[0]).objects.filter(pk__in=[c.pk for c in candidates]) if candidates else None
        field.label_from_instance = lambda child: (
            f"{child}, {child.birth_date:%d/%m/%Y}, {child.school or 'sans école'}"
        )


class ChildAction(ActionView):
    """An act of the childcare managers; the sheet comes back."""

    header_icon = "group"
    allowed = staticmethod(perms.can_decide_children)

    def decide(self):
        """Call the service."""
        raise NotImplementedError

    def act(self):
        self.decide()
        return self.back_url


class AcceptChildView(ChildAction):
    page_title = "Valider la fiche"
    header_icon = "check"
    button = "Valider la fiche"
    success = "La fiche est validée. La famille est prévenue par courriel."

    def explanation(self):
        lines = [f"{self.object} pourra être inscrit·e, et la famille pourra réserver."]
        if others := likely_duplicates(self.object):
            names = ", ".join(f"{other} ({other.get_state_display().lower()})" for other in others)
            lines.append(
                f"Attention : ces enfants sont nés le même jour et portent le même nom ou le même prénom : {names}. "
                "S’il s’agit du même enfant, réunissez les fiches au lieu de valider."
            )
        return lines

    def decide(self):
        child_decisions.decide_child(by=self.request.user, child=self.object, accept=True)


class RefuseChildView(ChildAction):
    page_title = "Refuser l’ajout"
    header_icon = "cross"
    button = "Refuser et prévenir la famille"
    serious = True
    form_class = ReasonForm
    success = "L’ajout est refusé. La famille est prévenue par courriel."

    def explanation(self):
        return ["La famille pourra corriger la fiche et la renvoyer."]

    def decide(self):
        child_decisions.decide_child(
            by=self.request.user, child=self.object, accept=False, reason=self.form.cleaned_data["reason"]
        )


class MergeChildView(ChildAction):
    page_title = "C’est un enfant déjà connu"
    allowed = staticmethod(lambda user: perms.can_decide_children(user) and perms.can_change_guardianships(user))
    success = "Les deux fiches n’en font plus qu’une. Vérifiez ci-dessous ce que chaque foyer voit."

    @cached_property
    def candidates(self):
        return [child for child in likely_duplicates(self.object) if child.state == ChildState.ACTIVE]

    @property
    def button(self):
        return "Réunir les fiches" if self.candidates else ""

    @cached_property
    def form(self):
        return MergeForm(self.request.POST or None, candidates=self.candidates) if self.candidates else None

    def explanation(self):
        if not self.candidates:
            return ["Aucune fiche validée ne ressemble à celle-ci : même jour de naissance, même nom ou prénom."]
        return [
            "Le foyer qui a ajouté cet enfant rejoint la fiche choisie. Il n’en voit d’abord que les informations "
            "générales : la santé et les personnes autorisées restent cachées, sauf décision de votre part.",
            "La fiche ajoutée par erreur est archivée.",
        ]

    def act(self):
        if self.form is None:
            raise ValidationError("Aucune fiche à réunir.")
        existing = child_decisions.merge_child(
            by=self.request.user, child=self.object, existing=self.form.cleaned_data["existing"]
        )
        return reverse(self.inspect_url_name, args=[existing.pk])


class ArchiveChildView(ChildAction):
    page_title = "Archiver la fiche"
    header_icon = "folder-inverse"
    button = "Archiver"
    serious = True
    success = "La fiche est archivée."

    def explanation(self):
        return [
            "L’enfant disparaît des listes et des réservations. La famille ne voit plus sa fiche.",
            "Vous pourrez la sortir des archives.",
        ]

    def decide(self):
        child_decisions.archive_child(by=self.request.user, child=self.object)


class RestoreChildView(ChildAction):
    page_title = "Sortir des archives"
    header_icon = "undo"
    button = "Sortir des archives"
    success = "La fiche est de nouveau active."

    def decide(self):
        child_decisions.restore_child(by=self.request.user, child=self.object)


class AddHouseholdView(ChildAction):
    page_title = "Ajouter un foyer"
    button = "Ajouter ce foyer"
    form_class = HouseholdForm
    success = "Le foyer est ajouté. Ses membres sont prévenus par courriel."
    allowed = staticmethod(perms.can_change_guardianships)

    def explanation(self):
        return ["Chaque foyer réserve et paie pour lui-même. Cochez ce que celui-ci peut faire et voir."]

    def decide(self):
        values = dict(self.form.cleaned_data)
        values.pop("email")
        guardianships.add_household(by=self.request.user, child=self.object, profile=values.pop("household"), **values)


class GuardianshipAction(ChildAction):
    """An act on one guardianship of the child."""

    allowed = staticmethod(perms.can_change_guardianships)

    @cached_property
    def guardianship(self):
        rows = Guardianship.objects.select_related("profile", "child")
        return get_object_or_404(rows, pk=self.kwargs["guardianship"], child=self.object)

    def get_page_subtitle(self):
        return f"{self.object} – {self.guardianship.profile}"


class HouseholdRightsView(GuardianshipAction):
    page_title = "Ce que le foyer peut faire et voir"
    button = "Enregistrer"
    success = "Les droits du foyer sont enregistrés."

    @cached_property
    def form(self):
        initial = {name: getattr(self.guardianship, name) for name in RIGHTS_LABELS}
        return RightsForm(self.request.POST if self.request.method == "POST" else None, initial=initial)

    def explanation(self):
        return [f"Foyer « {self.guardianship.profile} »."]

    def decide(self):
        guardianships.change_rights(by=self.request.user, guardianship=self.guardianship, **self.form.cleaned_data)


class EndGuardianshipView(GuardianshipAction):
    page_title = "Terminer la garde"
    header_icon = "cross"
    button = "Terminer la garde"
    serious = True
    form_class = EndForm
    success = "La fin de garde est enregistrée. Le foyer est prévenu par courriel."

    def explanation(self):
        return [
            f"Après ce jour, le foyer « {self.guardianship.profile} » ne voit plus la fiche et ne réserve plus.",
            "Ses réservations et ses factures passées restent les siennes.",
        ]

    def decide(self):
        guardianships.end_guardianship(by=self.request.user, guardianship=self.guardianship, **self.form.cleaned_data)
