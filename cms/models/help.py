"""Help: questions by subject, each with a step-by-step answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin
from wagtail.search import index

from ..blocks import AnswerBlock
from ..icons import IconField
from ..search import query_of
from .base import EditorialPage


class HelpSubject(PreviewableMixin, index.Indexed, models.Model):
    """What a question is about: water, family, the account …"""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    icon = IconField(_("icône"), default="question-mark-circle")
    sort_order = models.PositiveSmallIntegerField(_("rang"), default=0, help_text=_("Le plus petit est le premier."))

    panels = [FieldPanel("name"), FieldPanel("icon"), FieldPanel("sort_order")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("sujet d’aide")
        verbose_name_plural = _("sujets d’aide")
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    def get_preview_template(self, request, mode_name):
        return "cms/previews/help_subject.html"


class HelpIndexPage(EditorialPage):
    """The questions grouped by subject, with their own search (`?q=`)."""

    kind = _("Rubrique")
    template = "cms/help_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.HelpPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("liste des questions d’aide")
        verbose_name_plural = _("listes des questions d’aide")

    def get_questions(self):
        """Return the published questions with their subject, in the order of the subjects then of the editors."""
        questions = HelpPage.objects.child_of(self).live().public().select_related("subject")
        return questions.order_by("subject__sort_order", "subject__name", "path")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["query"] = request.GET.get("q", "").strip()[:100]
        questions = self.get_questions().defer("answer")
        if context["query"]:
            words = query_of(context["query"])
            context["found"] = list(questions.order_by().search(words)) if words else []
        else:
            groups = {}
            for page in questions:
                groups.setdefault(page.subject, []).append(page)
            context["groups"] = list(groups.items())
        return context


class HelpPage(EditorialPage):
    """A question, and what to do step by step."""

    subject = models.ForeignKey(HelpSubject, models.PROTECT, related_name="questions", verbose_name=_("sujet"))
    answer = StreamField(AnswerBlock(), verbose_name=_("réponse"), blank=True)
    related_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("démarche liée"),
        help_text=_("Proposée en bouton à la fin de la réponse."),
    )

    kind = _("Aide")
    template = "cms/help_page.html"
    parent_page_types = ["cms.HelpIndexPage"]
    subpage_types = []
    searched_fields = ("answer",)

    content_panels = [
        *EditorialPage.content_panels,
        FieldPanel("subject"),
        FieldPanel("answer"),
        FieldPanel("related_page"),
    ]
    search_fields = [*EditorialPage.search_fields, index.FilterField("subject_id")]
    api_fields = [*EditorialPage.api_fields, APIField("subject"), APIField("answer")]

    class Meta:
        verbose_name = _("question d’aide")
        verbose_name_plural = _("questions d’aide")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        siblings = HelpPage.objects.sibling_of(self, inclusive=False).live().public()
        context["others"] = list(siblings.filter(subject=self.subject_id).defer("answer")[:5])
        page = self.related_page
        context["related"] = page if page is not None and page.live else None
        return context
