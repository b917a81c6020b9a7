"""The record behind a family form: where its fields live, how their values are kept as JSON and shown to a person."""

import copy
import datetime as dt
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from theme import formats

from .enums import FamilyForm
from .models import (
    AuthorisedPickup,
    Child,
    EmergencyContact,
    FamilyFile,
    Guardian,
    HealthRecord,
    Profile,
    User,
)

# The fields of a form live in the first of its models that has them.
MODELS = {
    FamilyForm.FAMILY: (Profile, FamilyFile),
    FamilyForm.GUARDIAN: (Guardian,),
    FamilyForm.CHILD: (Child,),
    FamilyForm.HEALTH: (HealthRecord,),
    FamilyForm.CONTACT: (EmergencyContact,),
    FamilyForm.PICKUP: (AuthorisedPickup,),
    FamilyForm.LOGIN: (User,),
}
# What a family adds and takes away by itself.
ADDED = {FamilyForm.GUARDIAN, FamilyForm.CONTACT, FamilyForm.PICKUP}
OF_A_CHILD = {FamilyForm.CHILD, FamilyForm.HEALTH, FamilyForm.CONTACT, FamilyForm.PICKUP}


def model_field(form, name):
    """Return the field `name` of the form's models. Raises KeyError for an unknown one."""
    for model in MODELS[form]:
        for field in model._meta.concrete_fields:
            if field.name == name:
                return field
    raise KeyError(f"{form} has no field {name}")


def dump(value):
    """Return `value` (of a form or of a record) as JSON holds it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dt.date | Decimal):
        return str(value)
    return value


def load(form, name, value):
    """Return what `dump` gave back as the value of the field: for a relation, the object or None."""
    field = model_field(form, name)
    if value is None:
        return None
    if field.is_relation:
        return field.related_model._default_manager.filter(pk=value).first()
    return field.to_python(value)


def shown(form, name, value):
    """Return `value` as a person reads it; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name == "removed_at":
        return _("retiré du dossier")
    if isinstance(value, dt.date):
        return formats.short_date(value)
    return str(dict(model_field(form, name).flatchoices).get(value, value))


class Record:
    """The instances that a form writes to, as one. Made by `held`.

    `target_id` is what a ChangeRequest keeps of it: the profile of the family, the child of a child's file or health;
    None for a record to add.
    """

    def __init__(self, form, instances, target_id):
        self.form = form
        self.instances = instances
        self.target_id = target_id

    @property
    def adding(self):
        return self.target_id is None

    @property
    def target(self):
        return self.instances[0]

    def _owner(self, name):
        model = model_field(self.form, name).model
        return next(instance for instance in self.instances if isinstance(instance, model))

    def value(self, name):
        """Return what is held."""
        return getattr(self._owner(name), name)

    def text(self, name):
        """Return what is held, as a person reads it."""
        return shown(self.form, name, self.value(name))

    def holds(self, name, value):
        """Whether `value` is what is held: nothing said is nothing said, None or empty."""
        held, given = dump(self.value(name)), dump(value)
        return held == given or (held in (None, "") and given in (None, ""))

    def check(self, values):
        """Raise ValidationError, by field, if the record can't hold `values`. Changes nothing."""
        Record(self.form, [copy.copy(instance) for instance in self.instances], self.target_id)._assign(values)

    def write(self, values):
        """Check and save `values`; the details of a care plan (PAI) go with it. Raises ValidationError by field."""
        if "has_care_plan" in values and not values["has_care_plan"]:
            values = {**values, "care_plan_details": ""}
        for instance in self._assign(values):
            instance.save()
        if self.adding:
            self.target_id = self.target.pk

    def _assign(self, values):
        """Set `values` and return the instances that they touch; a new record is checked whole."""
        touched = {}
        for name, value in values.items():
            field, owner = model_field(self.form, name), self._owner(name)
            setattr(owner, name, "" if value is None and not field.null else value)
            touched.setdefault(type(owner), (owner, set()))[1].add(name)
        if self.adding:
            touched = {type(self.target): (self.target, {field.name for field in self.target._meta.fields})}
        for owner, names in touched.values():
            owner.clean_fields(exclude={field.name for field in owner._meta.fields} - names)
        if self.adding:
            self.target.validate_constraints()
        return [owner for owner, names in touched.values()]


def held(*, form, profile, child=None, target_id=None, lock=True):
    """Return the Record that `form` and `target_id` name, within `profile` and `child`; None when it is gone.

    Without `target_id`: a new guardian or person around the child; the forms that have one record need none. `lock`:
    its rows are locked until the transaction ends; False is for those who only look.
    """
    model = MODELS[form][0]
    rows = model._default_manager.select_for_update(of=("self",)) if lock else model._default_manager.all()
    if form == FamilyForm.FAMILY:
        file = FamilyFile.objects.filter(profile=profile).first() or FamilyFile(profile=profile)
        return Record(form, [rows.get(pk=profile.pk), file], profile.pk)
    if form == FamilyForm.CHILD:
        return Record(form, [rows.get(pk=child.pk)], child.pk)
    if form == FamilyForm.HEALTH:
        if lock:  # there may be no record yet to lock
            Child.objects.select_for_update().get(pk=child.pk)
        return Record(form, [rows.filter(child=child).first() or HealthRecord(child=child)], child.pk)
    if form == FamilyForm.LOGIN:
        return Record(form, [rows.get(pk=target_id)], target_id)
    within = {"profile": profile} if form == FamilyForm.GUARDIAN else {"child": child}
    if target_id is None:
        return Record(form, [model(**within)], None)
    if form == FamilyForm.GUARDIAN:
        rows = rows.filter(removed_at=None)
    found = rows.filter(pk=target_id, **within).first()
    return Record(form, [found], target_id) if found else None


def twin(*, form, profile, child, values):
    """Return the Record of someone already there who is in all of `values` the one to add; None without.

    A form sent twice, by a double click or a page shown again, adds one person.
    """
    model = MODELS[form][0]
    within = {"profile": profile, "removed_at": None} if form == FamilyForm.GUARDIAN else {"child": child}
    for instance in model._default_manager.filter(**within):
        record = Record(form, [instance], instance.pk)
        if all(record.holds(name, value) for name, value in values.items()):
            return record
    return None
