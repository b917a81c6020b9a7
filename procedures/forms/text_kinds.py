"""Kinds that are typed as words: texts, dates, ways to reach somebody, an account's number."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError as NotANumber

from accounts.forms import INVALID_EMAIL
from accounts.rules import normalise_phone
from theme.formats import number as figure
from theme.formats import short_date
from theme.forms import DateInput

from . import patterns, reading
from .base_kind import LONGEST, Kind, named, several
from .bounds import bounds_of

SHORT, LONG = 255, LONGEST
# A longer limit is told to who goes past it only.
TOLD = 40


class Text(Kind):
    def read(self, raw, field, context):
        return " ".join(super().read(raw, field, context).split())

    def hint(self, field, context):
        least, most = bounds_of(field, context.today)
        return _length_hint(least, most if most and most <= TOLD else None)

    def check(self, answer, field, context):
        _check_length(answer, field, context, SHORT)
        if field.pattern and not patterns.matches(field.pattern, answer):
            raise ValidationError(field.pattern_message or _("Cette réponse n’a pas la forme attendue : vérifiez-la."))


class LongText(Kind):
    def widget(self, field, context):
        return forms.Textarea(attrs={"rows": 6, **self.attrs(field, context)})

    def read(self, raw, field, context):
        return super().read(str(raw or "").replace("\r\n", "\n").replace("\r", "\n"), field, context)

    def hint(self, field, context):
        return _length_hint(*bounds_of(field, context.today))

    def check(self, answer, field, context):
        _check_length(answer, field, context, LONG)


def _length_hint(least, most):
    if least and most:
        return _("Entre %(least)s et %(most)s caractères.") % {"least": figure(least), "most": figure(most)}
    if most:
        return several(most, "%(count)s caractère au plus.", "%(count)s caractères au plus.")
    if least:
        return several(least, "Au moins %(count)s caractère.", "Au moins %(count)s caractères.")
    return ""


def _check_length(answer, field, context, longest):
    least, most = bounds_of(field, context.today)
    most = min(most or longest, longest)
    if len(answer) > most:
        raise ValidationError(
            _("Écrivez %(most)s caractères au plus : vous en avez écrit %(count)s.")
            % {"most": figure(most), "count": figure(len(answer))}
        )
    if least and len(answer) < least:
        raise ValidationError(
            _("Écrivez au moins %(least)s caractères : vous en avez écrit %(count)s.")
            % {"least": figure(least), "count": figure(len(answer))}
        )


class Date(Kind):
    def widget(self, field, context):
        least, most = bounds_of(field, context.today)
        bounds = {"min": least and least.isoformat(), "max": most and most.isoformat()}
        return DateInput(attrs={name: value for name, value in bounds.items() if value})

    def read(self, raw, field, context):
        text = super().read(raw, field, context)
        if not text:
            return ""
        try:
            return reading.date(text).isoformat()
        except ValueError:
            raise ValidationError(_("Écrivez une date qui existe, par exemple 31/12/2026.")) from None

    def hint(self, field, context):
        least, most = bounds_of(field, context.today)
        if least and most:
            return _("Entre le %(least)s et le %(most)s.") % {"least": short_date(least), "most": short_date(most)}
        if least:
            return _("À partir du %s.") % short_date(least)
        return _("Jusqu’au %s.") % short_date(most) if most else ""

    def check(self, answer, field, context):
        day = reading.date(answer)
        least, most = bounds_of(field, context.today)
        if least and day < least:
            raise ValidationError(_("Indiquez le %s ou une date plus tardive.") % short_date(least))
        if most and day > most:
            raise ValidationError(_("Indiquez le %s ou une date plus ancienne.") % short_date(most))

    def words(self, answer, field, context):
        try:
            return short_date(reading.date(str(answer)))
        except ValueError:
            return str(answer)

    def required(self, label):
        return named(label, _("indiquez une date."))


class Email(Kind):
    input_type = "email"
    autocomplete = "email"

    def hint(self, field, context):
        return _("Par exemple : nom@exemple.fr.")

    def read(self, raw, field, context):
        text = super().read(raw, field, context)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise ValidationError(INVALID_EMAIL) from None
            if len(text) > 254:
                raise ValidationError(INVALID_EMAIL)
        return text


class Phone(Kind):
    input_type = "tel"
    autocomplete = "tel"

    def hint(self, field, context):
        return _("Par exemple : 06 12 34 56 78.")

    def read(self, raw, field, context):
        return normalise_phone(super().read(raw, field, context))


class Iban(Kind):
    def attrs(self, field, context):
        return {**super().attrs(field, context), "autocomplete": "off", "spellcheck": "false"}

    def hint(self, field, context):
        return _("27 caractères pour un compte français, par exemple : FR76 1234 5678 9012 3456 7890 123.")

    def read(self, raw, field, context):
        text = re.sub(r"[\s\u00a0\u202f.\-]", "", super().read(raw, field, context)).upper()
        if not text:
            return ""
        try:
            return ibans.validate(text)
        except NotANumber:
            raise ValidationError(
                _("Cet IBAN n’est pas valable : vérifiez-le sur votre relevé d’identité bancaire.")
            ) from None

    def typed(self, answer, field, context):
        text = super().typed(answer, field, context)
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if text.isalnum() else text


class Info(Kind):
    """Read, never answered."""

    keeps_unread = False

    def read(self, raw, field, context):
        return None

    def words(self, answer, field, context):
        return ""

    def problems(self, answer, field, context):
        return []
