"""The control of a FILES field: what is joined already, a file more, one of my documents; taken away or replaced.

A file that was received stays joined, even when another answer of the page is wrong.
"""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Widget
from django.utils.translation import gettext as _

from accounts.throttle import Throttled
from documents.checks import ACCEPT, ACCEPTED

from .base_kind import named, several
from .kinds import FILES


@dataclass
class Sent:
    """What the control sent: identifiers joined already, taken among my documents; uploads, some in place of a file."""

    joined: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    uploads: list = field(default_factory=list)
    in_place_of: dict = field(default_factory=dict)


class FilesWidget(Widget):
    template_name = "procedures/forms/widgets/files.html"
    needs_multipart_form = True
    use_fieldset = True

    def __init__(self, files_field=None):
        super().__init__()
        self.files_field = files_field

    def __deepcopy__(self, memo):
        # A field's widget is copied with its class; the field it draws is set again by FilesField.
        copied = super().__deepcopy__(memo)
        copied.files_field = self.files_field
        return copied

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else id_

    def value_from_datadict(self, data, files, name):
        def several_of(source, key):
            return list(source.getlist(key)) if hasattr(source, "getlist") else list(source.get(key) or ())

        prefix = f"{name}__replace_"
        return Sent(
            joined=several_of(data, f"{name}__joined"),
            reused=several_of(data, f"{name}__reuse"),
            uploads=several_of(files, name),
            in_place_of={key.removeprefix(prefix): files[key] for key in files if key.startswith(prefix)},
        )

    def value_omitted_from_data(self, data, files, name):
        return False

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        shown = self.files_field.shown()
        left = self.files_field.most - len(shown)
        joined = {str(one.public_id) for one in shown}
        url = self.files_field.context.file_url
        context["widget"].update(
            shown=[{"file": one, "key": str(one.public_id), "url": url(one.public_id)} for one in shown],
            left=left,
            most=self.files_field.most,
            told=self.files_field.most if self.files_field.definition.maximum else 0,
            reusable=self.files_field.reusable(joined) if left > 0 else [],
            accept=ACCEPT,
            accepted=ACCEPTED,
            label=self.files_field.label,
        )
        return context


class FilesField(forms.Field):
    """`ids` are the files joined, whatever else is wrong; `received` those that this very form brought."""

    def __init__(self, definition, context, answer, name, **kwargs):
        super().__init__(widget=FilesWidget(), **kwargs)
        self.widget.files_field = self
        self.definition, self.context, self.name = definition, context, name
        self.ids = FILES.ids(answer)
        self.least, self.most = FILES.limits(definition, context)
        self.received, self.refused = [], []
        self.removed = None

    def take(self, sent):
        """Receive what was sent; returns the sentences about what was refused. Once for a form."""
        wrong = []
        self.ids = list(dict.fromkeys(key for key in sent.joined if key != self.removed and self.context.may_use(key)))
        for key, upload in sent.in_place_of.items():
            if key in self.ids and (stored := self._receive(upload, wrong)):
                self.ids[self.ids.index(key)] = str(stored.public_id)
        for key in sent.reused:
            if key in self.ids or not self.context.may_use(key):
                continue
            if self.full:
                wrong += [self._too_many(stored.name) for stored in self.context.stored([key])]
            else:
                self.ids.append(key)
        for upload in sent.uploads:
            if self.full:
                wrong.append(self._too_many(upload.name))
            elif stored := self._receive(upload, wrong):
                self.ids.append(str(stored.public_id))
        self.ids = list(dict.fromkeys(self.ids))
        return wrong

    @property
    def full(self):
        return len(self.ids) >= self.most

    def _too_many(self, name):
        limit = several(self.most, "%(count)s fichier au plus.", "%(count)s fichiers au plus.")
        return _("«\u00a0%(name)s\u00a0» n’est pas joint : %(limit)s") % {"name": name, "limit": limit}

    def _receive(self, upload, wrong):
        try:
            stored = self.context.receive(upload)
        except ValidationError as error:
            wrong += [
                _("«\u00a0%(name)s\u00a0» : %(why)s") % {"name": upload.name, "why": why} for why in error.messages
            ]
        except Throttled as error:
            wrong.append(str(error))
        else:
            if stored is not None:
                self.received.append(stored)
            return stored
        return None

    def clean(self, sent):
        self.refused = [named(self.name, sentence) for sentence in self.take(sent)]
        wrong = list(self.refused)
        if self.ids:
            wrong += [named(self.name, one) for one in FILES.problems(self.ids, self.definition, self.context)]
        if wrong:
            raise ValidationError(wrong)
        return list(self.ids)

    def shown(self):
        """The StoredFiles joined, in order."""
        return self.context.stored(self.ids)

    def reusable(self, joined):
        """What may be chosen among the documents of the profile: those not joined yet."""
        found = [one for one in self.context.files if str(_file(one).public_id) not in joined]
        return [{"key": str(_file(one).public_id), "label": getattr(one, "label", _file(one).name)} for one in found]


def _file(one):
    """The StoredFile of a document that may be used again, itself one in tests."""
    return getattr(one, "file", one) if hasattr(one, "title") else one
