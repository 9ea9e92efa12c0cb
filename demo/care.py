"""How the devices were cared for: faults, repairs, what comes round again, and what is broken now.

Days are counted back from midnight, hours from midnight on; "now" is the present hour.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.cast import Cast
from demo.pictures import error_on_console, rings_on_water
from demo.timeline import Timeline
from equipment import services
from equipment.models import Device, Downtime, MaintenanceEntry, MaintenanceKind, MaintenancePlan
from equipment.services import Block, Fault, Opening, UsedPart, Work

Symptom, Effect, Status = MaintenanceEntry.Symptom, MaintenanceEntry.Effect, Device.Status
BUSY_DAYS = [("CT", 41), ("CT", 40), ("MR", 68), ("DX", 20), ("MG", 30), ("CT", 15), ("US", 2)]
WEDNESDAY = 2
BLOCKED = (13, 16.5)  # hours: patients are booked in the morning


class Care:
    """One engineer's book. Each paragraph of it is a method."""

    def __init__(self, cast: Cast, timeline: Timeline, midnight: dt.datetime) -> None:
        self.cast, self.timeline, self.midnight = cast, timeline, midnight
        self.entries: dict[str, MaintenanceEntry] = {}
        self.plans: dict[str, MaintenancePlan] = {}

    def at(self, days: int, hour: float, deed: Callable[[], object]) -> None:
        self.timeline.add(self.midnight - dt.timedelta(days=days) + dt.timedelta(hours=hour), deed)

    def ago(self, minutes: int, deed: Callable[[], object]) -> None:
        self.timeline.add(self.cast.now - dt.timedelta(minutes=minutes), deed)

    # ── deeds ───────────────────────────────────────────────────────────────────────────────────

    def fault(self, name: str, modality: str, fault: Fault, by: str) -> Callable[[], object]:
        def deed() -> None:
            reporter = self.cast.people[by]
            self.entries[name] = services.report_fault(self._device(modality), fault, by=reporter)

        return deed

    def opened(self, name: str, modality: str, opening: Opening) -> Callable[[], object]:
        def deed() -> None:
            device = self._device(modality)
            self.entries[name] = services.open_entry(device, opening, by=self.cast.engineer)

        return deed

    def begun(self, name: str, by: str = "engineer") -> Callable[[], object]:
        return lambda: services.begin_work(self.entries[name], by=self.cast.people[by])

    def noted(self, name: str, text: str, by: str = "engineer") -> Callable[[], object]:
        return lambda: services.note_work(self.entries[name], by=self.cast.people[by], text=text)

    def finished(self, name: str, work: Work, by: str = "engineer") -> Callable[[], object]:
        return lambda: services.finish_work(self.entries[name], work, by=self.cast.people[by])

    def given_back(self, name: str, modality: str, reason: str) -> Callable[[], object]:
        return lambda: services.change_device_status(
            self._device(modality),
            Status.AVAILABLE,
            by=self.cast.engineer,
            reason=reason,
            entry=self.entries[name],
        )

    def planned(self, name: str, modality: str, **facts: object) -> Callable[[], object]:
        def deed() -> None:
            device = self._device(modality)
            self.plans[name] = services.make_plan(device, facts, by=self.cast.engineer)

        return deed

    def listed(self, name: str) -> Callable[[], object]:
        """The plan's next day has come near: it stands in the log from now on."""

        def deed() -> None:
            due = services.list_due(self.plans[name], timezone.localdate())
            assert due is not None  # noqa: S101 — the days below are chosen so
            self.entries[name] = due

        return deed

    def _device(self, modality: str) -> Device:
        return Device.objects.get(pk=self.cast.devices[modality].pk)

    # ── what is over ────────────────────────────────────────────────────────────────────────────

    def tube_of_the_ct(self) -> None:
        words = "Tube arcs, third time today. Scan stopped at slice 40."
        stopped = Fault(Symptom.STOPPED, Effect.DOWN, words, photos=[rings_on_water()])
        parts = [
            UsedPart("X-ray tube", "NL-TUBE-8", 1, Decimal(36200)),
            UsedPart("Cooling hose", "NL-HOSE-2", 2, Decimal("84.50")),
        ]
        work = Work(
            "Tube and two hoses replaced, air calibration, tables rebuilt.",
            Decimal("9.5"), Decimal("41150.00"), "Northlight", parts, Status.AWAITING_QC,
        )  # fmt: skip
        self.at(41, 10.2, self.fault("tube", "CT", stopped, "j.brandt"))
        self.at(41, 11, self.begun("tube"))
        self.at(41, 11.6, self.noted("tube", "Error log sent. Maker ships a tube over night."))
        self.at(40, 14.5, self.finished("tube", work))
        self.at(40, 16, self.given_back("tube", "CT", "Water, noise and slice width within limits"))

    def cold_head_of_the_mr(self) -> None:
        warning = Fault(Symptom.ERROR, Effect.DOWN, "Helium 61 % and falling, cold head is silent.")
        parts = [UsedPart("Cold head compressor", "NL-CH-11", 1, Decimal(5400))]
        work = Work(
            "Compressor replaced, helium filled to 92 %.",
            Decimal("7.25"), Decimal("9830.00"), "Northlight", parts, Status.AWAITING_QC,
        )  # fmt: skip
        self.at(68, 7.6, self.fault("cold head", "MR", warning, "m.oyelaran"))
        self.at(68, 8.2, self.begun("cold head", "g.tanaka"))
        self.at(68, 15.5, self.finished("cold head", work, "g.tanaka"))
        self.at(68, 17, self.given_back("cold head", "MR", "Phantom within limits"))

    def grid_of_the_wall_stand(self) -> None:
        stuck = Fault(Symptom.MECHANICAL, Effect.LIMITED, "Grid of the wall stand sticks.")
        work = Work(
            "Rail cleaned, end switch readjusted.", Decimal("1.5"), None, "", (), Status.AVAILABLE
        )
        self.at(20, 12.5, self.fault("grid", "DX", stuck, "technician"))
        self.at(20, 13, self.begun("grid"))
        self.at(20, 14.5, self.finished("grid", work))

    def small_things(self) -> None:
        opening = Opening(MaintenanceKind.CALIBRATION, "Detector calibration, mammography")
        work = Work("Flat field and dead pixels renewed.", Decimal("1.0"), None, "Halden")
        self.at(30, 7.2, self.opened("flat field", "MG", opening))
        self.at(30, 7.4, self.begun("flat field", "g.tanaka"))
        self.at(30, 8.4, self.finished("flat field", work, "g.tanaka"))
        upgrade = Opening(MaintenanceKind.SOFTWARE, "Software 4.1: worklist with other scripts")
        done = Work("Installed, protocols compared, worklist tried.", Decimal("3.0"), Decimal(0))
        self.at(22, 9, self.opened("upgrade", "CT", upgrade))
        self.at(22, 9.2, self.blocked("CT", 15, "Software 4.1", Downtime.Cause.SOFTWARE))
        self.at(15, 13, self.begun("upgrade"))
        self.at(15, 16, self.finished("upgrade", done))

    def blocked(
        self, modality: str, days: int, reason: str, cause: str, name: str = ""
    ) -> Callable[[], object]:
        """A planned afternoon without patients, `days` before midnight."""

        def deed() -> None:
            day = self.midnight - dt.timedelta(days=days)
            begins, ends = (day + dt.timedelta(hours=hours) for hours in BLOCKED)
            block = Block(cause, begins, ends, reason, self.entries.get(name))
            services.plan_block(self._device(modality), block, by=self.cast.engineer)

        return deed

    # ── what comes round again ──────────────────────────────────────────────────────────────────

    def recurring(self) -> None:
        today = timezone.localdate(self.cast.now)
        overdue = today - dt.timedelta(days=12)
        facts = {
            "kind": MaintenanceKind.INSPECTION,
            "title": "Constancy test of the X-ray room",
            "instructions": "Dose, field against light, resolution, plates without scratches.",
            "rrule": "FREQ=MONTHLY;INTERVAL=3",
            "window_before": 5, "window_after": 5, "minutes": 45,
        }  # fmt: skip
        first = overdue - relativedelta(months=3)
        days_to_first = (self.midnight.date() - first).days
        done = Work("All values within limits.", Decimal("0.75"))
        self.at(110, 9, self.planned("constancy", "DX", starts_on=first, **facts))
        self.at(days_to_first, 7, self.listed("constancy"))
        self.at(days_to_first, 7.5, self.finished("constancy", done))
        days_before = (self.midnight.date() - overdue).days + 3
        self.at(days_before, 6, self.listed("constancy"))
        self.next_week(today)

    def next_week(self, today: dt.date) -> None:
        """The MR's half-yearly care falls due next Wednesday, and has its afternoon."""
        due = today + dt.timedelta(days=7 - today.weekday() + WEDNESDAY)
        facts = {
            "kind": MaintenanceKind.PREVENTIVE,
            "title": "Half-yearly maintenance of the MR",
            "instructions": "Helium, cold head, coils, table brakes, emergency stop.",
            "rrule": "FREQ=MONTHLY;INTERVAL=6",
            "window_before": 12, "window_after": 14, "minutes": 210,
        }  # fmt: skip
        days = (self.midnight.date() - due).days
        starts_on = due - relativedelta(months=6)
        reason = "Half-yearly maintenance"
        block = self.blocked("MR", days, reason, Downtime.Cause.MAINTENANCE, "half year")
        self.at(95, 10, self.planned("half year", "MR", starts_on=starts_on, **facts))
        self.ago(200, self.listed("half year"))
        self.ago(195, block)
        weekly = {
            "kind": MaintenanceKind.CALIBRATION,
            "title": "Weekly phantom of the mammography unit",
            "rrule": "FREQ=WEEKLY",
            "window_before": 1, "window_after": 2, "minutes": 20,
        }  # fmt: skip
        starts_on = today + dt.timedelta(days=4)
        self.at(90, 9.5, self.planned("weekly", "MG", starts_on=starts_on, **weekly))

    # ── what is the matter now ──────────────────────────────────────────────────────────────────

    def probe_of_the_ultrasound(self) -> None:
        words = "Curved probe: picture drops out when the cable bends."
        broken = Fault(Symptom.ACCESSORY, Effect.LIMITED, words)
        self.at(2, 10.5, self.fault("probe", "US", broken, "m.oyelaran"))
        self.at(2, 13, self.begun("probe"))
        text = "Cable repaired for the time being, new probe ordered. Linear probe is fine."
        self.at(2, 14.5, self.noted("probe", text))

    def generator_of_the_angiography(self) -> None:
        words = "E-214 generator cooling. Table moves, no fluoroscopy."
        photos = [error_on_console("E-214", "GENERATOR COOLING FLOW LOW")]
        down = Fault(Symptom.ERROR, Effect.DOWN, words, photos=photos)
        self.ago(62, self.fault("generator", "XA", down, "j.brandt"))
        text = "Pump runs, flow 2 l/min instead of 6. Hotline called, somebody comes this evening."
        self.ago(31, self.noted("generator", text))

    def waiting(self) -> None:
        whistles = Fault(Symptom.NOISE, Effect.NONE, "Fan at the console whistles.")
        self.ago(2900, self.fault("fan", "MG", whistles, "technician"))
        safety = Opening(
            MaintenanceKind.INSPECTION,
            "Electrical safety of the ultrasound",
            "Leakage currents, cables, isolation.",
            timezone.localdate(self.cast.now) + dt.timedelta(days=9),
        )
        self.ago(4000, self.opened("safety", "US", safety))


def plan_care(cast: Cast, timeline: Timeline, midnight: dt.datetime) -> None:
    """Everything in the engineer's book."""
    care = Care(cast, timeline, midnight)
    care.tube_of_the_ct()
    care.cold_head_of_the_mr()
    care.grid_of_the_wall_stand()
    care.small_things()
    care.recurring()
    care.probe_of_the_ultrasound()
    care.generator_of_the_angiography()
    care.waiting()
