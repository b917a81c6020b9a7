"""Stubs replaced by the accounts work."""


def axes_username(request, credentials=None):
    return (credentials or {}).get("username", "")


def client_ip(request):
    return request.META.get("REMOTE_ADDR", "")


def locked_out(request, response, credentials):
    return response
