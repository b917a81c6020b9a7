"""The controls of some fields as a Django form: read in the order of the page, each by its kind.

What appears is decided on the server from the answers themselves: the browser only follows. Nothing that was typed is
lost: `kept` is what a draft keeps, whatever is wrong with it.
"""

import json
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from ..conditions import holds, is_empty
from ..definition import shown_fields
from ..enums import FieldKind
from .addresses import AddressForm
from .base_kind import named
from .files import FilesField
from .hints import condition_hint
from .kinds import GROUP, kind_of


class AnswerField(forms.Field):
    """One question with one control, read and checked by its kind. That an answer is missing the form says."""

    def __init__(self, definition, context, name, **kwargs):
        self.definition, self.context, self.kind, self.name = definition, context, kind_of(definition), name
        super().__init__(widget=self.kind.widget(definition, context), **kwargs)

    def clean(self, raw):
        try:
            answer = self.kind.read(raw, self.definition, self.context)
            if not is_empty(answer):
                self.kind.check(answer, self.definition, self.context)
        except ValidationError as error:
            raise ValidationError([named(self.name, sentence) for sentence in error.messages]) from None
        return answer


class RowsField(forms.Field):
    """How many rows of a group the page has: a hidden figure, which errors about the whole group are said of."""

    def __init__(self, count, **kwargs):
        super().__init__(widget=forms.HiddenInput(), required=False, initial=count, **kwargs)


@dataclass
class Part:
    """One field of the page, as templates draw it: `bound` is one control, `form` an address, `rows` a group."""

    field: object
    bound: object = None
    form: AddressForm | None = None
    rows: list = field(default_factory=list)
    hint: str = ""
    condition: str = ""
    appears: bool = True
    help: str = ""
    name: str = ""
    full: bool = False
    least: int = 0

    @property
    def kind(self):
        return str(self.field.kind)

    @property
    def key(self):
        return self.field.key

    @property
    def optional(self):
        return not self.field.required


