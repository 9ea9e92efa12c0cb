"""Invented people."""

import datetime as dt

import factory
from django.conf import settings

from patients.models import Alert, Patient


class PatientFactory(factory.django.DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    patient_id = factory.Sequence(lambda n: f"MRN{n:06d}")
    issuer = factory.LazyFunction(lambda: settings.PATIENT_ID_ISSUER)
    name_alphabetic = factory.Sequence(lambda n: f"Example^Patient {n}")
    birth_date = dt.date(1980, 5, 17)
    sex = Patient.Sex.FEMALE


class AlertFactory(factory.django.DjangoModelFactory[Alert]):
    class Meta:
        model = Alert

    patient = factory.SubFactory(PatientFactory)
    kind = Alert.Kind.ALLERGY
    severity = Alert.Severity.DANGER
    text = "Iodinated contrast: rash"
