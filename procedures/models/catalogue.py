"""The catalogue of procedures."""

from django.utils.translation import gettext_lazy as _

from cms.models import EditorialPage
from cms.search import query_of, stems

from .pages import HEAVY, ProcedurePage
from .taxonomy import ProcedureTheme, Situation


class ProcedureIndexPage(EditorialPage):
    """The catalogue: by theme (`?theme=eau`), by situation (`?situation=j-emmenage`), by words (`?q=`)."""

    kind = _("Rubrique")
    template = "procedures/procedure_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["procedures.ProcedurePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("catalogue des démarches")
        verbose_name_plural = _("catalogues des démarches")

    def get_procedures(self):
        """Return the published procedures, by title."""
        return ProcedurePage.objects.child_of(self).live().public().order_by("title")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        procedures = self.get_procedures().defer(*HEAVY)
        context["themes"] = themes = list(ProcedureTheme.objects.filter(procedures__live=True).distinct())
        context["situations"] = situations = list(Situation.objects.filter(procedures__live=True).distinct())
        context["query"] = query = request.GET.get("q", "").strip()[:100]
        context["theme"] = theme = _chosen(themes, request.GET.get("theme"))
        context["situation"] = situation = _chosen(situations, request.GET.get("situation"))
        context["filtered"] = bool(query or theme or situation)
        if theme:
            procedures = procedures.filter(themes=theme)
        if situation:
            procedures = procedures.filter(situations=situation)
        if query:
            context["procedures"] = _matching(procedures, query)
        elif context["filtered"]:
            context["procedures"] = list(procedures)
        else:
            context["groups"] = _by_theme(themes, procedures.prefetch_related("themes"))
        return context


# So many letters in common are the same word: « déménagement » and « je déménage », not « eau » and « eaux-de-vie ».
ALIKE = 4


def _matching(procedures, query):
    """Return those of `procedures` that hold the words of `query`; else those with words that begin alike."""
    words = query_of(query)
    if not words:
        return []
    wanted = list(procedures.values_list("pk", flat=True))
    if found := list(ProcedurePage.objects.filter(pk__in=wanted).search(words)):
        return found
    # A word begun, or another of its family: the index holds stems, and looks for them whole.
    return [page for page in procedures if all(_is_told(word, page) for word in words.split())]


def _is_told(word, page):
    return any(
        min(len(word), len(other)) >= ALIKE and (word.startswith(other) or other.startswith(word))
        for other in stems(f"{page.title} {page.summary}")
    )


def _chosen(entries, slug):
    return next((entry for entry in entries if entry.slug == slug), None)


def _by_theme(themes, procedures):
    """Return `[(theme or None, procedures)]`: each procedure under its first theme, those without one at the end."""
    groups = {theme.pk: (theme, []) for theme in themes}
    rest = []
    for page in procedures:
        own = sorted(page.themes.all(), key=lambda theme: (theme.sort_order, theme.name))
        groups[own[0].pk][1].append(page) if own else rest.append(page)
    found = [group for group in groups.values() if group[1]]
    return [*found, (None, rest)] if rest else found
