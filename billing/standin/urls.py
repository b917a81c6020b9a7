from django.urls import path

from . import api, pages

app_name = "standin"
urlpatterns = [
    path("v1/checkout/sessions", api.create_session),
    path("v1/checkout/sessions/<str:session_id>", api.retrieve_session),
    path("v1/checkout/sessions/<str:session_id>/expire", api.expire_session),
    path("v1/payment_intents/<str:intent_id>", api.retrieve_intent),
    path("v1/refunds", api.create_refund),
    path("v1/events", api.list_events),
    path("", pages.control_room, name="control"),
    path("payer/<str:session_id>/", pages.payment_page, name="payment"),
    path("payer/<str:session_id>/<str:choice>/", pages.choose, name="choose"),
    path("banque/<str:session_id>/<str:what>/", pages.order, name="order"),
]
