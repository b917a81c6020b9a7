from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import MailState


class OutgoingMail(models.Model):
    """The outbox and its journal: written in the transaction of its cause, sent by the queue.

    The bodies hold links that open an account, so they are erased once sent (kept in the demonstration only).
    `attachments` lists `{"name", "path"}` of files in private storage, and `{"name", "text"}` of small texts.
    """

    kind = models.CharField(_("nature"), max_length=60)
    to = models.EmailField(_("destinataire"))
    subject = models.CharField(_("objet"), max_length=200)
    text = models.TextField(_("texte"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    attachments = models.JSONField(_("pièces jointes"), default=list, blank=True)
    state = models.CharField(_("état"), max_length=20, choices=MailState, default=MailState.PENDING, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    error = models.CharField(_("erreur"), max_length=300, blank=True)
    # When to try next. A worker that takes the mail moves it forward, so that no other takes it at the same time.
    due_at = models.DateTimeField(_("prochain essai"), default=timezone.now, db_index=True)
    created_at = models.DateTimeField(_("écrit le"), auto_now_add=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("courriel envoyé")
        verbose_name_plural = _("courriels envoyés")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.subject} ({self.get_state_display()})"

    @property
    def state_enum(self):
        """The state with its tone and icon, for the chip."""
        return MailState(self.state)
