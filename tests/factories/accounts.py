"""Residents, their profiles, and who belongs to which."""

import factory
from factory.django import DjangoModelFactory

from accounts.enums import Role
from accounts.models import Membership, Profile, User

PASSWORD = "Quatre-tasses-de-verveine"


class UserFactory(DjangoModelFactory):
    """A user; `password` sets another one than PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"habitant{n}@example.test")
    first_name = "Dominique"
    last_name = factory.Sequence(lambda n: f"Durand {n}")

    @classmethod
    def _create(cls, model_class, *args, password=PASSWORD, **fields):
        return model_class.objects.create_user(*args, password=password, **fields)


class ProfileFactory(DjangoModelFactory):
    """A profile without members."""

    class Meta:
        model = Profile

    name = factory.Sequence(lambda n: f"Profil {n}")
    address = "12 rue des Tilleuls"
    postcode = "49000"
    town = "Vallon-sur-Loire"


class MembershipFactory(DjangoModelFactory):
    """An active holder of a profile."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    profile = factory.SubFactory(ProfileFactory)
    role = Role.HOLDER
