"""An agent writes to the applicant of a case, with files, or notes something for the other agents."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.throttle import Throttled
from documents.models import StoredFile
from documents.services import uploads

from ..services import review
from .case import SheetActionView

# In one message.
MOST_FILES = 10


class SendMessage(SheetActionView):
    """The form at the end of the conversation. What was uploaded with a mistake waits there: nothing is sent twice."""

    def act(self):
        self.files = self._waiting()
        self._receive()
        text = self.request.POST.get("message", "")
        review.send_message(by=self.request.user, case=self.case, text=text, files=self.files, revision=self.revision)
        return _("Message envoyé.")

    def _waiting(self):
        """The files that this agent uploaded with an earlier try, still there."""
        ids = self.request.POST.getlist("joint")[:MOST_FILES]
        found = StoredFile.objects.filter(sent_by=self.request.user, produced=True, filed_at=None)
        found = found.filter(profile=self.case.profile)
        return [file for file in found if str(file.public_id) in ids]

    def _receive(self):
        """Receive what is uploaded; the refused are told together, the others are kept."""
        refused = []
        for upload in self.request.FILES.getlist("fichiers"):
            if len(self.files) == MOST_FILES:
                refused.append(f"{upload.name} : un message a {MOST_FILES} fichiers au plus.")
                continue
            try:
                file = uploads.receive_from_staff(by=self.request.user, profile=self.case.profile, upload=upload)
            except (ValidationError, Throttled) as error:
                sentence = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                refused.append(f"{upload.name} : {sentence}")
            else:
                if file not in self.files:
                    self.files.append(file)
        if refused:
            raise ValidationError(refused)

    def typed(self):
        return {"at": "message", "message": self.request.POST.get("message", ""), "joined": self.files}


class MarkRead(SheetActionView):
    """The agent has read what the applicant wrote."""

    def act(self):
        review.mark_read(by=self.request.user, case=self.case)


class AddNote(SheetActionView):
    def act(self):
        review.add_note(by=self.request.user, case=self.case, text=self.request.POST.get("note", ""))
        return _("Note ajoutée.")

    def typed(self):
        return {"at": "note", "note": self.request.POST.get("note", "")}
