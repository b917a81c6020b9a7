"""Towns and postcodes, for the completion of addresses in the browser."""

from django.http import JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .. import towns


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def find(request):
    """Answer {"towns": [{"postcode", "town"}, …]} for the first digits or letters `q`: public data."""
    found = towns.find(request.GET.get("q", ""))
    return JsonResponse({"towns": [{"postcode": town.postcode, "town": town.name} for town in found]})