class FieldsForm(forms.Form):
    """The controls of some fields, those of a step or of one row of a group. `known`: answers given before."""

    def __init__(
        self, data=None, files=None, *, fields, answers, context, known=None, labels=None, prefix, removed="", row=0
    ):
        super().__init__(data, files, prefix=prefix)
        self.context, self.answers_before = context, answers
        self.known = dict(known or {})
        self.labels = labels or {}
        self.removed, self.row = removed, row
        self.parts = [self._part(one) for one in fields if self._may_appear(one, fields)]
        if not self.is_bound:
            self._find_appearing()

    def _may_appear(self, one, fields):
        """Whether the answers of the page could make the field appear, or those before it do."""
        here = {other.key for other in fields}
        if any(rule.field in here for rule in one.condition.rules):
            return True
        return holds(one.condition, self.known)

    # Building ---------------------------------------------------------------------------------------------------------

    def _part(self, one):
        kind, answer = kind_of(one), self.answers_before.get(one.key)
        part = Part(one, help=_help(one, kind, self.context), name=self.add_prefix(one.key))
        if one.condition:
            part.hint = condition_hint(one.condition, self.labels)
            part.condition = _condition_json(one.condition)
        match one.kind:
            case FieldKind.INFO:
                return part
            case FieldKind.ADDRESS:
                part.form = AddressForm(
                    self.data if self.is_bound else None,
                    field=one,
                    name=self._named(one),
                    prefix=f"{part.name}__",
                    answer=answer,
                )
                return part
            case FieldKind.GROUP:
                self._group(part, answer)
            case FieldKind.FILES:
                made = FilesField(one, self.context, answer, self._named(one), **self._texts(one, kind, part))
                if self.removed.startswith(f"{part.name}:"):
                    made.removed = self.removed.partition(":")[2]
                self.fields[one.key] = made
            case _:
                made = AnswerField(one, self.context, self._named(one), **self._texts(one, kind, part))
                made.initial = kind.typed(answer, one, self.context)
                self.fields[one.key] = made
        part.bound = self[one.key]
        if one.condition:
            # Not mandatory as long as it does not appear, which the page can't say without JavaScript.
            part.bound.field.widget.use_required_attribute = _never
        return part

    def _named(self, one):
        """The question as sentences name it: in a group, with the number of its row."""
        return f"{one.label} (n°\u00a0{self.row})" if self.row else one.label

    def _texts(self, one, kind, part):
        required = one.required and not (self.context.trial and one.kind == FieldKind.FILES)
        return {"label": kind.label(one), "help_text": part.help, "required": required}

    def _group(self, part, answer):
        one = part.field
        least, most = GROUP.limits(one, self.context)
        stored = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list | tuple) else []
        count = max(len(stored), least)
        if self.is_bound:
            sent = str(self.data.get(part.name, ""))
            count = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
        count = min(count, max(most, len(stored)))
        self.fields[one.key] = RowsField(count)
        part.least, part.full = least, count >= most
        labels = {**self.labels, **{inner.key: inner for inner in one.fields}}
        part.rows = [
            FieldsForm(
                self.data if self.is_bound else None,
                self.files if self.is_bound else None,
                fields=one.fields,
                answers=stored[number] if number < len(stored) else {},
                context=self.context,
                known=self.known,
                labels=labels,
                prefix=f"{part.name}__{number}",
                removed=self.removed,
                row=number + 1,
            )
            for number in range(count)
        ]

    def _find_appearing(self):
        """Say of each part whether it appears as the page is first drawn."""
        fields = [part.field for part in self.parts]
        appear = {one.key for one in shown_fields(fields, self.answers_before, dict(self.known))}
        for part in self.parts:
            part.appears = part.key in appear

    # Reading ----------------------------------------------------------------------------------------------------------

    def clean(self):
        values = super().clean()
        known, self._answers = dict(self.known), {}
        for part in self.parts:
            one = part.field
            part.appears = holds(one.condition, known)
            if not part.appears:
                self._silence(part)
                continue
            answer = self._answer(part, values, known)
            if is_empty(answer):
                self._miss(part)
            elif not self._is_wrong(part):
                known[one.key] = self._answers[one.key] = answer
        return values

    def _answer(self, part, values, known):
        one = part.field
        if part.form:
            part.form.is_valid()
            return part.form.answer
        if one.kind == FieldKind.GROUP:
            return self._rows(part, known)
        return values.get(one.key)

    def _rows(self, part, known):
        """Read the rows: those left empty are dropped, unless so many are asked for."""
        found, wrong = [], False
        for number, row in enumerate(part.rows):
            row.known = known
            if row.is_blank and number >= part.least:
                row.silence()
            elif not row.is_valid():
                wrong = True
            elif row.answers:
                found.append(row.answers)
        _least, most = GROUP.limits(part.field, self.context)
        if len(found) < part.least and not wrong:
            self.add_error(part.key, named(part.field.label, GROUP.too_few(part.least)))
        if len(found) > most:
            self.add_error(part.key, named(part.field.label, GROUP.too_many(most)))
        return found

    def _miss(self, part):
        """Say that an answer is missing, where it is mandatory and nothing else was said of it."""
        one = part.field
        optional = not one.required or (self.context.trial and one.kind == FieldKind.FILES)
        if optional or part.form or one.kind in (FieldKind.INFO, FieldKind.GROUP) or one.key in self._errors:
            return
        self.add_error(one.key, kind_of(one).required(self._named(one)))

    def _is_wrong(self, part):
        if part.form:
            return bool(part.form.errors)
        return part.key in self._errors or any(row.errors for row in part.rows)

    def _silence(self, part):
        """What does not appear has no errors."""
        self._errors.pop(part.key, None)
        if part.form:
            part.form.silence()
        for row in part.rows:
            row.silence()

    def silence(self):
        """Forget what is wrong: this row does not count."""
        self._errors, self._answers = type(self.errors)(), {}
        for part in self.parts:
            self._silence(part)

    def keep_refused(self):
        """Forget what is wrong, files that were refused apart."""
        refused = {key: one.refused for key, one in self.fields.items() if getattr(one, "refused", None)}
        self._errors = type(self.errors)()
        for key, sentences in refused.items():
            self.add_error(key, sentences)

    def is_valid(self):
        # Sub-forms are read by `clean`, in the order of the page.
        return super().is_valid() and all(not form.errors for form in self.forms[1:])

    # What comes out ---------------------------------------------------------------------------------------------------

    @property
    def answers(self):
        """The answers of the fields that appear, as JSON; those that are wrong are left out."""
        self.errors  # noqa: B018 - reads the form
        return dict(self._answers)

    @property
    def kept(self):
        """All that was typed, as a draft keeps it: answers, texts that can't be read, fields that do not appear too."""
        found = {}
        for part in self.parts:
            one = part.field
            if one.kind == FieldKind.INFO:
                continue
            if part.form:
                value = part.form.typed if any(part.form.typed.values()) else None
            elif one.kind == FieldKind.GROUP:
                value = [row.kept for row in part.rows]
            elif one.kind == FieldKind.FILES:
                self.errors  # noqa: B018 - receives the files
                value = list(self.fields[one.key].ids)
            else:
                value = kind_of(one).kept(part.bound.data, one, self.context)
            # A row just added is blank, and stays.
            if value if one.kind == FieldKind.GROUP else not is_empty(value):
                found[one.key] = value
        return found

    @property
    def is_blank(self):
        """Whether nothing at all was typed or joined."""
        return not self.kept

    @property
    def received(self):
        """The files that this form brought."""
        self.errors  # noqa: B018 - receives the files
        own = [stored for one in self.fields.values() for stored in getattr(one, "received", ())]
        return own + [stored for part in self.parts for row in part.rows for stored in row.received]

    @property
    def forms(self):
        """This form, then its addresses and rows, as `{% error_summary %}` takes them."""
        found = [self]
        for part in self.parts:
            if part.form:
                found.append(part.form)
            for row in part.rows:
                found += row.forms
        return found


def _never(initial):
    return False


def _help(one, kind, context):
    """The help that staff wrote, then what the bounds ask."""
    texts = [text for text in (one.help, kind.hint(one, context)) if text]
    return format_html(" ".join("{}" for _text in texts), *texts) if texts else ""


def _condition_json(condition):
    rules = [{"field": rule.field, "operator": str(rule.operator), "value": rule.value} for rule in condition.rules]
    return json.dumps({"rules": rules, "any_of": condition.any_of}, ensure_ascii=False)
