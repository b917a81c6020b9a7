from django.urls import path

from .views import batches, downloads, steps

app_name = "imports"

urlpatterns = [
    path("", batches.Index.as_view(), name="index"),
    path("nouveau/", steps.New.as_view(), name="new"),
    path("modele/<str:kind>.xlsx", downloads.model_file, name="model"),
    path("<int:pk>/", batches.Detail.as_view(), name="batch"),
    path("<int:pk>/avancement/", batches.progress, name="progress"),
    path("<int:pk>/colonnes/", steps.Columns.as_view(), name="columns"),
    path("<int:pk>/feuille/", steps.sheet, name="sheet"),
    path("<int:pk>/pdf/", steps.archive, name="archive"),
    path("<int:pk>/controler/", steps.check_file, name="check"),
    path("<int:pk>/appliquer/", steps.Apply.as_view(), name="apply"),
    path("<int:pk>/annuler/", steps.Undo.as_view(), name="undo"),
    path("<int:pk>/abandonner/", steps.Abandon.as_view(), name="abandon"),
    path("<int:pk>/reprendre/", steps.retry, name="retry"),
    path("<int:pk>/fichier/", downloads.original, name="file"),
    path("<int:pk>/erreurs.<str:format>", downloads.errors, name="errors"),
]
