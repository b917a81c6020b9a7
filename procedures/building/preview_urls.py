"""Addresses of the trial and of the check, under /admin/essai-demarche/: Wagtail asks there for staff."""

from django.urls import path

from .preview import CheckView, TrialView, TryView

app_name = "procedure_building"
urlpatterns = [
    path("", TrialView.as_view(), name="walk"),
    path("<int:pk>/", TryView.as_view(), name="try"),
    path("<int:pk>/verification/", CheckView.as_view(), name="check"),
]
