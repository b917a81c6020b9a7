"""What an agent chose to see of the worklist, as its address says it. Pure: no database."""

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .enums import CaseState, Channel

MINE, TEAM, UNASSIGNED, LATE, ALL = "miens", "equipe", "non-attribues", "en-retard", "tous"
LISTS = {
    MINE: _("Les miens"),
    TEAM: _("Mon équipe"),
    UNASSIGNED: _("Non attribués"),
    LATE: _("En retard"),
    ALL: _("Tous"),
}
# Who has the case, besides an agent's primary key.
ME, NOBODY = "moi", "personne"
SORTS = ("depot", "numero", "demandeur", "demarche", "statut", "echeance", "agent")
# The cases to do are sorted by what presses, all of them by what is new.
DEFAULT_SORT = {ALL: "-depot"}
PRESSING = "echeance"
MAX_TEXT = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """A list, filters, words and an order. What the address says wrongly is left out."""

    list: str = MINE
    q: str = ""
    procedure: int | None = None
    department: int | None = None
    state: str = ""
    status: str = ""
    agent: str = ""
    channel: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    sort: str = ""

    @property
    def order(self):
        """The order asked for, else that of the list."""
        return self.sort or DEFAULT_SORT.get(self.list, PRESSING)

    @property
    def narrowed(self):
        """Whether something else than the list and the order is asked for."""
        return replace(self, list=MINE, sort="") != Filters()

    def to_query(self, **changes):
        """Return the address's query, without a leading "?"; `changes` are other values of fields."""
        chosen = replace(self, **changes)
        values = {name: getattr(chosen, attribute) for name, attribute in NAMES.items()}
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})

    def sorted_by(self, name):
        """Return the query that sorts by `name`, the other way round when it already does."""
        return self.to_query(sort=f"-{name}" if self.order == name else name)


# The words of the address, and the fields.
NAMES = {
    "liste": "list",
    "q": "q",
    "demarche": "procedure",
    "service": "department",
    "etat": "state",
    "statut": "status",
    "agent": "agent",
    "origine": "channel",
    "du": "first",
    "au": "last",
    "tri": "sort",
}


def filters_of(query):
    """Return the Filters that a query (a QueryDict, or its text) says."""
    values = QueryDict(query) if isinstance(query, str) else query

    def get(name):
        return values.get(name, "").replace("\x00", "").strip()

    chosen = get("liste")
    agent, sort = get("agent"), get("tri")
    procedure = _id(get("demarche"))
    return Filters(
        list=chosen if chosen in LISTS else MINE,
        q=get("q")[:MAX_TEXT],
        procedure=procedure,
        department=_id(get("service")),
        state=get("etat") if get("etat") in set(CaseState) - {CaseState.DRAFT} else "",
        # A status is a word of one procedure.
        status=get("statut")[:60] if procedure else "",
        agent=agent if agent in (ME, NOBODY) or _id(agent) else "",
        channel=get("origine") if get("origine") in Channel.values else "",
        first=_date(get("du")),
        last=_date(get("au")),
        sort=sort if sort.removeprefix("-") in SORTS else "",
    )


def _id(text):
    """Return a primary key, or None for what can't be one in any of our databases."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:20]) < 2**63 and len(text) < 20 else None


def _date(text):
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return date if 2000 <= date.year <= 2100 else None
