from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import CodeBatchState, CodeRequestState
from .contracts import WaterContract


class CodeBatch(models.Model):
    """Activation codes issued together, to be exported once for the mail-merge by the clerk who issued them (s1.5)."""

    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="code_batches", verbose_name=_("émis par")
    )
    issued_at = models.DateTimeField(_("émis le"), auto_now_add=True)
    total = models.PositiveIntegerField(_("codes à émettre"), default=0)
    count = models.PositiveIntegerField(_("codes émis"), default=0)
    # Where the task stands: contracts up to this one are done. A killed worker resumes from here.
    last_contract_id = models.BigIntegerField(default=0, editable=False)
    ready_at = models.DateTimeField(_("prêts le"), null=True, blank=True)
    exported_at = models.DateTimeField(_("exportés le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lot de codes d’activation")
        verbose_name_plural = _("lots de codes d’activation")
        ordering = ["-issued_at"]
        permissions = [("issue_codes", _("Peut émettre des codes d’activation"))]

    def __str__(self):
        return f"Lot n° {self.pk}"

    @property
    def state(self):
        if self.exported_at:
            return CodeBatchState.EXPORTED
        return CodeBatchState.READY if self.ready_at else CodeBatchState.RUNNING


class ActivationCode(models.Model):
    """A secret that proves the right to attach a contract. Only a keyed digest is kept.

    `sealed` is the encrypted code, kept until its batch is exported, then erased.
    """

    contract = models.ForeignKey(WaterContract, models.CASCADE, related_name="codes", verbose_name=_("contrat"))
    batch = models.ForeignKey(
        CodeBatch, models.PROTECT, null=True, blank=True, related_name="codes", verbose_name=_("lot")
    )
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField(null=True, blank=True)
    issued_at = models.DateTimeField(_("émis le"), auto_now_add=True)
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)
    voided_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("code d’activation")
        verbose_name_plural = _("codes d’activation")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(used_at=None, voided_at=None),
                name="code_one_valid_a_contract",
                violation_error_message=_("Ce contrat a déjà un code d’activation valable."),
            ),
        ]

    def __str__(self):
        return f"Code du contrat {self.contract_id}"


class CodeRequest(models.Model):
    """A resident who knows a reference but not its code asks for it (s1.4). An agent checks, then sends it himself."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="code_requests", verbose_name=_("profil"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("demandé par")
    )
    email = models.EmailField(_("courriel"))
    reference = models.CharField(_("référence client"), max_length=40)
    state = models.CharField(
        _("état"), max_length=20, choices=CodeRequestState, default=CodeRequestState.PENDING, db_index=True
    )
    reason = models.CharField(_("motif du refus"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("traité par")
    )
    handled_at = models.DateTimeField(_("traité le"), null=True, blank=True)

    class Meta:
        verbose_name = _("demande de code d’activation")
        verbose_name_plural = _("demandes de code d’activation")
        ordering = ["-created_at"]
        permissions = [("handle_coderequest", _("Peut traiter les demandes de code d’activation"))]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "reference"],
                condition=Q(state=CodeRequestState.PENDING),
                name="code_request_pending_unique",
                violation_error_message=_("Votre demande est déjà en cours de vérification."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} ({self.get_state_display()})"

    @property
    def state_enum(self):
        return CodeRequestState(self.state)
