"""Addresses of one case, and of filing for a resident, under /admin/demarches/."""

from django.urls import path

from . import case, correction, decision, filing_for, letters, messages

urlpatterns = [
    path("deposer/", filing_for.FilingFor.as_view(), name="filing_for"),
    path("deposer/<uuid:public_id>/", filing_for.seat, {"rest": ""}, name="filing_for_case"),
    path("deposer/<uuid:public_id>/<path:rest>", filing_for.seat, name="filing_for_part"),
    path("<int:pk>/", case.CaseSheet.as_view(), name="case"),
    path("<int:pk>/fichiers/<uuid:public_id>/", case.File.as_view(), name="file"),
    path("<int:pk>/documents/<int:document>/", case.Document.as_view(), name="document"),
    path("<int:pk>/statut/", decision.ChangeStatus.as_view(), name="status"),
    path("<int:pk>/decider/<slug:status>/", decision.Decide.as_view(), name="decide"),
    path("<int:pk>/correction/", correction.AskCorrection.as_view(), name="correct"),
    path("<int:pk>/messages/", messages.SendMessage.as_view(), name="message"),
    path("<int:pk>/messages/lus/", messages.MarkRead.as_view(), name="read"),
    path("<int:pk>/notes/", messages.AddNote.as_view(), name="note"),
    path("<int:pk>/courrier/", letters.Letters.as_view(), name="letter"),
    path("<int:pk>/courrier/<int:template>/", letters.WriteLetter.as_view(), name="letter_write"),
    path("<int:pk>/courrier/<int:template>/apercu/", letters.PreviewLetter.as_view(), name="letter_preview"),
]
