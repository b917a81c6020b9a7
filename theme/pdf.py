"""What the portal prints: a typst page filled with data, as a PDF, tagged and archivable (PDF/A-3a, PDF/UA-1)."""

import functools
import json
from pathlib import Path

import font_source_sans_pro
import typst

from .branding import default_branding, portal_url

FONTS = Path(font_source_sans_pro.__file__).parent / "files"
STANDARDS = ["a-3a", "ua-1"]


@functools.cache
def _fonts():
    """Read once: opening the fonts costs more than the page."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def letterhead():
    """Return who writes, for the `data` of a page: the authority, its address, its colour, the portal."""
    branding = default_branding()
    return {
        "authority": branding.authority_name,
        "portal": branding.portal_name,
        "address": branding.address,
        "email": branding.email,
        "phone": branding.phone,
        "colour": branding.brand_colour,
        "url": portal_url(),
    }


def render(template, data, *, at):
    """Return the PDF (bytes) of the typst file `template` (a Path) filled with `data`, dated `at` (aware datetime)."""
    return typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        # As JSON text: whatever a name holds, it is data and never markup. `str`: defaults are translated late.
        sys_inputs={"data": json.dumps(data, default=str)},
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
