"""What residents and staff do with accounts. Members and passwords here; each part of the family file in its module."""

from .members import (
    change_password,
    choose_password,
    create_profile,
    end_membership,
    invite_staff,
    notify,
    register,
    request_account,
    request_password,
    update_personal_data,
    update_staff,
)

__all__ = [
    "change_password",
    "choose_password",
    "create_profile",
    "end_membership",
    "invite_staff",
    "notify",
    "register",
    "request_account",
    "request_password",
    "update_personal_data",
    "update_staff",
]
