"""Addresses of procedures that are no page, under /demarches/: before Wagtail's, as the catalogue is there too."""

from django.urls import path

from .filing import public

app_name = "procedures"

urlpatterns = [
    path("suivi/", public.follow_up, name="follow_up"),
    path("suivi/code/", public.lost_code, name="lost_code"),
    path("suivi/code/envoye/", public.code_sent, name="code_sent"),
    path("courriel-envoye/", public.link_sent, name="link_sent"),
    path("confirmer/<str:token>/", public.confirm, name="confirm"),
    path("dossier/<uuid:public_id>/", public.case, name="case"),
    path("dossier/<uuid:public_id>/<path:rest>", public.case, name="case_part"),
]
