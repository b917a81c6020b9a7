"""Who enters the resident's space."""

from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render


def require_resident(request):
    """Return None for a resident with a current profile; else what to answer: the login, or a page that says why."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.profile is None:
        return render(request, "portal_pages/no_profile.html", status=403)
    return None
