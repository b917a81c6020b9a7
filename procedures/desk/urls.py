"""Addresses of the desk, under /admin/demarches/."""

from django.urls import include, path

app_name = "cases"

urlpatterns = [
    path("", include("procedures.desk.worklist_urls")),
    path("", include("procedures.desk.agenda_urls")),
    path("", include("procedures.desk.case_urls")),
]
