from django.urls import path

from . import views

app_name = "booking"
urlpatterns = [
    # The secret is the right to read it: `accounts` is not asked.
    path("agenda/<slug:secret>.ics", views.calendar_feed, name="calendar_feed"),
]
