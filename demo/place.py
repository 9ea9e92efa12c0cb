"""Rooms, devices and the other machines of the demonstration department."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from equipment.models import Device, Node, OpeningHours, Room


@dataclass(frozen=True, slots=True)
class Machine:
    """A device as a line of the table below."""

    ae_title: str
    name: str
    modality: str
    room: tuple[str, str, str]
    maker: str
    model_name: str
    port: int
    """Where it is told of storage commitment; `manage.py play_modality` listens there."""


MACHINES = [
    Machine(
        "CT01",
        "CT 1",
        "CT",
        ("CT1", "CT room 1", "Ground floor, east"),
        "Northlight",
        "Spiral 128",
        11121,
    ),
    Machine(
        "MR01",
        "MR 1",
        "MR",
        ("MR1", "MR room 1", "Basement, zone III"),
        "Northlight",
        "Tesla 1.5",
        11122,
    ),
    Machine(
        "DX01", "X-ray 1", "DX", ("XR1", "X-ray room 1", "Ground floor"), "Halden", "Flat 43", 11123
    ),
    Machine(
        "US01",
        "Ultrasound 1",
        "US",
        ("US1", "Ultrasound room 1", "First floor"),
        "Sonara",
        "Echo 9",
        11124,
    ),
    Machine(
        "MG01",
        "Mammography 1",
        "MG",
        ("MG1", "Mammography", "First floor"),
        "Halden",
        "Mamma S",
        11125,
    ),
    Machine(
        "XA01",
        "Angiography 1",
        "XA",
        ("AN1", "Angiography suite", "Ground floor, west"),
        "Halden",
        "C-Arc",
        11126,
    ),
]


YEARS_OLD = {"CT01": 3, "MR01": 6, "DX01": 2, "US01": 4, "MG01": 1, "XA01": 8}
CONTRACTS = {
    "Northlight": "Northlight Care, no. NL-20417, hotline +1 555 0180",
    "Halden": "Halden Service, no. H-7731, hotline +1 555 0181",
    "Sonara": "",  # mended by our own engineers
}
ALWAYS_OPEN = frozenset({"CT01", "DX01"})  # emergencies come at night
WEEK = [(7, 20)] * 5 + [(8, 14), (9, 13)]  # hours on Monday to Sunday
BEFORE, AFTER = dt.timedelta(hours=4), dt.timedelta(hours=5)
MIDNIGHT, LAST_MINUTE = dt.time(), dt.time(23, 59)


def load_machines() -> dict[str, Device]:
    """Make the six devices of the contract with their rooms, and the two nodes."""
    devices = {}
    today = timezone.localdate()
    for number, machine in enumerate(MACHINES, start=1):
        code, name, location = machine.room
        room = Room.objects.create(code=code, name=name, location=location)
        years = dt.timedelta(days=365 * YEARS_OLD[machine.ae_title] + 17 * number)
        contract = CONTRACTS[machine.maker]
        devices[machine.ae_title] = Device.objects.create(
            name=machine.name,
            room=room,
            modality=machine.modality,
            ae_title=machine.ae_title,
            address="127.0.0.1",
            port=machine.port,
            maker=machine.maker,
            model_name=machine.model_name,
            serial_number=f"DEMO-{number:04d}",
            software=f"{number + 3}.{number}",
            installed_on=today - years,
            warranty_until=today - years + dt.timedelta(days=730),
            contract=contract,
            contract_until=today + dt.timedelta(days=29 * number) if contract else None,
        )
    for ae_title in devices.keys() - ALWAYS_OPEN:
        open_hours(devices[ae_title], timezone.now())
    load_nodes()
    return devices


def open_hours(device: Device, now: dt.datetime) -> None:
    """The week's hours, stretched where the department is started outside them: there is a list
    around the present hour, and somebody must be there to work on it."""
    needed = _hours_around(now)
    rows = []
    for weekday, (opens, closes) in enumerate(WEEK):
        first, last = needed.get(weekday, (dt.time(opens), dt.time(closes)))
        rows.append(
            OpeningHours(
                device=device,
                weekday=weekday,
                opens_at=min(first, dt.time(opens)),
                closes_at=max(last, dt.time(closes)),
            )
        )
    OpeningHours.objects.bulk_create(rows)


def _hours_around(now: dt.datetime) -> dict[int, tuple[dt.time, dt.time]]:
    """The hours of the list around `now`, by day of the week: of one day, or of two."""
    first, last = timezone.localtime(now - BEFORE), timezone.localtime(now + AFTER)
    begins, ends = dt.time(first.hour), dt.time(last.hour, 59)
    if first.date() == last.date():
        return {first.weekday(): (begins, ends)}
    return {first.weekday(): (begins, LAST_MINUTE), last.weekday(): (MIDNIGHT, ends)}


def load_nodes() -> None:
    """The machines of the contract that are no modalities."""
    Node.objects.create(
        name="Review workstation",
        ae_title="WORKSTATION",
        address="127.0.0.1",
        port=11113,
        may_retrieve=True,
        may_receive=True,
    )
    Node.objects.create(
        name="Test program",
        ae_title="TEST_SCU",
        may_store=True,
        may_query_worklist=True,
        may_report_steps=True,
        may_ask_commitment=True,
        may_retrieve=True,
    )
