import datetime
import re
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from theme.style_guide import ExampleState


def draw(source, **context):
    html = Template("{% load theme %}" + source).render(Context(context))
    return re.sub(r"[ \n]+", " ", html).strip()


COLUMNS = [
    {"label": "Numéro", "key": "number", "kind": "link"},
    {"label": "Objet", "key": "label"},
    {"label": "Échéance", "key": "due", "kind": "date"},
    {"label": "Montant", "key": "amount", "kind": "money", "align": "end"},
    {"label": "État", "key": "state", "kind": "chip"},
]
ROW = {
    "number": {"url": "/f/1/", "label": "F-1"},
    "label": "<b>Eau</b>",
    "due": datetime.date(2026, 12, 31),
    "amount": Decimal("84.2"),
    "state": ExampleState.TO_PAY,
}


@pytest.mark.parametrize(
    "source",
    [
        "{% tile title='T' %}",
        "{% tile title='T' url='/' colour='red' %}",
        "{% tile title='T' url=nothing %}",
        "{% tile title='T' url='/' heading=1 %}",
        "{% tile title='T' url='/' icon='no-such-icon' %}",
        "{% icon 'no-such-icon' %}",
        "{% page_header intro='I' %}",
        "{% page_header title=nothing %}",
        "{% figure_tile label='L' value='V' url='/' %}",
        "{% figure_tile label='L' value='V' tone='red' %}",
        "{% empty_state title='T' action='A' %}",
        "{% alert title='T' %}{% endalert %}",
        "{% alert tone='red' %}{% endalert %}",
        "{% alert tone='' %}{% endalert %}",
        "{% state_chip 'to_pay' %}",
        "{% state_chip nothing %}",
        "{% legend states=nothings %}",
        "{% stepper steps=steps current=0 %}",
        "{% stepper steps=steps current=4 %}",
        "{% stepper steps=steps current='1' %}",
        "{% summary_list items=nothing %}",
        "{% summary_list items=bad_items %}",
        "{% timeline entries=bad_items %}",
        "{% bar_chart series=bad_items title='T' %}",
        "{% data_table caption='C' columns=bad_items rows=nothings %}",
        "{% data_table caption='' columns=columns rows=nothings %}",
        "{% data_table caption='C' columns=columns rows=bad_items %}",
        "{% data_table caption='C' columns=bad_kind rows=rows %}",
        "{% form_field 'email' %}",
        "{% form_fields nothing %}",
        "{% error_summary nothing %}",
        "{% upload field=nothing %}",
        "{% pagination nothing %}",
        "{% mail_button url='' label='L' %}",
        "{{ 1.5|money }}",
        "{{ nothing|money }}",
        "{{ nothing|short_date }}",
        "{{ nothing|m3 }}",
    ],
)
def test_misuse_fails_loudly(source):
    context = {
        "nothings": [],
        "steps": ["un", "deux"],
        "bad_items": [{"label": "L", "colour": "red"}],
        "columns": COLUMNS,
        "bad_kind": [{"label": "L", "key": "label", "kind": "video"}],
        "rows": [ROW],
    }
    with pytest.raises((TemplateSyntaxError, TypeError)):
        draw(source, **context)


def test_amounts_are_plain_text_fit_for_an_attribute():
    html = draw('<input aria-label="{% money amount %}, {{ amount|money }}">', amount=Decimal("84.2"))
    assert html == '<input aria-label="84,20\u00a0€, 84,20\u00a0€">'


def test_icon_is_hidden_from_screen_readers():
    html = draw("{% icon 'credit-card' %}")
    assert html.startswith("<svg")
    assert 'aria-hidden="true"' in html
    assert 'class="icon"' in html


def test_state_chip_shows_label_tone_and_icon():
    html = draw("{% state_chip state %}", state=ExampleState.LATE)
    assert "is-danger" in html
    assert "En retard" in html
    assert "<svg" in html


def test_state_chip_of_equal_values_of_two_enums_are_not_mixed_up():
    from theme.states import State

    class OtherState(State):
        LATE = "late", "neutral", "clock", "En chemin"

    assert "En retard" in draw("{% state_chip state %}", state=ExampleState.LATE)
    assert "En chemin" in draw("{% state_chip state %}", state=OtherState.LATE)


def test_legend_explains_every_state():
    html = draw("{% legend states=states %}", states=ExampleState)
    assert [str(label) in html for label in ExampleState.labels] == [True] * len(ExampleState)


def test_page_header_has_one_h1_and_marks_the_page_in_its_path():
    html = draw("{% page_header title='Mes factures' crumbs=crumbs %}", crumbs=[("Mon compte", "/mon-compte/")])
    assert html.count("<h1>") == 1
    assert '<li aria-current="page">Mes factures</li>' in html
    assert '<a href="/mon-compte/">Mon compte</a>' in html


