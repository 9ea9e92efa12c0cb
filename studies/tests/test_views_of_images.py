"""From which side, and of which side: what images say, and what is made of older ones."""

import importlib
import json
import zlib

import pytest
from django.apps import apps

from studies.dicom.views import laterality_of, view_position_of
from studies.models import Instance, InstanceHeader
from studies.tests.exposures import exposed
from studies.tests.factories import InstanceFactory
from worklist.tests.factories import ScheduledProcedureFactory


def cs(value):
    return {"vr": "CS", "Value": [value]}


def sequence(item):
    return {"vr": "SQ", "Value": [item]}


CODED_CC = {"00540220": sequence({"00080100": {"vr": "SH", "Value": ["399162004"]}})}
SHARED_LEFT = {"52009229": sequence({"00209071": sequence({"00209072": cs("L")})})}


@pytest.mark.parametrize(
    ("elements", "position"),
    [
        ({"00185101": cs("PA")}, "PA"),
        ({"00185101": cs("mlo")}, "MLO"),
        (CODED_CC, "CC"),
        ({**CODED_CC, "00185101": cs("XCC")}, "XCC"),
        ({"00540220": sequence({})}, ""),
        ({"00540220": {"vr": "SQ"}}, ""),
        ({"00185101": {"vr": "CS"}}, ""),
        ({}, ""),
    ],
)
def test_the_view_of_an_image(elements, position):
    assert view_position_of(elements) == position


@pytest.mark.parametrize(
    ("elements", "side"),
    [
        ({"00200062": cs("R"), "00200060": cs("L")}, "R"),
        ({"00200062": cs("U"), "00200060": cs("L")}, "L"),
        ({"00200060": cs("l")}, "L"),
        (SHARED_LEFT, "L"),
        ({"00200062": cs("RIGHT")}, ""),
        ({"52009229": {"vr": "SQ", "Value": [None]}}, ""),
        ({}, ""),
    ],
)
def test_the_side_of_an_image(elements, side):
    assert laterality_of(elements) == side


@pytest.mark.django_db
def test_they_are_filed_with_the_image():
    procedure = ScheduledProcedureFactory.create(device__modality="MG")

    [image] = exposed(procedure, ("MLO", "R"))

    assert (image.view_position, image.laterality) == ("MLO", "R")


@pytest.mark.django_db
def test_older_projections_are_read_from_their_headers():
    def stored(modality, **elements):
        instance = InstanceFactory.create(series__modality=modality)
        packed = zlib.compress(json.dumps(elements).encode())
        InstanceHeader.objects.create(instance=instance, json=packed)
        return instance.pk

    chest = stored("DX", **{"00185101": cs("PA"), "00200062": cs("L")})
    silent = stored("CR")
    scan = stored("CT", **{"00185101": cs("AP")})
    InstanceFactory.create(series__modality="DX")  # without a header
    migration = importlib.import_module("studies.migrations.0006_views_of_projections")

    for _twice in range(2):
        migration.read_views(apps, None)

    told = dict(Instance.objects.values_list("pk", "view_position"))
    assert (told[chest], told[silent], told[scan]) == ("PA", "", "")
    assert Instance.objects.get(pk=chest).laterality == "L"
