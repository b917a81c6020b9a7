"""Addresses of the managers' screens, under the back office's."""

from django.urls import path

from . import attendance, day, enrolments, exports, occupancy, requests

app_name = "childcare"

urlpatterns = [
    path("", day.Day.as_view(), name="day"),
    path("feuille/", day.Sheet.as_view(), name="sheet"),
    path("pointage/", attendance.Register.as_view(), name="attendance"),
    path("demandes/", requests.Requests.as_view(), name="requests"),
    path("inscriptions/", enrolments.EnrolmentRequests.as_view(), name="enrolments"),
    path("occupation/", occupancy.Weeks.as_view(), name="occupancy"),
    path("occupation/<int:pk>/", occupancy.Week.as_view(), name="occupancy_week"),
    path("exports/", exports.Export.as_view(), name="export"),
]
