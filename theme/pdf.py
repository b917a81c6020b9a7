"""What the portal prints: a typst page filled with data, as a PDF, tagged and archivable (PDF/A-3a, PDF/UA-1)."""

import functools
import json
import unicodedata
from pathlib import Path

import font_source_sans_pro
import typst
from PIL import ImageFont

from .branding import default_branding, portal_url

FONTS = Path(font_source_sans_pro.__file__).parent / "files"
STANDARDS = ["a-3a", "ua-1"]
# What stands for a character that the font lacks, by its Unicode category: nothing for what only changes its neighbour.
SHOWN_AS = {"Mn": "", "Me": "", "Cf": "", "Zs": " ", "Zl": " ", "Zp": " ", "Pd": "-"}


@functools.cache
def _fonts():
    """Read once: opening the fonts costs more than the page."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


@functools.cache
def _drawn():
    """Return whether the font has a character: its picture is not the one of what it lacks."""
    font = ImageFont.truetype(str(FONTS / "SourceSansPro-Regular.otf"))

    def picture(character):
        mask = font.getmask(character)
        return mask.size, bytes(mask)

    missing = picture("\uffff")
    return functools.lru_cache(maxsize=4096)(lambda character: character.isascii() or picture(character) != missing)


def _printable(text):
    """Return `text` with a mark for each character that the font lacks: one that can't be shown, and no PDF is made."""
    lacking = {ord(character): _mark(character) for character in set(text) if not _drawn()(character)}
    return text.translate(lacking)


def _mark(character):
    """What is printed instead: its plain form, if the font has that one."""
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and all(map(_drawn(), plain)):
        return plain
    return SHOWN_AS.get(unicodedata.category(character), "?")


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
        sys_inputs={"data": _printable(json.dumps(data, default=str, ensure_ascii=False))},
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
