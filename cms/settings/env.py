"""The environment, read once. Secrets may also stand in a file named by `<NAME>_FILE`."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def load_secret_files(environment=os.environ):
    """Copy the content of each `<NAME>_FILE` into `<NAME>`, as container secrets are handed over.

    Raises ImproperlyConfigured, naming the variable, when the file can't be read.
    """
    for name in (
        "SECRET_KEY",
        "DATABASE_URL",
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "EMAIL_URL",
        "ACTIVATION_CODE_KEY",
    ):
        path = environment.get(f"{name}_FILE")
        if path and name not in environment:
            try:
                environment[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}_FILE désigne un fichier illisible : {path} ({error.strerror})."
                ) from error


class Env(environ.Env):
    """django-environ, but a value that can't be read stops the start with a sentence that names its variable."""

    FALSE = ("false", "off", "no", "n", "0", "")

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
        raw = os.environ.get(var)
        try:
            if cast is bool and raw is not None and raw.lower() not in (*self.BOOLEAN_TRUE_STRINGS, *self.FALSE):
                raise ValueError(raw)
            return super().get_value(var, cast, default, parse_default)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(f"La variable {var} a une valeur qui ne se lit pas : « {raw} ».") from error


load_secret_files()
env = Env()
