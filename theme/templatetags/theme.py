"""The portal's components: `{% load theme %}`. Each is used in every state on the style guide (`/_composants/`).

A missing or unknown parameter raises TemplateSyntaxError where the template is read; a required one that turns out
empty raises it where the page is drawn. Nothing is hidden by a silent blank.
"""

import functools

import heroicons
from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from .. import charts, formats
from ..branding import default_branding, portal_url
from ..forms import AUTOCOMPLETE, errors_of
from ..kept import kept
from ..tables import cells_of

register = template.Library()

TONES = {
    "info": "information-circle",
    "success": "check-circle",
    "warning": "exclamation-triangle",
    "danger": "exclamation-circle",
    "neutral": "information-circle",
}
MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "success", "warning": "warning", "error": "danger"}


def _required(tag, **values):
    for name, value in values.items():
        if value is None or value == "":
            raise TemplateSyntaxError(f"{{% {tag} %}}: “{name}” is required and is empty")


def _tone(tag, tone, *, blank=True):
    if tone not in TONES and not (blank and tone == ""):
        raise TemplateSyntaxError(f"{{% {tag} %}}: tone “{tone}” is none of {', '.join(TONES)}")
    return tone


def _items(tag, items, needed, optional=()):
    """Return `items` (dicts) as a list, each with its optional keys; raise for a missing or an unknown key."""
    if items is None or isinstance(items, str):
        raise TemplateSyntaxError(f"{{% {tag} %}} wants a list, not {items!r}")
    complete = []
    for item in items:
        missing, unknown = set(needed) - set(item), set(item) - set(needed) - set(optional)
        if missing or unknown:
            raise TemplateSyntaxError(
                f"{{% {tag} %}}: missing {sorted(missing)}, unknown {sorted(unknown)} in {item!r}"
            )
        complete.append({**dict.fromkeys(optional, ""), **item})
    return complete


# Figures and dates ---------------------------------------------------------------------------------------------------


@register.filter(name="money")
def money_filter(amount):
    """`{{ invoice.gross|money }}` → `84,20 €`. TypeError for a float or for nothing."""
    return formats.money(amount)


@register.simple_tag
def money(amount):
    """`{% money amount %}` → `84,20 €`: plain text, for attributes too."""
    return formats.money(amount)


@register.filter
def short_date(date):
    """`{{ invoice.due_on|short_date }}` → `31 déc. 2026`."""
    return formats.short_date(date)


@register.filter
def long_date(date):
    """`{{ session.date|long_date }}` → `lundi 11 janvier`."""
    return formats.long_date(date)


@register.filter
def full_date(date):
    """`{{ child.birth_date|full_date }}` → `1er mars 2018`."""
    return formats.full_date(date)


@register.filter
def full_moment(moment):
    """`{{ payment.paid_at|full_moment }}` → `1er mars 2026 à 8 h 05`."""
    return formats.full_moment(moment)


@register.filter
def clock(time):
    """`{{ unit.starts_at|clock }}` → `8 h 30`."""
    return formats.clock(time)


@register.filter
def number(value):
    """`{{ figure.count|number }}` → `1 234`: for what is counted; never for what is in an address."""
    return formats.number(value)


@register.filter
def m3(volume):
    """`{{ volume|m3 }}` → `42 m³`."""
    return formats.cubic_metres(volume)


# Icons, states -------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name):
    """`{% icon "credit-card" %}`: an outline icon of heroicons, hidden from screen readers: always beside a text."""
    return _icon(str(name))


@functools.lru_cache(maxsize=512)
def _icon(name):
    try:
        svg = heroicons._render_icon("outline", name, None, {"class": "icon", "aria-hidden": "true"})
    except heroicons.IconDoesNotExist as error:
        raise TemplateSyntaxError(f"{{% icon %}}: {error}") from error
    for noise in (' fill="none"', ' stroke="currentColor"', ' stroke-width="1.5"', ' data-slot="icon"'):
        svg = svg.replace(noise, "")
    return mark_safe(svg)  # noqa: S308 - drawn by heroicons from a name


@register.simple_tag
def state_chip(state):
    """`{% state_chip invoice.state_enum %}`: label, tone and icon of a member of a `theme.states.State`."""
    return _chip(type(state), state)


