"""What a resident types about a filed case: a message with its files, why it is taken back."""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer

from accounts.throttle import Throttled
from documents.models import StoredFile

from .services.resident import MESSAGE_LENGTH, REASON_LENGTH

FILES = 5


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is checked by the seat that receives it."""

    widget = FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp,.heic", "multiple": True})

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(file, initial) for file in data or () if file]


class MessageForm(forms.Form):
    """A message; `staged`: [(StoredFile, signed name)] that a try with an error left, each ticked to be kept."""

    text = forms.CharField(
        label="Votre message",
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Écrivez votre message.",
            "max_length": f"Ce message est trop long\u00a0: {MESSAGE_LENGTH} caractères au plus.",
        },
    )
    files = FilesField(
        label="Joindre des fichiers",
        required=False,
        help_text=f"PDF, JPEG, PNG, WebP ou HEIC, 10\u00a0Mo au plus chacun, {FILES} fichiers au plus.",
    )

    def __init__(self, *args, staged=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.staged = list(staged)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi le retirez-vous\u00a0?",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le service le lira.",
        error_messages={"max_length": f"Cette explication est trop longue\u00a0: {REASON_LENGTH} caractères au plus."},
    )


def received(request, seat):
    """Return (files kept, sentences that say why others are refused) of a message being sent.

    `staged` names the files that earlier tries left, signed for this case; a file refused now loses none of them.
    """
    kept = _staged(request, seat)
    errors = []
    for upload in request.FILES.getlist("files"):
        if len(kept) >= FILES:
            errors.append(f"{FILES} fichiers au plus par message\u00a0: envoyez les autres dans un second message.")
            break
        try:
            stored = seat.receive(upload)
        except ValidationError as error:
            # Of several, which one.
            errors += [f"«\u00a0{upload.name}\u00a0» : {why}" for why in error.messages]
        except Throttled as error:
            errors.append(str(error))
        else:
            if stored not in kept:
                kept.append(stored)
    return [(file, _signer(seat.case).sign(str(file.public_id))) for file in kept], errors


def _signer(case):
    return Signer(salt=f"procedures.message.{case.pk}")


def _staged(request, seat):
    signer, wanted = _signer(seat.case), []
    for value in request.POST.getlist("staged")[:FILES]:
        with suppress(BadSignature):
            wanted.append(signer.unsign(value))
    found = {str(file.public_id): file for file in StoredFile.objects.filter(public_id__in=wanted)} if wanted else {}
    return [found[key] for key in dict.fromkeys(wanted) if key in found]
