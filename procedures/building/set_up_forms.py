"""The editor's forms of letters and appointments: what can't work is said when it is saved."""

from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm

from ..letters import WORDS, left_over
from .built import definition_of

ANSWER = "reponse:"


class LetterTemplateForm(WagtailAdminModelForm):
    """A word between braces that nothing will replace is refused: a resident would read it."""

    def clean(self):
        cleaned = super().clean()
        for name in ("title", "body"):
            if unknown := self._unknown(cleaned.get(name) or "", cleaned.get("procedures") or ()):
                known = ", ".join(f"{{{word}}}" for word in WORDS)
                self.add_error(
                    name,
                    ValidationError(f"Rien ne remplacera {', '.join(unknown)}. Les mots connus : {known}."),
                )
        return cleaned

    def _unknown(self, text, procedures):
        """The words of `text` that no case of `procedures` (all of them when none is chosen) has a value for."""
        keys = {key for page in procedures for key in definition_of(page).fields}
        found = []
        for word in left_over(text):
            name = word[1:-1]
            if name in WORDS and name != f"{ANSWER}cle":
                continue
            if name.startswith(ANSWER) and (not procedures or name.removeprefix(ANSWER) in keys):
                continue
            found.append(word)
        return found


class AppointmentKindForm(WagtailAdminModelForm):
    """Ranges of one day that overlap would offer the same minutes twice; a closure ends after it begins."""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("minutes") and (short := self._too_short(cleaned["minutes"])):
            self.add_error("minutes", f"La plage {short} est plus courte qu’un rendez-vous.")
        for rows in self._ranges().values():
            for before, after in zip(rows, rows[1:], strict=False):
                if after["opens"] < before["closes"]:
                    self.add_error(None, "Deux plages du même jour se chevauchent : réunissez-les.")
        for form in self.formsets["closures"].forms if "closures" in self.formsets else ():
            row = form.cleaned_data if form.is_valid() else {}
            if row.get("first") and row.get("last") and row["last"] < row["first"]:
                form.add_error("last", "La fin de la fermeture précède son début.")
        return cleaned

    def _rows(self):
        formset = self.formsets.get("ranges")
        for form in formset.forms if formset else ():
            # The rows are checked after this form: what they hold is read here.
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE"):
                yield form.cleaned_data

    def _ranges(self):
        """{weekday: [ranges by hour]}."""
        found = {}
        for row in self._rows():
            if row.get("opens") and row.get("closes"):
                found.setdefault(row["weekday"], []).append(row)
        return {day: sorted(rows, key=lambda row: row["opens"]) for day, rows in found.items()}

    def _too_short(self, minutes):
        for rows in self._ranges().values():
            for row in rows:
                if _minutes(row["closes"]) - _minutes(row["opens"]) < minutes:
                    return f"{row['opens']:%H:%M} – {row['closes']:%H:%M}"
        return ""


def _minutes(moment):
    return moment.hour * 60 + moment.minute
