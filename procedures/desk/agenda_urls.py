"""Addresses of the agenda of appointments, under /admin/demarches/rendez-vous/."""

from django.urls import path

from . import agenda

urlpatterns = [
    path("rendez-vous/", agenda.Agenda.as_view(), name="agenda"),
    path("rendez-vous/<int:pk>/", agenda.NoteAppointment.as_view(), name="appointment"),
    path("rendez-vous/<int:pk>/annuler/", agenda.CancelAppointment.as_view(), name="appointment_cancel"),
]
