"""The components of the back office's own screens: `{% load office %}`, styled by `theme/css/office.css`.

The screens extend `theme/office/base.html` (tabs), the sheets of the registers `theme/office/sheet.html`. What has no
tag is plain markup, named at the top of the style sheet. As in `theme`, a wrong parameter raises TemplateSyntaxError.
"""

import functools

from django import template
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import format_html

from .theme import TONES, _bound_field, _icon, _level, _required, _tone

register = template.Library()


@register.simple_tag
def office_chip(state):
    """`{% office_chip invoice.state_enum %}`: a member of a State or a status, with its tone and icon."""
    if not (hasattr(state, "tone") and hasattr(state, "icon") and hasattr(state, "label")):
        raise TemplateSyntaxError(f"{{% office_chip %}} wants a label, a tone and an icon, not {state!r}")
    return _chip(str(state.label), state.tone, state.icon)


@register.simple_tag
def office_mark(label, *, tone="neutral", icon=""):
    """`{% office_mark "En retard" tone="danger" icon="clock" %}`: a chip for what is no state. `icon`: of heroicons."""
    _required("office_mark", label=label)
    return _chip(str(label), tone, icon)


@functools.lru_cache(maxsize=1024)
def _chip(label, tone, icon):
    # Drawn hundreds of times on a list: once for each.
    _tone("office_chip", tone, blank=False)
    return format_html('<span class="office-chip tone-{}">{}{}</span>', tone, _icon(icon) if icon else "", label)


@register.simple_block_tag
def office_notice(content, *, tone, title="", heading=0, alert=False):
    """`{% office_notice tone="warning" title="" %}<p>…</p>{% endoffice_notice %}`: what must be known now.

    `heading`: the level of its title, 2 to 4, when it is one; `alert`: said at once by a screen reader.
    """
    if not (title or content.strip()):
        raise TemplateSyntaxError("{% office_notice %}: neither “title” nor content")
    if heading:
        _level("office_notice", heading)
    context = {"content": content, "title": title, "heading": heading, "alert": alert}
    context |= {"tone": _tone("office_notice", tone, blank=False), "icon": TONES[tone]}
    return render_to_string("theme/office/notice.html", context)


@register.inclusion_tag("theme/office/empty.html")
def office_empty(*, icon, title, text="", url="", action="", heading=2):
    """What a list says when it is empty, and what to do next: a button `action` to `url` (both or none)."""
    _required("office_empty", icon=icon, title=title)
    if bool(url) != bool(action):
        raise TemplateSyntaxError("{% office_empty %}: “url” and “action” go together")
    values = {"icon": icon, "title": title, "text": text, "url": url, "action": action}
    return {**values, "heading": _level("office_empty", heading)}


@register.inclusion_tag("theme/office/figure.html")
def office_figure(*, label, value, tone="", note="", key=""):
    """One `<li>` of `<ul class="office-figures">`: `label`, big `value`, `note`. A script finds the value by `key`."""
    _required("office_figure", label=label, value=value)
    return {"label": label, "value": value, "tone": _tone("office_figure", tone), "note": note, "key": key}


@register.inclusion_tag("theme/office/pages.html", takes_context=True)
def office_pages(context, page_obj, *, label="Pages de la liste"):
    """`{% office_pages page_obj %}` of a Django Page; keeps the rest of the address. Nothing for one page."""
    if not hasattr(page_obj, "paginator"):
        raise TemplateSyntaxError(f"{{% office_pages %}} wants a Page of a Paginator, not {page_obj!r}")
    query = context["request"].GET.copy()

    def url(number):
        query["p"] = number
        return f"?{query.urlencode()}"

    return {
        "label": label,
        "page_obj": page_obj,
        "previous": url(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next": url(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


@register.inclusion_tag("theme/office/field.html")
def office_field(field):
    """`{% office_field form.file %}`: label, help, errors and control of one field."""
    return {"field": _bound_field("office_field", field)}


@register.inclusion_tag("theme/office/radios.html")
def office_radios(field):
    """`{% office_radios form.format %}`: a field of radio buttons, one under the other."""
    return {"field": _bound_field("office_radios", field)}


@register.inclusion_tag("theme/office/errors.html")
def office_errors(form):
    """`{% office_errors form %}`: every error of the form at the top, linked to its field. Nothing without any."""
    errors = []
    for field in form:
        errors += [(f"#{field.id_for_label or field.auto_id}", field.label, error) for error in field.errors]
    return {"errors": errors, "others": form.non_field_errors()}
