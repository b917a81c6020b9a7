"""Occupancy at a glance: weeks by activities, then one activity's week by day."""

import datetime as dt

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from .. import perms
from ..models import Activity
from ..queries import managers as queries
from .base import ManagerView

WEEKS = 6


class Weeks(ManagerView):
    """Places taken by activity over some weeks, of all the facilities or of one (`lieu`)."""

    name = "occupancy"
    template_name = "booking/managers/occupancy.html"
    allowed = staticmethod(perms.can_follow_days)

    def get(self, request):
        place = self.place
        mondays, rows = queries.occupancy_by_week(self.only_facility, place.monday, WEEKS)
        step = dt.timedelta(weeks=WEEKS)
        return self.show(
            chosen=self.only_facility,
            mondays=mondays,
            weeks=WEEKS,
            rows=rows,
            this_week=place.today - dt.timedelta(days=place.today.weekday()),
            previous=place.monday - step,
            following=place.monday + step,
            anything=any(load for _activity, loads in rows for _monday, load in loads),
        )


class Week(ManagerView):
    """The sessions of an activity over a week: by unit and group, and by day."""

    name = "occupancy"
    template_name = "booking/managers/occupancy_week.html"
    allowed = staticmethod(perms.can_follow_days)

    @cached_property
    def activity(self):
        return get_object_or_404(Activity.objects.select_related("facility"), pk=self.kwargs["pk"])

    def get(self, request, pk):
        monday, week = self.place.monday, dt.timedelta(weeks=1)
        dates, rows = queries.occupancy_by_day(self.activity, monday)
        return self.show(
            activity=self.activity,
            dates=dates,
            rows=rows,
            monday=monday,
            sunday=monday + dt.timedelta(days=6),
            previous=monday - week,
            following=monday + week,
        )

    def get_page_title(self):
        return self.activity.name

    def get_crumbs(self):
        return [{"url": reverse("childcare:occupancy"), "label": self.screen.label}]
