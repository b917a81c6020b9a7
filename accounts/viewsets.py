"""Staff accounts in the back office."""

from wagtail.users.views.users import UserViewSet


class StaffUserViewSet(UserViewSet):
    pass
