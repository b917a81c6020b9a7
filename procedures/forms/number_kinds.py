"""Kinds that are typed as figures, as the French write them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from theme.formats import money
from theme.formats import number as figure

from . import reading
from .base_kind import Kind, several
from .bounds import bounds_of


class Number(Kind):
    inputmode = "decimal"
    example = "12,5"
    places = 6

    def label(self, field):
        return f"{field.label} ({field.unit})" if field.unit and field.unit not in field.label else field.label

    def parsed(self, text):
        return reading.number(text)

    def shown(self, value):
        return figure(value, max(0, -value.normalize().as_tuple().exponent))

    def stored(self, value):
        return reading.plain(value)

    def read(self, raw, field, context):
        text = super().read(raw, field, context)
        if not text:
            return ""
        try:
            value = self.parsed(text)
        except ValueError:
            raise ValidationError(_("Écrivez un nombre, par exemple %s.") % self.example) from None
        if -value.normalize().as_tuple().exponent > self.places:
            raise ValidationError(
                several(
                    self.places,
                    "Écrivez %(count)s chiffre au plus après la virgule.",
                    "Écrivez %(count)s chiffres au plus après la virgule.",
                )
                if self.places
                else _("Écrivez un nombre entier, sans virgule.")
            )
        return self.stored(value)

    def bounds(self, field, context):
        return bounds_of(field, context.today)

    def hint(self, field, context):
        least, most = self.bounds(field, context)
        if least is not None and most is not None:
            return _("Entre %(least)s et %(most)s.") % {"least": self.shown(least), "most": self.shown(most)}
        if most is not None:
            return _("%s au plus.") % self.shown(most)
        return _("Au moins %s.") % self.shown(least) if least is not None else ""

    def check(self, answer, field, context):
        value = self.parsed(answer)
        least, most = self.bounds(field, context)
        if least is not None and value < least:
            raise ValidationError(_("Écrivez %s ou plus.") % self.shown(least))
        if most is not None and value > most:
            raise ValidationError(_("Écrivez %s ou moins.") % self.shown(most))

    def typed(self, answer, field, context):
        """Figures are typed again as the French write them, without spaces."""
        text = super().typed(answer, field, context)
        try:
            return self.stored(self.parsed(text)).replace(".", ",") if text else ""
        except ValueError:
            return text

    def words(self, answer, field, context):
        try:
            shown = self.shown(self.parsed(str(answer)))
        except ValueError:
            return str(answer)
        return f"{shown}\u00a0{field.unit}" if field.unit else shown


class Amount(Number):
    example = "12,50"
    places = 2

    def label(self, field):
        told = "€" in field.label or "euro" in field.label.lower()
        return field.label if told else _("%s (en euros)") % field.label

    def parsed(self, text):
        return reading.amount(text)

    def shown(self, value):
        return money(value)

    def stored(self, value):
        return f"{value:.2f}"


class MeterIndex(Number):
    inputmode = "numeric"
    example = "1234"
    places = 0

    def label(self, field):
        return field.label if "m³" in field.label else f"{field.label} (m³)"

    def hint(self, field, context):
        return _("Les chiffres des m³ seulement : sans ceux en rouge, qui comptent les litres.")

    def check(self, answer, field, context):
        value = self.parsed(answer)
        if value < 0:
            raise ValidationError(_("L’index d’un compteur n’est jamais négatif."))
        digits = context.meter_digits()
        if value >= 10**digits:
            raise ValidationError(
                _("L’index de votre compteur a %s chiffres au plus : vérifiez ce que vous avez écrit.") % digits
            )

    def words(self, answer, field, context):
        return f"{super().words(answer, field, context)}\u00a0m³"
