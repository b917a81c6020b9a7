from wagtail.contrib.routable_page.models import path

from .. import child_views as views
from .. import person_views as people


class ChildRoutes:
    """The routes of « Ma famille » about one child: the child's file, block by block (s4.3)."""

    @path("enfants/ajouter/")
    def child_add(self, request):
        return views.add(self, request)

    @path("enfants/<uuid:public_id>/")
    def child(self, request, public_id):
        return views.child(self, request, public_id)

    @path("enfants/<uuid:public_id>/fiche/")
    def child_form(self, request, public_id):
        return views.edit(self, request, public_id)

    @path("enfants/<uuid:public_id>/modifier/<slug:block>/")
    def child_block(self, request, public_id, block):
        return views.edit_block(self, request, public_id, block)

    @path("enfants/<uuid:public_id>/consultations/")
    def child_health_log(self, request, public_id):
        return views.health_log(self, request, public_id)

    @path("enfants/<uuid:public_id>/<slug:block>/ajouter/")
    def person_add(self, request, public_id, block):
        return people.add(self, request, public_id, block)

    @path("enfants/<uuid:public_id>/<slug:block>/choisir/")
    def person_pick(self, request, public_id, block):
        return people.pick(self, request, public_id, block)

    @path("enfants/<uuid:public_id>/<slug:block>/<uuid:person_id>/")
    def person_edit(self, request, public_id, block, person_id):
        return people.edit(self, request, public_id, block, person_id)

    @path("enfants/<uuid:public_id>/<slug:block>/<uuid:person_id>/supprimer/")
    def person_remove(self, request, public_id, block, person_id):
        return people.remove(self, request, public_id, block, person_id)
