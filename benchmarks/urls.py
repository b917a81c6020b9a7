"""The portal's addresses, and the floor: a page that reads the session and the user, and nothing else."""

from django.http import HttpResponse
from django.urls import path

from cms.urls import urlpatterns as portal


def floor(request):
    return HttpResponse(f"<!doctype html><title>Banc</title><p>{request.user.email}</p>")


urlpatterns = [path("banc/", floor), *portal]
