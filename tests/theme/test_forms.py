import re

from django import forms
from django.template import Context, Template
from django.urls import reverse

from theme.style_guide import ExampleForm


def draw(source, **context):
    return re.sub(r"\s+", " ", Template("{% load theme %}" + source).render(Context(context)))


def test_optional_fields_say_so_and_required_ones_do_not():
    html = draw("{% form_field form.email %}{% form_field form.phone %}", form=ExampleForm())
    assert html.count("(facultatif)") == 1
    assert '<label for="id_email">Courriel</label>' in html


def test_a_form_of_optional_fields_may_keep_quiet():
    class Search(forms.Form):
        show_optional = False
        q = forms.CharField(required=False)

    assert "facultatif" not in str(Search())


def test_help_and_errors_describe_the_control():
    html = draw("{% form_field form.email %}", form=ExampleForm({"email": "camille"}))
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_group_of_options_is_a_fieldset_with_its_legend():
    html = draw("{% form_field form.means %}", form=ExampleForm({}))
    assert "<fieldset" in html
    assert 'aria-describedby="id_means_helptext id_means_error"' in html
    assert "<legend>Moyen de paiement</legend>" in html


def test_the_browser_may_fill_in_what_is_about_the_person():
    class Contact(forms.Form):
        email = forms.EmailField()
        phone = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}))

    html = draw("{% form_fields form %}", form=Contact())
    assert 'autocomplete="email"' in html
    assert 'autocomplete="off"' in html


def test_summary_and_field_say_the_same_words_and_are_linked():
    form = ExampleForm({"email": "camille"})
    summary = draw("{% error_summary form %}", form=form)
    fields = draw("{% form_fields form %}", form=form)
    links = re.findall(r'<a href="#(\w+)">([^<]+)</a>', summary)
    assert len(links) == 7
    for anchor, message in links:
        assert f'id="{anchor}"' in fields
        assert f"<span>{message}</span>" in fields


def test_a_missing_answer_names_its_field():
    summary = draw("{% error_summary form %}", form=ExampleForm({"email": "camille"}))
    assert "Mot de passe : remplissez ce champ." in summary
    assert "Moyen de paiement : choisissez une réponse." in summary


def test_a_form_keeps_its_own_wording():
    class Worded(forms.Form):
        name = forms.CharField(error_messages={"required": "Dites-nous votre nom."})

    assert "Dites-nous votre nom." in draw("{% error_summary form %}", form=Worded({}))


def test_errors_of_the_whole_form_are_in_the_summary_once():
    class Pair(forms.Form):
        first = forms.CharField()

        def clean(self):
            raise forms.ValidationError("La référence et le code ne vont pas ensemble.")

    html = draw("{% error_summary form %}{% form_fields form %}", form=Pair({"first": "x"}))
    assert html.count("La référence et le code ne vont pas ensemble.") == 1
    assert str(Pair({"first": "x"})).count("La référence et le code ne vont pas ensemble.") == 1


def test_no_error_no_summary():
    assert draw("{% error_summary form %}", form=ExampleForm()).strip() == ""


def test_upload_keeps_label_help_and_errors():
    html = draw("{% upload field=form.proof %}", form=ExampleForm({}))
    assert '<label for="id_proof">Justificatif de domicile</label>' in html
    assert "PDF, JPEG ou PNG, 10 Mo au plus." in html
    assert "choisissez un fichier" in html


def test_hidden_fields_are_drawn_bare():
    class Hidden(forms.Form):
        key = forms.CharField(widget=forms.HiddenInput)

    html = draw("{% form_fields form %}", form=Hidden())
    assert html.strip() == '<input type="hidden" name="key" id="id_key">'


def test_the_title_of_a_page_with_errors_starts_with_erreur(client, db):
    good = client.get(reverse("theme:style_guide_page", args=["formulaire"]))
    wrong = client.get(reverse("theme:style_guide_page", args=["formulaire-refuse"]))
    assert "<title>Créer un compte – " in good.content.decode()
    assert "<title>Erreur : Créer un compte – " in wrong.content.decode()
