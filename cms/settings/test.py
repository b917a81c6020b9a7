"""Tests. On SQLite unless DATABASE_URL says otherwise; a stricter Django than in production."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .env import env

SECRET_KEY = "tests-only"
ACTIVATION_CODE_KEY = "tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PORTAL_URL = WAGTAILADMIN_BASE_URL = WAGTAILAPI_BASE_URL = "http://localhost:8000"  # whatever PORT says
DEMONSTRATION = True
STRIPE_STAND_IN = True
STRIPE_WEBHOOK_SECRET = "whsec_tests_only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
DATA_DIR = Path(tempfile.mkdtemp(prefix="parvis-tests-"))
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
# A rollback would not undo what is kept.
KEPT_SECONDS = 0
# TEST_SQLITE names a file, so that `--reuse-db` can skip the migrations between two runs.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_SQLITE", default=None)}  # noqa: F405
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