def test_page_header_with_puts_the_buttons_beside_the_title():
    html = draw("{% page_header_with title='Contrats' %}<a href='/ajouter/'>Ajouter</a>{% endpage_header_with %}")
    assert "<a href='/ajouter/'>Ajouter</a>" in html


def test_texts_are_escaped():
    html = draw("{% tile title=evil url='/' text=evil %}{% card title=evil %}{{ evil }}{% endcard %}", evil="<script>")
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 4


def test_card_and_alert_keep_what_they_hold():
    assert "<p>Bonjour</p>" in draw("{% card %}<p>Bonjour</p>{% endcard %}")
    html = draw("{% alert tone='warning' title='Attention' %}<p>Coupure</p>{% endalert %}")
    assert "is-warning" in html
    assert "<p>Coupure</p>" in html


def test_data_table_heads_rows_names_cells_and_escapes():
    html = draw("{% data_table caption='Factures' columns=columns rows=rows %}", columns=COLUMNS, rows=[ROW])
    assert '<th scope="row" class="nowrap" data-label="Numéro"><a href="/f/1/">F-1</a></th>' in html
    assert 'data-label="Objet">&lt;b&gt;Eau&lt;/b&gt;</td>' in html
    assert ">31 déc. 2026</td>" in html
    assert '<td class="end num nowrap" data-label="Montant">84,20\u00a0€</td>' in html
    assert "À payer" in html
    assert '<th scope="col" class="end">Montant</th>' in html


def test_data_table_shows_a_dash_for_nothing_and_zero_for_zero():
    columns = [{"label": "A", "key": "a"}, {"label": "B", "key": "b", "kind": "money"}, {"label": "C", "key": "c"}]
    html = draw(
        "{% data_table caption='T' columns=columns rows=rows %}", columns=columns, rows=[{"a": None, "b": 0, "c": 0}]
    )
    assert re.findall(r'data-label="\w">([^<]*)<', html) == ["–", "0,00\u00a0€", "0"]


def test_data_table_says_when_it_is_empty():
    html = draw(
        "{% data_table caption='Factures' columns=columns rows=rows empty='Aucune.' %}", columns=COLUMNS, rows=[]
    )
    assert "Aucune." in html
    assert "<table" not in html


def test_empty_state_says_what_to_do_next():
    html = draw("{% empty_state title='Rien' text='Ajoutez.' url='/ajouter/' action='Ajouter' %}")
    assert '<a class="button" href="/ajouter/">Ajouter</a>' in html


def test_stepper_marks_the_current_step_and_says_which_are_done():
    html = draw("{% stepper steps=steps current=2 %}", steps=["un", "deux", "trois"])
    assert '<li aria-current="step">deux</li>' in html
    assert '<li class="done">un<span class="sr"> (terminée)</span></li>' in html


def test_summary_list_names_what_each_link_changes():
    items = [{"label": "Nom", "value": "Martin", "change_url": "/nom/"}]
    html = draw("{% summary_list items=items %}", items=items)
    assert '<a href="/nom/">Modifier<span class="sr"> : Nom</span></a>' in html


def test_bar_chart_is_an_image_with_a_text():
    series = [{"label": "S1", "value": 38}, {"label": "S2", "value": 92, "tone": "warning", "note": "le double."}]
    html = draw("{% bar_chart series=series title='Consommation' description='Elle monte.' %}", series=series)
    assert 'role="img" aria-label="Consommation, en m³. Elle monte."' in html
    assert html.count("<rect") == 2
    assert "<strong>S2 :</strong> le double." in html
    assert "style=" not in html


def test_bar_chart_of_nothing_draws_an_empty_axis():
    assert "<rect" not in draw("{% bar_chart series=series title='Consommation' %}", series=[])


def test_timeline_dates_are_machine_readable():
    html = draw("{% timeline entries=entries %}", entries=[{"date": datetime.date(2026, 11, 20), "title": "Envoyée"}])
    assert '<time datetime="2026-11-20">20 nov. 2026</time>' in html


def test_pagination_keeps_the_query_and_marks_the_page():
    request = RequestFactory().get("/", {"q": "eau & cantine", "page": "2"})
    html = draw("{% pagination page_obj %}", request=request, page_obj=Paginator(range(50), 10).get_page(2))
    assert 'href="?q=eau+%26+cantine&amp;page=3" rel="next"' in html
    assert 'href="?q=eau+%26+cantine&amp;page=2" aria-current="page"' in html


def test_pagination_of_one_page_is_nothing():
    request = RequestFactory().get("/")
    page_obj = Paginator(range(5), 10).get_page(1)
    assert draw("{% pagination page_obj %}", request=request, page_obj=page_obj) == ""
