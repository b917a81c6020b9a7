"""Production starts only when it can serve safely; `check --deploy` finds nothing then."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": "a-key-long-enough-for-the-deployment-check-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "portail.example",
    "PORTAL_URL": "https://portail.example",
    "DATABASE_URL": "postgres://portal@127.0.0.1:1/portal",
    "STRIPE_API_KEY": "sk_test_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
}


def check(tmp_path, *arguments, **environment):
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        env={**base, "DATA_DIR": str(tmp_path), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_complete_production_is_clean_for_deployment(tmp_path):
    result = check(tmp_path, "--deploy", "--fail-level", "WARNING", **COMPLETE)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "PORTAL_URL"])
def test_production_refuses_to_start_and_names_what_is_missing(tmp_path, missing):
    environment = {name: value for name, value in COMPLETE.items() if name != missing}
    result = check(tmp_path, **environment)
    assert result.returncode != 0
    assert re.findall(r"il manque ([A-Z_, ]+)\.", result.stderr) == [missing]


def test_secrets_may_stand_in_files(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(COMPLETE["SECRET_KEY"] + "\n")
    environment = {name: value for name, value in COMPLETE.items() if name != "SECRET_KEY"}
    assert check(tmp_path, **environment, SECRET_KEY_FILE=str(secret)).returncode == 0
    unreadable = check(tmp_path, **environment, SECRET_KEY_FILE=str(tmp_path / "absent"))
    assert unreadable.returncode != 0
    assert "SECRET_KEY_FILE désigne un fichier illisible" in unreadable.stderr


@pytest.mark.parametrize(("name", "value"), [("WORKERS", "deux"), ("SECURE_SSL_REDIRECT", "peut-être")])
def test_a_malformed_value_stops_the_start_with_a_sentence(tmp_path, name, value):
    result = check(tmp_path, **COMPLETE, **{name: value})
    assert result.returncode != 0
    assert f"La variable {name} a une valeur qui ne se lit pas : « {value} »." in result.stderr


def test_stand_in_for_the_provider_is_refused_in_production(tmp_path):
    settings = tmp_path / "careless.py"
    settings.write_text("from cms.settings.production import *\nSTRIPE_STAND_IN = True\n")
    environment = COMPLETE | {"DJANGO_SETTINGS_MODULE": "careless", "PYTHONPATH": str(tmp_path)}
    result = check(tmp_path, **environment)
    assert result.returncode != 0
    assert "STRIPE_STAND_IN" in result.stderr


def test_every_variable_read_stands_in_the_table_of_the_operations_guide():
    sources = "".join(path.read_text() for path in (ROOT / "cms").glob("settings/*.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', sources))
    read |= set(re.findall(r'environ\.get\(["\']([A-Z_]+)', (ROOT / "cms/gunicorn.py").read_text()))
    table = set(re.findall(r"^\| `([A-Z0-9_]+)`", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    read -= {"TEST_SQLITE"}
    assert table == read
