"""The catalogue of procedures."""

import factory
from factory.django import DjangoModelFactory

from procedures.models import ProcedureIndexPage, ProcedurePage, ProcedureTheme, Situation

from .cms import PageFactory


class ProcedureThemeFactory(DjangoModelFactory):
    class Meta:
        model = ProcedureTheme

    name = factory.Sequence(lambda n: f"Thème {n}")
    slug = factory.Sequence(lambda n: f"theme-{n}")


class SituationFactory(DjangoModelFactory):
    class Meta:
        model = Situation

    name = factory.Sequence(lambda n: f"Situation {n}")
    slug = factory.Sequence(lambda n: f"situation-{n}")


class ProcedureIndexPageFactory(PageFactory):
    class Meta:
        model = ProcedureIndexPage

    title = "Démarches"
    slug = "demarches"


class ProcedurePageFactory(PageFactory):
    """A described procedure, not online; `themes` and `situations` are lists."""

    class Meta:
        model = ProcedurePage

    title = factory.Sequence(lambda n: f"Démarche {n}")
    summary = "Ce que l’on peut demander."

    @classmethod
    def _create(cls, model_class, *args, themes=(), situations=(), **fields):
        page = super()._create(model_class, *args, **fields)
        page.themes, page.situations = list(themes), list(situations)
        page.save_revision().publish()
        return model_class.objects.get(pk=page.pk)
