"""What every environment shares. Each variable read here stands in the table of docs/operations.md."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from .env import BASE_DIR, env

# Who and where ---------------------------------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
# The address residents type: used in mails, in returns from the payment provider, and by Wagtail.
PORTAL_URL = env.str("PORTAL_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")
WAGTAILADMIN_BASE_URL = PORTAL_URL
WAGTAIL_SITE_NAME = "Parvis"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PORTAL_URL])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal_pages",
    "imports",
    "procedures",
    "booking",
    "water",
    "billing",
    "documents",
    "accounts",
    "cms",
    "theme",
    "wagtail.api.v2",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.StaffUsersConfig",  # wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "rest_framework",
    "import_export",
    "django_q",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "django_htmx",
    "heroicons",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "cms.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "cms.middleware.SiteMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.CurrentProfileMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cms.middleware.ContentSecurityPolicyMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "portal_pages.middleware.SpaceMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "theme.context_processors.theme",
            ],
        },
    },
]
FORM_RENDERER = "theme.forms.ThemeRenderer"

# Data ------------------------------------------------------------------------------------------------------------

# SQLite serves the demonstration and small communes: IMMEDIATE and WAL, or writers meet "database is locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def database(url):
    """Django's settings for the database at `url`: persistent connections on PostgreSQL, IMMEDIATE on SQLite."""
    config = env.db_url_config(url)
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {**SQLITE_OPTIONS, **config.get("OPTIONS", {})}
    else:
        config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = False
    return config


DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'parvis.sqlite3'}")}

# How long each process keeps what staff publish and every page asks for (theme.kept).
KEPT_SECONDS = 10
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STORAGES = {
    # What editors publish.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What belongs to someone: outside MEDIA_ROOT, no URL, leaves only through a view that checks the right to it.
    "private": {"BACKEND": "documents.storage.PrivateFileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
PRIVATE_ROOT = DATA_DIR / "private"
# With a bucket, files live on S3-compatible storage and web processes are stateless.
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_PUBLIC_HOST = env.str("S3_PUBLIC_HOST", default="")
if S3_BUCKET:
    _s3 = {"bucket_name": S3_BUCKET, "endpoint_url": env.str("S3_ENDPOINT_URL", default=None), "file_overwrite": False}
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            **_s3,
            "location": "media",
            "querystring_auth": False,
            "custom_domain": S3_PUBLIC_HOST or None,
        },
    }
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_s3, "location": "private", "default_acl": "private"},
    }
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# ClamAV's daemon: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Without it, residents' files are not scanned.
CLAMD_URL = env.str("CLAMD_URL", default="")
# What the files of one profile may take together.
RESIDENT_QUOTA_MB = env.int("RESIDENT_QUOTA_MB", default=200)
# Those sent with one case without an account.
ANONYMOUS_QUOTA_MB = env.int("ANONYMOUS_QUOTA_MB", default=30)

# French, in France -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/mon-compte/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.validators.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.PortalWordsValidator"},
]
# Links mailed to set a password (s0.4).
LINK_LIFETIME_SECONDS = 10 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"  # "Strict" would log out the resident who comes back from the payment page
CSRF_COOKIE_HTTPONLY = True
# accounts.throttle counts the tries: django-otp's own waits grow until the owner is locked out.
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_STATIC_THROTTLE_FACTOR = 0
OTP_TOTP_ISSUER = env.str("OTP_TOTP_ISSUER", default="Parvis")

AXES_USERNAME_CALLABLE = "accounts.throttle.axes_username"
AXES_CLIENT_IP_CALLABLE = "accounts.throttle.client_ip"
# An address AND an origin are locked together: someone who fails on purpose elsewhere can't lock the owner out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.throttle.locked_out"
# How many reverse proxies stand before the portal; 0 means REMOTE_ADDR is the visitor's.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)

# Protects the activation codes printed on contracts; changing it makes those not yet used void.
ACTIVATION_CODE_KEY = env.str("ACTIVATION_CODE_KEY", default="") or SECRET_KEY

# Wagtail ---------------------------------------------------------------------------------------------------------

WAGTAILIMAGES_IMAGE_MODEL = "cms.PortalImage"
WAGTAILDOCS_DOCUMENT_MODEL = "cms.PortalDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one choice: not asked
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}
WAGTAILAPI_BASE_URL = PORTAL_URL
WAGTAILAPI_LIMIT_MAX = 50
TAGGIT_CASE_INSENSITIVE = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"

# Work that waits -------------------------------------------------------------------------------------------------

# The ORM broker: the task's row is written in the same transaction as the change that asks for it.
Q_CLUSTER = {
    "name": "parvis",
    "orm": "default",
    "workers": env.int("WORKERS", default=2),
    "timeout": 600,
    "retry": 900,
    "queue_limit": 1,
    "bulk": 1,
    "ack_failures": False,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 1,
    "save_limit": 1_000,
    "label": "File d’attente",
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Portail des habitants <ne-pas-repondre@localhost>")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)

# Payment ---------------------------------------------------------------------------------------------------------

STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
# The stand-in that speaks Stripe's HTTP on machines without keys; a system check forbids it in production.
STRIPE_STAND_IN = False
CURRENCY = "EUR"

# Development aids: the page of sent mails, `demo_code`. Never outside development and tests.
DEMONSTRATION = False

# Security --------------------------------------------------------------------------------------------------------

# The back office shows previews of the site's own pages in frames.
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *([f"https://{S3_PUBLIC_HOST}"] if S3_PUBLIC_HOST else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, "https://checkout.stripe.com"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Logs: one JSON line an event, without personal data -------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "cms.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},  # it logs addresses
        "django-q": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
    },
}
