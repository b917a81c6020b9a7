"""Which facility, and which day: what the address of every screen of the managers says."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ..models import Facility, Session
from ..screens import date_of

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A facility on a day, among the `facilities` one may choose. `facility` is None as long as none is set up."""

    facilities: list
    facility: Facility | None
    date: dt.date
    today: dt.date

    @property
    def query(self):
        return self.query_on(self.date)

    @property
    def previous_query(self):
        return self.query_on(self.date - DAY)

    @property
    def next_query(self):
        return self.query_on(self.date + DAY)

    @property
    def today_query(self):
        return self.query_on(self.today)

    @property
    def monday(self):
        """The first day of the week."""
        return self.date - dt.timedelta(days=self.date.weekday())

    def query_on(self, date):
        """Return the query string of the same facility on another day."""
        return urlencode({"etablissement": self.facility.pk if self.facility else "", "date": date.isoformat()})


def place_of(parameters):
    """Return the Place that `parameters` (a QueryDict) name.

    When they name none: today, and the first facility that opens on the day, else the first.
    """
    today = timezone.localdate()
    date = date_of(parameters.get("date")) or today
    opens = Session.objects.filter(unit__activity__facility=OuterRef("pk"), date=date, closed_reason="")
    facilities = list(Facility.objects.filter(active=True).annotate(opens=Exists(opens)))
    wanted = parameters.get("etablissement", "")
    chosen = next((facility for facility in facilities if str(facility.pk) == wanted), None)
    first = next((facility for facility in facilities if facility.opens), next(iter(facilities), None))
    return Place(facilities, chosen or first, date, today)
