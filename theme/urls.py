from django.urls import path

from . import views

app_name = "theme"
urlpatterns = [
    path("marque.css", views.brand_css, name="brand_css"),
    path("marque.svg", views.brand_mark, name="brand_mark"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("_composants/", views.style_guide, name="style_guide"),
    path("_composants/<slug:name>/", views.style_guide_page, name="style_guide_page"),
]
