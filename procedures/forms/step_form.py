"""The form of one step: what was answered before it, the buttons that are no submission, what the draft keeps."""

import json
from functools import cached_property

from ..enums import FieldKind
from .answers import before, file_ids
from .fields_form import FieldsForm

# The name of the buttons of a form that send it for something else than its answers.
PRESSED = "q-do"


class StepForm(FieldsForm):
    """One step. `answers`: the whole draft; `only`: the keys of the fields that a correction asks for."""

    def __init__(
        self, data=None, files=None, *, step, definition, answers, context, prefix="q", partial=False, only=None
    ):
        self.step, self.definition, self.partial = step, definition, partial
        self._pressed, self.anchor = "", ""
        if data is not None:
            self._read_pressed(str(data.get(PRESSED, "")), prefix)
        context.held |= set(file_ids(definition, answers, hidden=True))
        known = before(definition, answers, step)
        context.contract_reference = _contract_in(definition, {**answers, **known}, step, data, prefix)
        fields = [one for one in step.fields if only is None or one.key in only or one.kind == FieldKind.INFO]
        if only is not None:
            known.update({one.key: answers[one.key] for one in step.fields if one not in fields and one.key in answers})
        super().__init__(
            data,
            files,
            fields=fields,
            answers=answers,
            context=context,
            known=known,
            labels=definition.fields,
            prefix=prefix,
            removed=self._pressed.removeprefix("unfile:") if self._pressed.startswith("unfile:") else "",
        )
        if self.is_bound:
            # Files are received once, and what appears is known before the page is drawn again.
            self.errors  # noqa: B018

    def _read_pressed(self, pressed, prefix):
        verb, _colon, rest = pressed.partition(":")
        name = rest.partition(":")[0]
        if verb not in ("add", "remove", "unfile", "send") or not name.startswith(f"{prefix}-"):
            return
        self._pressed, self.anchor = pressed, f"part-{name}"

    def full_clean(self):
        super().full_clean()
        if self._pressed:
            # Not the moment to say what is missing: only that a file was refused.
            for form in self.forms:
                form.keep_refused()

    @property
    def action(self):
        """The button of the form that was pressed; "" when the page was sent, or when a file was refused: the page is
        then drawn again with the sentence that says why."""
        return "" if any(form.errors for form in self.forms) else self._pressed

    @cached_property
    def known_json(self):
        """The answers before this page that its conditions ask for: the browser follows them too."""
        keys = {rule.field for part in self.parts for rule in part.field.condition.rules}
        keys |= {rule.field for part in self.parts for inner in part.field.fields for rule in inner.condition.rules}
        return json.dumps({key: self.known[key] for key in sorted(keys) if key in self.known}, ensure_ascii=False)

    def is_valid(self):
        return super().is_valid() or (self.is_bound and self.partial)

    @property
    def answers(self):
        return self.kept if self.partial else super().answers

    @property
    def kept(self):
        """What the draft keeps, once the button that was pressed has done its act."""
        found = super().kept
        verb, _colon, rest = self._pressed.partition(":")
        if verb in ("add", "remove"):
            self._change_rows(verb, rest, found)
        return found

    def _change_rows(self, verb, rest, found):
        name, _colon, number = rest.partition(":")
        for part in self.parts:
            if part.name != name or part.field.kind != FieldKind.GROUP:
                continue
            rows = [row.kept for row in part.rows]
            if verb == "add" and not part.full:
                rows.append({})
                self.anchor = f"row-{name}-{len(rows) - 1}"
            elif verb == "remove" and number.isdigit() and int(number) < len(rows):
                del rows[int(number)]
            found[part.key] = rows


def _contract_in(definition, answers, step, data, prefix):
    """The contract that the page sent, or the draft, names: its meter bounds an index."""
    for one in definition.fields.values():
        if one.kind == FieldKind.CONTRACT:
            sent = data.get(f"{prefix}-{one.key}") if data is not None and one in step.fields else None
            if found := sent or answers.get(one.key):
                return str(found)
    return ""