@functools.lru_cache(maxsize=512)
def _chip(enum, state):
    # Drawn hundreds of times on a list: once for each member. The class is in the key: members are equal to strings.
    if not (hasattr(state, "tone") and hasattr(state, "icon") and hasattr(state, "label")):
        raise TemplateSyntaxError(f"{{% state_chip %}} wants a member of a theme.states.State, not {state!r}")
    _tone("state_chip", state.tone, blank=False)
    return format_html('<span class="chip is-{}">{}<span>{}</span></span>', state.tone, _icon(state.icon), state.label)


@register.inclusion_tag("theme/components/legend.html")
def legend(*, states, title="Légende"):
    """`{% legend states=InvoiceState %}`: what each mark of the screen means. `states`: members of a State."""
    chips = [state_chip(state) for state in states]
    if not chips:
        raise TemplateSyntaxError("{% legend %}: “states” is empty")
    return {"chips": chips, "title": title}


# Page furniture ------------------------------------------------------------------------------------------------------


def _header(title, intro, crumbs, actions=""):
    _required("page_header", title=title)
    return {"title": title, "intro": intro, "crumbs": list(crumbs or ()), "actions": actions}


@register.inclusion_tag("theme/components/page_header.html")
def page_header(*, title, intro="", crumbs=None):
    """The h1 of the page, with its introduction and its path: `crumbs` is a list of (label, url), without the page."""
    return _header(title, intro, crumbs)


@register.simple_block_tag
def page_header_with(content, *, title, intro="", crumbs=None):
    """`{% page_header_with title=… %}…buttons…{% endpage_header_with %}`: page_header with actions beside the title."""
    return render_to_string("theme/components/page_header.html", _header(title, intro, crumbs, content))


@register.inclusion_tag("theme/components/tile.html")
def tile(*, title, url, text="", icon="", heading=3):
    """A card that is one link. `heading`: its level, 2 to 4; `icon`: a heroicons name."""
    _required("tile", title=title, url=url)
    return {"title": title, "url": url, "text": text, "icon": icon, "heading": _level("tile", heading)}


@register.inclusion_tag("theme/components/figure_tile.html")
def figure_tile(*, label, value, text="", url="", action="", tone=""):
    """A figure of the dashboard: `label`, big `value`, `text`, and a button `action` to `url` (both or none)."""
    _required("figure_tile", label=label, value=value)
    if bool(url) != bool(action):
        raise TemplateSyntaxError("{% figure_tile %}: “url” and “action” go together")
    values = {"label": label, "value": value, "text": text, "url": url, "action": action}
    return {**values, "tone": _tone("figure_tile", tone)}


@register.simple_block_tag
def card(content, *, title="", heading=2):
    """`{% card title="" heading=2 %}…{% endcard %}`: a white panel."""
    context = {"content": content, "title": title, "heading": _level("card", heading)}
    return render_to_string("theme/components/card.html", context)


@register.simple_block_tag
def alert(content, *, tone, title=""):
    """`{% alert tone="warning" title="" %}…{% endalert %}`. Tones: info, success, warning, danger, neutral."""
    context = {"content": content, "title": title, "tone": _tone("alert", tone, blank=False), "icon": TONES[tone]}
    return render_to_string("theme/components/alert.html", context)


@register.inclusion_tag("theme/components/messages_list.html", takes_context=True)
def messages_list(context):
    """Django's messages; base.html draws them."""
    found = context.get("messages") or ()
    entries = [(MESSAGE_TONES.get(message.level_tag, "info"), message) for message in found]
    return {"entries": [{"tone": tone, "icon": TONES[tone], "message": message} for tone, message in entries]}


@register.inclusion_tag("theme/components/empty_state.html")
def empty_state(*, title, text="", icon="", url="", action="", heading=2):
    """What a list says when it is empty, and what to do next: a button `action` to `url` (both or none)."""
    _required("empty_state", title=title)
    if bool(url) != bool(action):
        raise TemplateSyntaxError("{% empty_state %}: “url” and “action” go together")
    values = {"title": title, "text": text, "icon": icon, "url": url, "action": action}
    return {**values, "heading": _level("empty_state", heading)}


@register.inclusion_tag("theme/components/stepper.html")
def stepper(*, steps, current):
    """Where one stands in a wizard. `steps`: labels; `current`: from 1 to their number (one more: all are done)."""
    labels = list(steps)
    if not isinstance(current, int) or not 1 <= current <= len(labels) + 1:
        raise TemplateSyntaxError(f"{{% stepper %}}: step {current!r} of {len(labels)}")
    marks = ["done" if i < current else "current" if i == current else "next" for i in range(1, len(labels) + 1)]
    return {"steps": list(zip(labels, marks, strict=True))}


