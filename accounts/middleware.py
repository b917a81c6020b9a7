"""Stubs replaced by the accounts work."""


class SecondFactorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


class CurrentProfileMiddleware(SecondFactorMiddleware):
    def __call__(self, request):
        request.profile = None
        request.membership = None
        return self.get_response(request)
