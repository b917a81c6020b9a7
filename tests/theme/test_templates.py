"""Every template of the portal is read once: a component called with a wrong parameter fails here."""

from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
FOLDERS = [Path(app.path) / "templates" for app in apps.get_app_configs() if Path(app.path).parent == ROOT]
NAMES = sorted(
    str(path.relative_to(folder))
    for folder in FOLDERS
    for path in folder.rglob("*")
    if path.suffix in (".html", ".txt", ".svg")
)


def test_there_are_templates_of_several_apps():
    assert len(NAMES) > 40


@pytest.mark.parametrize("name", NAMES)
def test_template_is_well_formed(name):
    get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if "/mails/" not in name and not name.endswith("_mail.html")])
def test_no_inline_style_nor_script(name):
    """CSP refuses them; mails alone carry their style inline."""
    source = Path(get_template(name).origin.name).read_text()
    assert " style=" not in source
    assert "<style" not in source
    assert "<script>" not in source
    assert "javascript:" not in source
