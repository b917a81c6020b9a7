"""Pages, hours, alerts and menus of the public site."""

from datetime import time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Page, Site

from cms.models import (
    AlertBanner,
    ContactPoint,
    HelpIndexPage,
    HelpPage,
    HelpSubject,
    HomePage,
    HoursKind,
    NewsIndexPage,
    NewsPage,
    OpeningHours,
    OpeningRange,
    StandardPage,
)


class PageFactory(DjangoModelFactory):
    """Base: a published page under `parent`, with its revision, as an editor would leave it."""

    class Meta:
        abstract = True

    title = factory.Sequence(lambda n: f"Page {n}")

    @classmethod
    def _create(cls, model_class, *args, parent=None, live=True, **fields):
        page = model_class(live=live, **fields)
        # Read again: treebeard keeps a count of children on the parent it is given.
        Page.objects.get(pk=(parent or Page.objects.get(depth=1)).pk).add_child(instance=page)
        revision = page.save_revision()
        if live:
            revision.publish()
        return model_class.objects.get(pk=page.pk)


class HomePageFactory(PageFactory):
    """The home page of the default site."""

    class Meta:
        model = HomePage

    title = "Accueil"
    slug = "accueil"

    @classmethod
    def _create(cls, model_class, *args, **fields):
        home = super()._create(model_class, *args, **fields)
        site = Site.objects.get(is_default_site=True)
        site.root_page, site.hostname = home, "testserver"
        site.save()
        return home


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage


class NewsIndexPageFactory(PageFactory):
    class Meta:
        model = NewsIndexPage

    title = "Actualités"
    slug = "actualites"


class NewsPageFactory(PageFactory):
    class Meta:
        model = NewsPage

    title = factory.Sequence(lambda n: f"Nouvelle {n}")
    summary = "Une nouvelle du territoire."
    date = factory.LazyFunction(timezone.localdate)


class HelpSubjectFactory(DjangoModelFactory):
    class Meta:
        model = HelpSubject

    name = factory.Sequence(lambda n: f"Sujet {n}")


class HelpIndexPageFactory(PageFactory):
    class Meta:
        model = HelpIndexPage

    title = "Aide"
    slug = "aide"


class HelpPageFactory(PageFactory):
    class Meta:
        model = HelpPage

    title = factory.Sequence(lambda n: f"Question {n} ?")
    subject = factory.SubFactory(HelpSubjectFactory)


class OpeningHoursFactory(DjangoModelFactory):
    """Monday to Thursday, 8 h to 12 h 30; `week` gives other ranges, weekday → [(opens, closes)]."""

    class Meta:
        model = OpeningHours
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Accueil {n}")
    kind = HoursKind.DESK

    @factory.post_generation
    def week(self, create, extracted, **kwargs):
        ranges = extracted if extracted is not None else {day: [(time(8), time(12, 30))] for day in range(4)}
        for day, stretches in ranges.items():
            for opens, closes in stretches:
                OpeningRange.objects.create(hours=self, weekday=day, opens=opens, closes=closes)


class ContactPointFactory(DjangoModelFactory):
    """A service with a desk and a telephone."""

    class Meta:
        model = ContactPoint

    name = "Eau et assainissement"
    address = "4 place du Lavoir\n00000 Garance-sur-Lierre"
    free_number = "0 800 00 00 17"
    is_free = True
    email = "eau@garance.example"
    desk_hours = factory.SubFactory(OpeningHoursFactory)
    telephone_hours = factory.SubFactory(
        OpeningHoursFactory,
        kind=HoursKind.TELEPHONE,
        week={day: [(time(8), time(12, 30)), (time(14), time(17))] for day in range(5)},
    )


class AlertBannerFactory(DjangoModelFactory):
    """An alert shown since an hour, for another hour."""

    class Meta:
        model = AlertBanner

    title = factory.Sequence(lambda n: f"Coupure d’eau {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))
