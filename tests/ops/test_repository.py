"""Promises of the repository itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked(*patterns):
    output = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in output.splitlines()]


def test_imports_go_down_the_ladder():
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def test_requirements_are_hashed_and_name_no_registry():
    for path in tracked("requirements/*.txt"):
        text = path.read_text()
        packages = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        blocks = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(blocks) == len(packages) > 0
        assert not re.search(r"https?://|--index-url|--find-links", text)


@pytest.mark.django_db
def test_models_and_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_templates_have_no_inline_script_or_style():
    """The Content-Security-Policy refuses them. Mails are the exception: they have no style sheet."""
    pages = [path for path in tracked("*.html") if "/mails/" not in str(path)]
    assert len(pages) > 20
    guilty = []
    for path in pages:
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
        if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)[^>]*>|javascript:", text):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []
