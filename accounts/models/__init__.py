from .attempts import Attempt
from .changes import Acceptance, AcceptanceText, ChangedField, ChangeRequest, FieldRule
from .children import AuthorisedPickup, Child, Consent, ConsentType, EmergencyContact, Guardianship, PersonAround
from .departments import Department
from .families import FamilyFile, FamilyQuotient, Guardian, PostalAddress
from .health import Diet, HealthAccess, HealthRecord
from .links import OneTimeLink
from .mails import OutgoingMail
from .notifications import Notification
from .profiles import Membership, Profile
from .users import User

__all__ = [
    "Acceptance",
    "AcceptanceText",
    "Attempt",
    "AuthorisedPickup",
    "ChangeRequest",
    "ChangedField",
    "Child",
    "Consent",
    "ConsentType",
    "Department",
    "Diet",
    "EmergencyContact",
    "FamilyFile",
    "FamilyQuotient",
    "FieldRule",
    "Guardian",
    "Guardianship",
    "HealthAccess",
    "HealthRecord",
    "Membership",
    "Notification",
    "OneTimeLink",
    "OutgoingMail",
    "PersonAround",
    "PostalAddress",
    "Profile",
    "User",
]
