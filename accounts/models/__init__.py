from .attempts import Attempt
from .links import OneTimeLink
from .mails import OutgoingMail
from .profiles import Membership, Profile
from .users import User

__all__ = ["Attempt", "Membership", "OneTimeLink", "OutgoingMail", "Profile", "User"]
