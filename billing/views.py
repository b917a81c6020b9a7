"""What is no page: the provider's notifications."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .providers import InvalidSignature, current_provider, online_payment_available
from .services import receive_notification


@csrf_exempt
@require_POST
def stripe_notification(request):
    """Store a notification signed by Stripe. It is acted on by the queue: Stripe gets its answer at once."""
    if not online_payment_available():
        return HttpResponseBadRequest()
    provider = current_provider()
    try:
        notification = provider.verify_notification(request.body, request.headers.get("Stripe-Signature", ""))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    receive_notification(provider=provider.name, notification=notification)
    return HttpResponse(status=200)
