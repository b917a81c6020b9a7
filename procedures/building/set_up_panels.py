"""What the editors of letters and of appointments show beside their fields."""

from wagtail.admin.panels import Panel


class WordsPanel(Panel):
    """The words between braces, and for each procedure the keys of its questions."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "procedures/admin/build_words_panel.html"

        class Media:
            css = {"all": ["procedures/admin/building.css"]}

        def get_context_data(self, parent_context=None):
            from ..letters import WORDS
            from ..models import ProcedurePage
            from .built import definition_of

            context = super().get_context_data(parent_context)
            pages = ProcedurePage.objects.live().order_by("title").only("title", "form", "path", "depth")
            found = [(page.title, definition_of(page).fields.values()) for page in pages]
            context["words"] = [(f"{{{word}}}", text) for word, text in WORDS.items()]
            context["pages"] = [
                (title, [(f"{{reponse:{field.key}}}", field.label) for field in fields if field.label])
                for title, fields in found
                if fields
            ]
            return context


class SlotsPanel(Panel):
    """The next free slots that the saved week gives. Not shown while adding: there is nothing to show yet."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "procedures/admin/build_slots_panel.html"

        class Media:
            css = {"all": ["procedures/admin/building.css"]}

        def is_shown(self):
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context=None):
            from ..appointments import by_day
            from ..models import AppointmentKind
            from ..queries.appointments import open_slots

            context = super().get_context_data(parent_context)
            # What is saved, not what a form that has errors holds in memory.
            days = by_day(open_slots(AppointmentKind.objects.get(pk=self.instance.pk)))
            context["days"] = [(day, list(slots)) for day, slots in days][:5]
            return context
