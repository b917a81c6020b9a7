"""The demonstration and the developer's machine: SQLite, stand-in for Stripe, mails kept for reading."""

from .base import *  # noqa: F403

# `make demo` turns it off, to show the real error pages.
DEBUG = env.bool("DEBUG", default=True)  # noqa: F405
SECRET_KEY = SECRET_KEY or "development-only"  # noqa: F405
ACTIVATION_CODE_KEY = ACTIVATION_CODE_KEY or SECRET_KEY  # noqa: F405
ALLOWED_HOSTS = ["*"]
DEMONSTRATION = True
STRIPE_STAND_IN = not STRIPE_API_KEY  # noqa: F405
EMAIL_BACKEND = EMAIL_BACKEND if env.str("EMAIL_URL", default="") else "django.core.mail.backends.dummy.EmailBackend"  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
LOGGING["handlers"]["console"].pop("formatter")  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
LOGGING["root"]["level"] = env.str("LOG_LEVEL", default="WARNING")  # noqa: F405
