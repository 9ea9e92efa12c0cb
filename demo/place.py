"""Rooms, devices and the other machines of the demonstration department."""

from dataclasses import dataclass

from equipment.models import Device, Node, Room


@dataclass(frozen=True, slots=True)
class Machine:
    """A device as a line of the table below."""

    ae_title: str
    name: str
    modality: str
    room: tuple[str, str, str]
    maker: str
    model_name: str


MACHINES = [
    Machine(
        "CT01", "CT 1", "CT", ("CT1", "CT room 1", "Ground floor, east"), "Northlight", "Spiral 128"
    ),
    Machine(
        "MR01", "MR 1", "MR", ("MR1", "MR room 1", "Basement, zone III"), "Northlight", "Tesla 1.5"
    ),
    Machine("DX01", "X-ray 1", "DX", ("XR1", "X-ray room 1", "Ground floor"), "Halden", "Flat 43"),
    Machine(
        "US01",
        "Ultrasound 1",
        "US",
        ("US1", "Ultrasound room 1", "First floor"),
        "Sonara",
        "Echo 9",
    ),
    Machine(
        "MG01", "Mammography 1", "MG", ("MG1", "Mammography", "First floor"), "Halden", "Mamma S"
    ),
    Machine(
        "XA01",
        "Angiography 1",
        "XA",
        ("AN1", "Angiography suite", "Ground floor, west"),
        "Halden",
        "C-Arc",
    ),
]


def load_machines() -> dict[str, Device]:
    """Make the six devices of the contract with their rooms, and the two nodes."""
    devices = {}
    for number, machine in enumerate(MACHINES, start=1):
        code, name, location = machine.room
        room = Room.objects.create(code=code, name=name, location=location)
        devices[machine.ae_title] = Device.objects.create(
            name=machine.name,
            room=room,
            modality=machine.modality,
            ae_title=machine.ae_title,
            maker=machine.maker,
            model_name=machine.model_name,
            serial_number=f"DEMO-{number:04d}",
            software=f"{number + 3}.{number}",
        )
    Node.objects.create(
        name="Review workstation",
        ae_title="WORKSTATION",
        address="127.0.0.1",
        port=11113,
        may_retrieve=True,
    )
    Node.objects.create(
        name="Test program",
        ae_title="TEST_SCU",
        may_store=True,
        may_query_worklist=True,
        may_retrieve=True,
    )
    return devices