@register.inclusion_tag("theme/components/pagination.html", takes_context=True)
def pagination(context, page_obj, *, label="Pages de la liste"):
    """`{% pagination page_obj %}` of a Django Page; keeps the other parameters of the address. Nothing for one page."""
    if not hasattr(page_obj, "paginator"):
        raise TemplateSyntaxError(f"{{% pagination %}} wants a Page of a Paginator, not {page_obj!r}")
    query = context["request"].GET.copy()

    def url(number):
        query["page"] = number
        return f"?{query.urlencode()}"

    elided = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    pages = [{"number": n, "url": url(n) if isinstance(n, int) else ""} for n in elided]
    return {
        "label": label,
        "page_obj": page_obj,
        "pages": pages,
        "previous": url(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next": url(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


def _level(tag, heading):
    if heading not in (2, 3, 4):
        raise TemplateSyntaxError(f"{{% {tag} %}}: heading {heading!r} is none of 2, 3, 4")
    return heading


# Data ----------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("theme/components/summary_list.html")
def summary_list(*, items):
    """Facts, or answers before a submission. `items`: dicts {label, value, change_url="", change_label="Modifier"}."""
    return {"items": _items("summary_list", items, ("label", "value"), ("change_url", "change_label"))}


@register.inclusion_tag("theme/components/data_table.html")
def data_table(*, caption, columns, rows, empty="Rien à afficher pour le moment.", hide_caption=False):
    """A table that becomes cards under 640 px. `columns`: dicts {label, key, align="start"|"end",
    kind="text"|"link"|"money"|"date"|"chip"|"html"}; the first heads its row. `rows`: dicts from key to value
    (a link: {"url", "label"}); None shows a dash. `empty`: what to read when there is no row."""
    _required("data_table", caption=caption)
    columns = _items("data_table", columns, ("label", "key"), ("align", "kind"))
    try:
        body = [cells_of(columns, row, chip=state_chip) for row in rows]
    except (KeyError, ValueError) as error:
        raise TemplateSyntaxError(f"{{% data_table %}}: {error}") from error
    return {"caption": caption, "columns": columns, "body": body, "empty": empty, "hide_caption": hide_caption}


@register.inclusion_tag("theme/components/timeline.html")
def timeline(*, entries):
    """What happened, in the order given. `entries`: dicts {date, title, text="", tone="", icon=""}."""
    entries = _items("timeline", entries, ("date", "title"), ("text", "tone", "icon"))
    for entry in entries:
        entry["tone"] = _tone("timeline", entry["tone"]) or "neutral"
        entry["icon"] = entry["icon"] or TONES[entry["tone"]]
        entry["shown"] = formats.short_date(entry["date"])
    return {"entries": entries}


@register.inclusion_tag("theme/components/bar_chart.html")
def bar_chart(*, series, title, unit="m³", description=""):
    """Bars as SVG. `series`: dicts {label, value, tone="", note=""}; a toned bar has a note that says why.
    A screen reader hears `title` and `description`: always put the same data in a table beside it."""
    _required("bar_chart", title=title)
    series = _items("bar_chart", series, ("label", "value"), ("tone", "note"))
    for item in series:
        _tone("bar_chart", item["tone"])
    ticks = charts.scale_of(max((item["value"] for item in series), default=0))
    bars = charts.bars_of(series, ticks)
    for bar in bars:
        bar["shown"] = formats.number(bar["value"], 0 if bar["value"] == int(bar["value"]) else 1)
    places = 0 if all(tick == int(tick) for tick in ticks) else 2
    grid = [{"y": f"{charts.y_of(t, ticks):.1f}", "label": formats.number(t, places)} for t in ticks]
    return {
        "bars": bars,
        "grid": grid,
        "title": title,
        "unit": unit,
        "description": description,
        "left": f"{charts.PLOT_LEFT}%",
        "label_left": f"{charts.PLOT_LEFT - 1.5}%",
        "label_y": charts.PLOT_TOP + charts.PLOT_HEIGHT + 22,
        "notes": [bar for bar in bars if bar["note"]],
    }


# Forms ---------------------------------------------------------------------------------------------------------------


def _bound_field(tag, field):
    if not isinstance(field, BoundField):
        raise TemplateSyntaxError(f"{{% {tag} %}} wants a field of a form, not {field!r}")
    return field


def _form(tag, form):
    if not isinstance(form, BaseForm):
        raise TemplateSyntaxError(f"{{% {tag} %}} wants a form, not {form!r}")
    return form


@register.simple_tag
def form_field(field):
    """`{% form_field form.email %}`: label, help, error and control of one field."""
    return _bound_field("form_field", field).as_field_group()


@register.inclusion_tag("theme/forms/fields.html")
def form_fields(form):
    """`{% form_fields form %}`: all the fields. The form's own errors are in `{% error_summary form %}`."""
    return {"form": _form("form_fields", form)}


@register.simple_tag
def control(field):
    """The bare control of a field, with the `autocomplete` of its name (WCAG 1.3.5) unless the form says otherwise."""
    attrs = {}
    purpose = AUTOCOMPLETE.get(_bound_field("control", field).name)
    if purpose and "autocomplete" not in field.field.widget.attrs:
        attrs["autocomplete"] = purpose
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("theme/components/error_summary.html")
def error_summary(*forms):
    """`{% error_summary form %}` (or several, or a list of them): every error at the top, linked to its field."""
    errors = []
    for form in _flat(forms):
        for message in _form("error_summary", form).non_field_errors():
            errors.append({"message": message, "anchor": ""})
        for field in form:
            for message in errors_of(field):
                errors.append({"message": message, "anchor": "" if field.is_hidden else _anchor(field)})
    return {"errors": errors}


def _anchor(field):
    """The id of the first control of `field`: the first option of a group, the control itself elsewhere."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label or field.auto_id


@register.filter
def field_errors(field):
    """The errors of a bound field, worded as in the summary."""
    return errors_of(_bound_field("field_errors", field))


@register.simple_tag
def error_prefix(*forms):
    """`{% error_prefix form %}` opens the `title` block: “Erreur : ” when a form has errors (WCAG, RGAA 11.10)."""
    return "Erreur : " if any(form.errors for form in _flat(forms) if form) else ""


def _flat(forms):
    """The forms given one by one or as lists, in order."""
    for form in forms:
        if isinstance(form, list | tuple):
            yield from form
        else:
            yield form


@register.inclusion_tag("theme/components/upload.html")
def upload(*, field):
    """`{% upload field=form.file %}`: a file field; its help text says what is accepted."""
    if not _bound_field("upload", field).field.widget.needs_multipart_form:
        raise TemplateSyntaxError(f"{{% upload %}}: {field.name} is no file field")
    return {"field": field}


# The site's own parts ------------------------------------------------------------------------------------------------


# The parts that do not depend on who asks → the context variables they vary with.
SHARED_PARTS = {"header_menu": [], "footer": [], "alerts": ["alerts_in_page"]}


@register.simple_tag(takes_context=True)
def site_part(context, name):
    """Draw a part an upper app provides (`header_menu`, `footer`, `alerts`, `account_menu`), or the theme's own.

    The parts that are the same for everybody are kept; a preview shows what is being typed, and keeps nothing of it.
    """
    names = [f"cms/includes/{name}.html", f"accounts/includes/{name}.html", f"theme/includes/{name}.html"]

    def draw():
        return context.template.engine.select_template(names).render(context)

    request = context.get("request")
    if name not in SHARED_PARTS or request is None or getattr(request, "is_preview", False):
        return draw()
    varies = [context.get(variable) for variable in SHARED_PARTS[name]]
    here = request.path if name == "header_menu" else ""
    return kept(("part", name, request.get_host(), here, *varies), draw)


@register.simple_tag
def mail_branding():
    """The default site's branding, for mails: `{% mail_branding as branding %}`."""
    return default_branding()


@register.simple_tag
def portal_address(path="/"):
    """`{% portal_address "/mon-compte/" %}`: a full address, for mails."""
    return f"{portal_url()}{path}"


@register.inclusion_tag("theme/mails/button.html")
def mail_button(*, url, label, branding=None):
    """`{% mail_button url=… label=… %}`: the one thing to do, in an HTML mail. `url` is a full address."""
    _required("mail_button", url=url, label=label)
    return {"url": url, "label": label, "branding": branding or default_branding()}


@register.filter
def lines(text):
    """Break `text` (plain, escaped) where its author did."""
    return mark_safe("<br>".join(conditional_escape(line) for line in str(text).splitlines()))  # noqa: S308
