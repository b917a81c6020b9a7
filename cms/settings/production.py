"""Production: refuses to start without a secret key, allowed hosts and a database, and says so."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .env import env

_missing = [
    name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "PORTAL_URL") if not env.str(name, default="")
]
if _missing:
    raise ImproperlyConfigured(
        "Le portail ne démarre pas : il manque " + ", ".join(_missing) + ". Voir le tableau de docs/operations.md."
    )

CSRF_COOKIE_SECURE = True
SESSION_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if PROXY_COUNT:  # noqa: F405
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
