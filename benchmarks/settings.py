"""Production's settings as far as speed goes, on a PostgreSQL database of the benchmarks' own."""

from cms.settings.base import *  # noqa: F403

SECRET_KEY = ACTIVATION_CODE_KEY = "benchmarks-only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "benchmarks.urls"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = False
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
