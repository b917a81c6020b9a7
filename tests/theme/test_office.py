"""The components of the back office's own screens: what they draw, and what they refuse."""

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError

from theme.style_guide import ExampleForm, ExampleState


def draw(text, **context):
    return " ".join(Template("{% load office %}" + text).render(Context(context)).split())


def test_a_chip_says_label_tone_and_icon():
    html = draw("{% office_chip state %}", state=ExampleState.LATE)
    assert html.startswith('<span class="office-chip tone-danger"><svg') and html.endswith("</svg>En retard</span>")
    mark = draw('{% office_mark label tone="info" %}', label="<b>Sans porc</b>")
    assert mark == '<span class="office-chip tone-info">&lt;b&gt;Sans porc&lt;/b&gt;</span>'


def test_a_notice_escapes_its_title_and_may_be_said_at_once():
    html = draw(
        '{% office_notice tone="danger" title=title heading=2 alert=True %}<p>Ici</p>{% endoffice_notice %}',
        title="<i>",
    )
    assert '<div class="office-notice tone-danger" role="alert">' in html
    assert "<h2>&lt;i&gt;</h2>" in html and "<p>Ici</p>" in html


@pytest.mark.parametrize(
    "text",
    [
        "{% office_chip 'En retard' %}",
        "{% office_mark '' %}",
        "{% office_mark 'Retard' tone='red' %}",
        "{% office_notice tone='info' %} {% endoffice_notice %}",
        "{% office_notice tone='red' title='A' %}{% endoffice_notice %}",
        "{% office_notice tone='info' title='A' heading=1 %}{% endoffice_notice %}",
        "{% office_empty icon='inbox' title='Rien' url='/' %}",
        "{% office_empty icon='' title='Rien' %}",
        "{% office_figure label='Reçus' value='' %}",
        "{% office_pages 'p' %}",
        "{% office_field 'p' %}",
        "{% office_radios 'p' %}",
    ],
)
def test_a_wrong_parameter_is_refused(text):
    with pytest.raises(TemplateSyntaxError):
        draw(text)


def test_pages_keep_the_rest_of_the_address(rf):
    pages = Paginator(range(50), 20)
    request = rf.get("/", {"q": "a&b", "p": "2"})
    html = draw("{% office_pages page_obj %}", request=request, page_obj=pages.page(2))
    assert 'href="?q=a%26b&amp;p=1" rel="prev"' in html and 'href="?q=a%26b&amp;p=3" rel="next"' in html
    assert "Page 2 sur 3" in html
    assert draw("{% office_pages page_obj %}", request=request, page_obj=Paginator([1], 20).page(1)) == ""


def test_errors_lead_to_their_fields():
    form = ExampleForm({"email": "non"})
    summary = draw("{% office_errors form %}", form=form)
    assert 'role="alert"' in summary and '<li><a href="#id_email">Courriel</a> : ' in summary
    assert draw("{% office_errors form %}", form=ExampleForm()) == ""
    field = draw("{% office_field form.email %}", form=form)
    assert 'id="id_email_error"' in field and 'aria-describedby="id_email_helptext id_email_error"' in field
    radios = draw("{% office_radios form.means %}", form=form)
    described = 'class="office-radios" id="id_means" aria-describedby="id_means_helptext id_means_error"'
    assert described in radios and "Vous pourrez en changer." in radios and radios.count('type="radio"') == 2


def test_a_figure_has_its_label_its_value_and_its_key():
    html = draw('<ul>{% office_figure label="Présents" value=0 tone="success" key="present" %}</ul>')
    assert html == '<ul><li class="tone-success"><span>Présents</span> <b data-figure="present">0</b></li> </ul>'
