"""What editorial templates need: menus, metadata, tables, telephone links."""

import re
from itertools import groupby

from django import template
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html

from .. import opening
from ..models import AlertBanner, ContactPoint
from ..search import highlight
from ..site_parts import footer_of, header_links_of

register = template.Library()
ONE_PARAGRAPH = re.compile(r"<p[^>]*>(?P<text>(?:(?!</?p\b).)*)</p>", re.DOTALL)


@register.simple_tag(takes_context=True)
def header_links(context):
    """The links `{href, text, current}` of the main menu of the request's site."""
    request = context["request"]
    return [{**link, "current": _is_current(link["href"], request.path)} for link in header_links_of(request)]


def _is_current(href, path):
    return path == href or (href != "/" and href.endswith("/") and path.startswith(href))


@register.simple_tag(takes_context=True)
def footer(context):
    """What the footer shows, see `cms.site_parts.footer_of`."""
    return footer_of(context["request"])


@register.simple_tag(takes_context=True)
def current_alerts(context):
    """The alerts to show now."""
    return AlertBanner.shown(context["request"])


@register.inclusion_tag("cms/includes/meta.html", takes_context=True)
def page_meta(context, page):
    """Description, canonical address and Open Graph of an editorial page."""
    request, branding = context["request"], context["branding"]
    image = page.share_image or getattr(page, "image", None) or branding.social_image
    return {
        "page": page,
        "branding": branding,
        "description": page.description or branding.tagline,
        "image": image,
        "canonical": page.get_full_url(request),
        "is_article": hasattr(page, "date"),
    }


@register.inclusion_tag("cms/includes/hours_card.html")
def hours_card(card, heading=3):
    """The hours of a desk or a telephone: open now or when next, the week, the exceptional dates to come."""
    return {**card, "heading": heading}


@register.filter
def tel(number):
    """`{{ contact.free_number|tel }}` → what follows `tel:`."""
    return "".join(character for character in str(number) if character in "+0123456789")


@register.filter
def long_date(day):
    """`{{ page.date|long_date }}` → « mercredi 18 novembre 2026 »."""
    return f"{opening.long_date(day)} {day.year}"


@register.filter
def day_month(day):
    """`{{ page.date|day_month }}` → « 18 novembre », the year being elsewhere on the page."""
    return opening.long_date(day).split(" ", 1)[1]


@register.filter
def day_month_year(day):
    """`{{ page.date|day_month_year }}` → « 18 novembre 2026 »."""
    return f"{day_month(day)} {day.year}"


@register.filter
def inline(html):
    """`{{ item.text|inline }}`: rich text of a single paragraph without its `<p>`, to stand inside a sentence."""
    rendered = str(expand_db_html(html or "")).strip()
    only = ONE_PARAGRAPH.fullmatch(rendered)
    return mark_safe(only["text"] if only else rendered)  # noqa: S308 - rich text, cleaned when it was saved


@register.filter(name="highlight")
def highlight_filter(text, query):
    """`{{ title|highlight:query }}`: the words that match the query, in `<mark>`."""
    return highlight(text, query)


@register.filter
def runs(stream):
    """`{% for kind, blocks in page.answer|runs %}`: the blocks of a stream, neighbours of one type together."""
    return [(kind, list(blocks)) for kind, blocks in groupby(stream, key=lambda block: block.block_type)]


@register.filter
def table_rows(table):
    """The rows of a typed table, as lists of `{heading, kind, block}`."""
    return [
        [
            {"heading": column["heading"], "kind": column["block"].name, "block": block}
            for column, block in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]


@register.filter
def file_kind(document):
    """`{{ document|file_kind }}` → « PDF, 240 Ko »."""
    size = document.file_size or 0
    shown = f"{size / 1_048_576:.1f} Mo".replace(".", ",") if size >= 1_048_576 else f"{max(1, round(size / 1024))} Ko"
    return f"{document.file_extension.upper()}, {shown}" if document.file_extension else shown


@register.simple_tag
def any_contact():
    """The first contact point: what previews of blocks show."""
    return ContactPoint.objects.first()
