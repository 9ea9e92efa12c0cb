"""Invented rooms and machines."""

import factory

from equipment.models import Device, Modality, Node, Room


class RoomFactory(factory.django.DjangoModelFactory[Room]):
    class Meta:
        model = Room

    code = factory.Sequence(lambda n: f"ROOM{n}")
    name = factory.Sequence(lambda n: f"Room {n}")


class DeviceFactory(factory.django.DjangoModelFactory[Device]):
    class Meta:
        model = Device

    name = factory.Sequence(lambda n: f"CT {n}")
    room = factory.SubFactory(RoomFactory)
    modality = Modality.CT
    ae_title = factory.Sequence(lambda n: f"CT{n:04d}")


class NodeFactory(factory.django.DjangoModelFactory[Node]):
    class Meta:
        model = Node

    name = factory.Sequence(lambda n: f"Workstation {n}")
    ae_title = factory.Sequence(lambda n: f"WS{n:04d}")
