"""What a session without an account proved: which cases are its own, and until when."""

import datetime as dt

from django.utils import timezone

from ..services.anonymous import Grant

GRANTS = "procedures.grants"
CODES = "procedures.codes"
LIFETIME = dt.timedelta(hours=12)
# A session is no store of cases.
AT_MOST = 20


def give(request, case):
    """Let this session act for `case`, proved by a link or by a code."""
    request.session.cycle_key()
    grants = {**request.session.get(GRANTS, {}), str(case.public_id): (timezone.now() + LIFETIME).isoformat()}
    request.session[GRANTS] = dict(list(grants.items())[-AT_MOST:])


def grant_of(request, case):
    """Return the Grant of this session for `case`, or None."""
    until = request.session.get(GRANTS, {}).get(str(case.public_id))
    if until is None or case.profile_id is not None or dt.datetime.fromisoformat(until) < timezone.now():
        return None
    return Grant(case.pk)


def forget(request, case):
    """This session is done with `case`."""
    grants = dict(request.session.get(GRANTS, {}))
    if grants.pop(str(case.public_id), None):
        request.session[GRANTS] = grants


def keep_code(request, case):
    """Remember the follow-up code of a case just filed: its digest alone is in the database, the page shows it."""
    if case.new_code:
        request.session[CODES] = {**request.session.get(CODES, {}), str(case.public_id): case.new_code}


def code_of(request, case):
    """Return the code of a case that this session filed, else ""."""
    return request.session.get(CODES, {}).get(str(case.public_id), "")
