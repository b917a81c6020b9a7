"""Kinds answered with what is the resident's: a contract, a child, an appointment."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from theme.formats import clock, long_date

from ..appointments import parse, words
from .base_kind import named
from .choice_kinds import Choice


class Contract(Choice):
    def options(self, field, context):
        return context.contract_options

    def hint(self, field, context):
        if context.contract_options:
            return ""
        return _("Aucun contrat n’est rattaché à ce profil : associez d’abord votre référence client à votre compte.")

    def words(self, answer, field, context):
        return context.contract_label(str(answer)) if answer else ""

    def required(self, label):
        return named(label, _("choisissez un contrat."))


class Child(Choice):
    def options(self, field, context):
        return context.child_options

    def hint(self, field, context):
        return "" if context.child_options else _("Aucun enfant n’est enregistré dans ce profil : ajoutez-le d’abord.")

    def words(self, answer, field, context):
        return context.child_label(str(answer)) if answer else ""

    def required(self, label):
        return named(label, _("choisissez un enfant."))


class Appointment(Choice):
    """A slot, chosen in a list by day: native, light, and easy with a keyboard."""

    # A slot that somebody took meanwhile stays in the draft: the resident reads which one is gone.
    keeps_unread = True

    def options(self, field, context):
        return [(slot.value, words(slot.starts_at)) for slot in context.slots_of(field.appointment)]

    def widget(self, field, context):
        # Each choice says its day too: once the list is closed, nothing else does.
        slots = context.slots_of(field.appointment)
        days = []
        for day, theirs in groupby(slots, key=lambda slot: slot.day):
            written = long_date(day, context.today)
            days.append((written, [(slot.value, f"{written}, {_hours(slot)}") for slot in theirs]))
        return forms.Select(choices=[("", _("Choisissez un jour et une heure")), *days])

    def hint(self, field, context):
        if context.slots_of(field.appointment):
            return ""
        return _("Aucun rendez-vous n’est libre en ce moment. Revenez dans quelques jours, ou contactez le service.")

    def read(self, raw, field, context):
        text = str(raw or "").strip()
        if text and text not in {slot.value for slot in context.slots_of(field.appointment)}:
            raise ValidationError(_("Ce rendez-vous n’est plus libre : choisissez-en un autre."))
        return text

    def words(self, answer, field, context):
        try:
            return words(parse(str(answer)))
        except ValueError:
            return str(answer)

    def required(self, label):
        return named(label, _("choisissez un rendez-vous."))


def _hours(slot):
    return f"{clock(slot.starts_at)} – {clock(slot.ends_at)}"
