"""What a new draft holds already: of the account, whatever staff chose for each field. The resident may change it."""

from ..conditions import is_empty
from ..enums import FieldKind, Prefill
from .kinds import kind_of

# Which kinds a value may fill in: staff can't put a name in a date.
TEXTS = {FieldKind.SHORT_TEXT, FieldKind.LONG_TEXT}
FITS = {
    Prefill.EMAIL: {FieldKind.EMAIL, *TEXTS},
    Prefill.PHONE: {FieldKind.PHONE, *TEXTS},
    Prefill.ADDRESS: {FieldKind.ADDRESS},
    Prefill.TODAY: {FieldKind.DATE},
    Prefill.CONTRACT: {FieldKind.CONTRACT},
    Prefill.CHILD: {FieldKind.CHILD},
}


def prefilled(definition, context):
    """Return the answers of a new draft; only what the field itself would take."""
    found = {}
    for one in definition.fields.values():
        if one.prefill == Prefill.NONE or one.kind not in FITS.get(one.prefill, TEXTS):
            continue
        value = value_of(one.prefill, context)
        if not is_empty(value) and not kind_of(one).problems(value, one, context):
            found[one.key] = value
    return found


def value_of(prefill, context):
    """Return what the account says for `prefill`; None when it says nothing."""
    user, profile = context.user, context.profile
    match prefill:
        case Prefill.FIRST_NAME:
            return user and user.first_name
        case Prefill.LAST_NAME:
            return user and user.last_name
        case Prefill.FULL_NAME:
            return user and f"{user.first_name} {user.last_name}".strip()
        case Prefill.EMAIL:
            return user.email if user else (context.case.email if context.case else None)
        case Prefill.PHONE:
            return profile and profile.phone
        case Prefill.ADDRESS:
            return profile and _address(profile)
        case Prefill.PROFILE_NAME:
            return profile and profile.name
        case Prefill.FUNCTION:
            return context.membership and context.membership.function
        case Prefill.TODAY:
            return context.today.isoformat()
        case Prefill.CONTRACT:
            running = [one.reference for one in context.contracts if not one.terminated_on]
            return running[0] if len(running) == 1 else None
        case Prefill.CHILD:
            return str(context.children[0].public_id) if len(context.children) == 1 else None
    return None


def _address(profile):
    return {
        "address": profile.address,
        "address_complement": profile.address_complement,
        "postcode": profile.postcode,
        "town": profile.town,
    }
