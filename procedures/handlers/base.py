"""What accepting a case does in the portal: the interface of a handler, and the registry staff choose from."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..conditions import is_empty
from ..enums import FieldKind

NO_RIGHT = gettext_lazy(
    "Votre rôle ne permet pas cet effet : demandez à l’administrateur, ou faites décider ce dossier par un collègue."
)
NO_PROFILE = gettext_lazy("Ce dossier n’a pas de compte : l’effet de l’acceptation ne peut pas être fait.")


@dataclass(frozen=True, slots=True)
class Input:
    """What a handler needs of the answers; staff say which field gives it. `kinds` are those that may."""

    name: str
    label: str
    kinds: frozenset[FieldKind]
    required: bool = True


def asks(name, label, *kinds, required=True):
    """Return an Input."""
    return Input(name, label, frozenset(kinds), required)


class Handler:
    """What acceptance does. Subclasses read the answers in `prepare`, and write through the services in `perform`.

    `prepare` never writes and raises ValidationError with what would be refused; what it returns goes to `describe`
    and `perform`: what the agent reads before is what happens.
    """

    key = ""
    label = gettext_lazy("Rien de particulier")
    explanation = gettext_lazy("L’acceptation change le statut du dossier, et rien d’autre.")
    inputs = ()
    needs_profile = False

    def __bool__(self):
        return bool(self.key)

    def prepare(self, case, values):
        """Return what the answers (`values`: {input name: answer}) ask for. Raises ValidationError."""
        raise NotImplementedError

    def describe(self, plan):
        """Return the sentences that tell what acceptance will do."""
        raise NotImplementedError

    def perform(self, plan, *, case, by):
        """Do it; return (sentence, address in the back office). Raises ValidationError or PermissionDenied."""
        raise NotImplementedError

    # What the case's view and its decision call -----------------------------------------------------------------------

    def values(self, case):
        """Return {input name: answer} of `case`; what was not answered is None."""
        chosen = case.version.handling.get("inputs", {})
        answers = {one.name: case.answers.get(chosen.get(one.name, "")) for one in self.inputs}
        return {name: None if is_empty(answer) else answer for name, answer in answers.items()}

    def plan(self, case):
        """Return what acceptance would do with the answers of `case`. Raises ValidationError."""
        if self.needs_profile and case.profile_id is None:
            raise ValidationError(NO_PROFILE)
        values = self.values(case)
        missing = [str(one.label) for one in self.inputs if one.required and values[one.name] is None]
        if missing:
            raise ValidationError(_("Il manque au dossier : %(names)s.") % {"names": ", ".join(missing).lower()})
        return self.prepare(case, values)

    def preview(self, case):
        """Return the sentences that tell what accepting `case` will do; none when it can't be done (`problems`)."""
        try:
            return self.describe(self.plan(case)) if self else []
        except ValidationError:
            return []

    def problems(self, case):
        """Return the sentences that tell why accepting `case` would be refused; none when it may."""
        try:
            if self:
                self.plan(case)
        except ValidationError as error:
            return error.messages
        return []

    def apply(self, *, case, by):
        """Do it, in the transaction of the decision, the case locked; return {"handler", "sentence", "url"}.

        Done already, the first outcome again. Raises ValidationError, for the agent who decides.
        """
        if not self:
            return {}
        if case.outcome:
            return case.outcome
        try:
            with transaction.atomic():
                sentence, url = self.perform(self.plan(case), case=case, by=by)
        except PermissionDenied as error:
            raise ValidationError(NO_RIGHT) from error
        return {"handler": self.key, "sentence": str(sentence), "url": url}


NONE = Handler()
_REGISTRY = {}


def register(handler):
    """Add `handler` (an instance) to what staff may choose. Its key is stored in versions: never rename it."""
    _REGISTRY[handler.key] = handler
    return handler


def get(key):
    """Return the Handler `key`; NONE, which is falsy and does nothing, for no key and for one that is gone."""
    return _REGISTRY.get(key, NONE)


def known(key):
    """Return whether `key` is that of a handler, or none at all."""
    return not key or key in _REGISTRY


def choices():
    """Return [(key, label)] for the page's editor: nothing first, then by label."""
    return [("", NONE.label), *sorted(((key, one.label) for key, one in _REGISTRY.items()), key=lambda pair: pair[1])]
