"""Kinds made of several controls: an address, files, a group of fields asked for several times.

Their controls are sub-forms (`step_form`, `files`); here is how their answers are checked and read.
"""

from django.utils.translation import gettext as _

from ..conditions import holds, is_empty
from ..definition import shown_fields
from ..enums import FieldKind
from .base_kind import Kind, named, several
from .bounds import bounds_of

PARTS = ("address", "address_complement", "postcode", "town")
MOST_FILES = 10
MOST_ROWS = 20


class Address(Kind):
    keeps_unread = False

    def words(self, answer, field, context):
        if not isinstance(answer, dict):
            return ""
        where = " ".join(filter(None, (answer.get("postcode"), answer.get("town"))))
        return "\n".join(filter(None, (answer.get("address"), answer.get("address_complement"), where)))

    def problems(self, answer, field, context):
        from .addresses import AddressForm

        form = AddressForm({name: (answer or {}).get(name, "") for name in PARTS} if isinstance(answer, dict) else {})
        return [error for errors in form.errors.values() for error in errors]

    def required(self, label):
        return named(label, _("écrivez l’adresse, le code postal et la commune."))


class Files(Kind):
    keeps_unread = False

    def limits(self, field, context):
        """Return (how many files at least, at most)."""
        least, most = bounds_of(field, context.today)
        return max(least or 0, 1 if field.required else 0), min(most or MOST_FILES, MOST_FILES)

    def ids(self, answer):
        return [str(key) for key in answer] if isinstance(answer, list | tuple) else []

    def words(self, answer, field, context):
        return "\n".join(one.name for one in context.stored(self.ids(answer)))

    def problems(self, answer, field, context):
        ids = self.ids(answer)
        found = [one for one in context.stored(ids) if one.file]
        if len(found) < len(ids):
            return [_("Un fichier n’est plus là : retirez-le, puis envoyez-en un autre.")]
        least, most = self.limits(field, context)
        if len(ids) < least:
            return [several(least, "Joignez au moins %(count)s fichier.", "Joignez au moins %(count)s fichiers.")]
        if len(ids) > most:
            return [several(most, "Joignez %(count)s fichier au plus.", "Joignez %(count)s fichiers au plus.")]
        return []

    def required(self, label):
        return named(label, _("joignez un fichier."))


class Group(Kind):
    keeps_unread = False

    def limits(self, field, context):
        """Return (how many rows at least, at most)."""
        least, most = bounds_of(field, context.today)
        return max(least or 0, 1 if field.required else 0), min(most or MOST_ROWS, MOST_ROWS)

    def too_few(self, least):
        return several(least, "Remplissez au moins %(count)s ligne.", "Remplissez au moins %(count)s lignes.")

    def too_many(self, most):
        return several(most, "Gardez %(count)s ligne au plus.", "Gardez %(count)s lignes au plus.")

    def rows(self, answer):
        """Return the rows that say something."""
        rows = answer if isinstance(answer, list | tuple) else []
        return [row for row in rows if isinstance(row, dict) and not all(map(is_empty, row.values()))]

    def words(self, answer, field, context):
        from .kinds import kind_of

        lines = []
        for number, row in enumerate(self.rows(answer), 1):
            told = [
                f"{inner.label}\u00a0: {' '.join(kind_of(inner).words(row[inner.key], inner, context).split(chr(10)))}"
                for inner in field.fields
                if not is_empty(row.get(inner.key))
            ]
            lines.append(f"{number}. {' ; '.join(told)}")
        return "\n".join(lines)

    def problems(self, answer, field, context):
        """What is wrong with the rows: each sentence names the row and its field."""
        from .kinds import kind_of

        rows, (least, most) = self.rows(answer), self.limits(field, context)
        found = []
        for number, row in enumerate(rows, 1):
            known = dict(context.known)
            for inner in field.fields:
                if not holds(inner.condition, known):
                    continue
                value, kind = row.get(inner.key), kind_of(inner)
                label = f"{inner.label} (n°\u00a0{number})"
                if not is_empty(value):
                    known[inner.key] = value
                    found += [named(label, one) for one in kind.problems(value, inner, context)]
                elif inner.required and inner.kind != FieldKind.INFO:
                    found.append(kind.required(label))
        # A row that says something in what doesn't appear of it says nothing.
        count = sum(not self._is_blank(row, field, context) for row in rows)
        if count < least and not found:
            found.append(self.too_few(least))
        if count > most:
            found.append(self.too_many(most))
        return found

    def _is_blank(self, row, field, context):
        shown = shown_fields(field.fields, row, dict(context.known))
        return all(is_empty(row.get(inner.key)) for inner in shown)

    def required(self, label):
        return named(label, _("remplissez au moins une ligne."))
