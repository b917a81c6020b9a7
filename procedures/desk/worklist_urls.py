"""Addresses of the worklist, its saved views, its exports and the figures."""

from django.urls import path

from . import bulk, exports, figures, views_saved, worklist

urlpatterns = [
    path("", worklist.Worklist.as_view(), name="worklist"),
    path("selection/", bulk.Bulk.as_view(), name="bulk"),
    path("vues/", views_saved.SavedViews.as_view(), name="views"),
    path("chiffres/", figures.Figures.as_view(), name="figures"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<uuid:public_id>/", exports.ExportPage.as_view(), name="export"),
    path("exports/<uuid:public_id>/fichier/", exports.ExportFile.as_view(), name="export_file"),
    path("<int:pk>/attribution/", bulk.AssignOne.as_view(), name="assign"),
]
