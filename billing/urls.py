from django.urls import path

from . import views

app_name = "billing"
urlpatterns = [
    path("paiement/stripe/notification/", views.stripe_notification, name="stripe_notification"),
]
