"""Today in the demonstration department, and the weeks around it, as lists of visits."""

import datetime as dt

from demo.cast import Cast
from demo.stories import plan
from demo.timeline import Timeline
from demo.visit import Line, Visit

PNEUMONIA = ("URGENT", "Consolidation right lower zone, patient breathless. Please look now.")
FRACTURE = ("ABNORMAL", "Neck of femur interrupted, leg shortened.")
NOTHING = ("NORMAL", "")

# minutes from the present; no two on one device overlap, but for whoever was squeezed in
DAY = [
    Line("CT-CHEST", "Mensah", -215, "completed", report="acknowledged"),
    Line("CT-HEAD", "Shevchenko", -170, "completed", priority="HIGH", ward="Emergency"),
    Line("CT-CHEST", "Shevchenko", -155, "completed", priority="HIGH", joins=True, few=True,
         report="preliminary"),
    Line("CT-ABD", "Marin", -100, "discontinued", priority="HIGH"),
    Line("CT-HEAD", "Andersson", -20, "started"),
    Line("CT-HEAD", "Bauer", 0, "checked", priority="STAT", ward="Emergency"),
    Line("CT-CHEST", "García Núñez", 25, "checked", priority="HIGH"),
    Line("CT-ABD", "Singh", 70, "scheduled"),
    Line("CT-HEAD", "Dvořák", 120, "scheduled", ward="Ward 4"),
    Line("CT-CHEST", "Christodoulou", 160, "scheduled"),
    Line("MR-HEAD", "Papadopoulou", -200, "completed", report="claimed"),
    Line("MR-KNEE", "Fischer", -150, "completed", side="R", report="corrected"),
    Line("MR-LSPINE", "Suzuki", -100, "acquired"),
    Line("MR-KNEE", "Novotný", -45, "started", side="L"),
    Line("MR-LSPINE", "Kaya", -5, "overridden", worries={"Tattoos": "Small, upper arm, two years"},
         because="Small and old tattoo, far from the coil: wet cloth, bell explained."),
    Line("MR-HEAD", "Horvat", 30, "on_hold", priority="HIGH",
         worries={"Pacemaker": "Card at home, abandoned lead"},
         because="Pacemaker with an abandoned lead: waiting for cardiology."),
    Line("MR-KNEE", "Park", 75, "scheduled", side="R"),
    Line("MR-HEAD", "Dubois", 110, "scheduled"),
    Line("MR-LSPINE", "Ferreira", 150, "cancelled"),
    Line("DX-HAND", "Bianchi", -105, "no_show", side="R"),
    Line("DX-HAND", "Osei", -85, "completed", side="L", note=NOTHING),
    Line("DX-HIP", "Laurent", -50, "repeated", side="L", priority="STAT", note=FRACTURE,
         report="draft", ward="Emergency"),
    Line("DX-CHEST", "Karlsson", -40, "completed", priority="STAT", note=PNEUMONIA,
         ward="Emergency"),
    Line("DX-HIP", "Schröder-Bergström", -20, "arrived", side="L", priority="HIGH", ward="Ward 2"),
    Line("DX-HAND", "Fernández-Ortiz", -5, "started", side="R"),
    Line("DX-CHEST", "Kuznetsova", 5, "arrived"),
    Line("DX-HAND", "Jensen", 20, "scheduled", side="L"),
    Line("DX-CHEST", "Virtanen", 35, "scheduled", priority="STAT", ward="Ward 3"),
    Line("DX-CHEST", "Popescu", 55, "scheduled"),
    Line("DX-HIP", "Walsh", 85, "scheduled", side="R", ward="Ward 2"),
    Line("DX-HAND", "Okonkwo", 0, "walk_in", side="R"),
    Line("US-ABD", "Okonkwo", -130, "completed", report="final"),
    Line("US-ABD", "Da Silva", -70, "completed", few=True,
         note=("ABNORMAL", "Liver brighter than the kidney.")),
    Line("US-THY", "Cohen", -15, "ready"),
    Line("US-ABD", "Şahin", 15, "arrived"),
    Line("US-ABD", "Castillo de la Vega", 60, "scheduled"),
    Line("US-ABD", "Hansen", 100, "scheduled"),
    Line("MG-SCREEN", "Rossi", -120, "completed"),
    Line("MG-SCREEN", "Chen", -40, "arrived"),
    Line("MG-SCREEN", "Ólafsdóttir", -20, "scheduled"),
    Line("MG-SCREEN", "Kim", 20, "scheduled"),
    Line("MG-SCREEN", "Abara", 50, "scheduled"),
    Line("XA-CORO", "Petrov", -185, "completed", priority="HIGH", report="not_required"),
    Line("XA-CORO", "Brown", -45, "waits_for_device", priority="HIGH", ward="Ward 5",
         because="Device down: waits for the engineer."),
    Line("XA-CORO", "Yamada", 35, "arrived", priority="HIGH", ward="Ward 5"),
    Line("XA-CORO", "Müller", 130, "scheduled"),
]  # fmt: skip

# minutes of the day before the last sweep: what was left open, and what came unannounced
LEFT_OPEN = [
    Line("MR-LSPINE", "Wang", 15 * 60, "scheduled"),
    Line("US-THY", "Li", 14 * 60 + 20, "arrived"),
    Line("US-ABD", "Ivanova", 13 * 60 + 20, "forgotten", few=True),
    Line("CT-HEAD", "Tanaka", 11 * 60, "unannounced", few=True),
]

# days ago: examinations whose images the archive still has
PRIORS = [
    Line("CT-CHEST", "Mensah", 74, "completed", report="amended", few=True),
    Line("CT-CHEST", "García Núñez", 61, "completed", report="acknowledged", few=True),
    Line("CT-HEAD", "Bauer", 83, "completed", report="final", few=True),
    Line("CT-HEAD", "Andersson", 30, "completed", report="acknowledged", few=True),
    Line("CT-HEAD", "Dvořák", 12, "completed", report="addended", few=True),
    Line("CT-ABD", "Kowalska", 25, "completed", report="final", few=True),
    Line("MR-HEAD", "Papadopoulou", 88, "completed", report="acknowledged", few=True),
    Line("MR-HEAD", "Dubois", 47, "completed", report="final", few=True),
    Line("MR-LSPINE", "Suzuki", 67, "completed", report="corrected", few=True),
    Line("MR-KNEE", "Novotný", 54, "completed", side="L", report="acknowledged", few=True),
    Line("MR-KNEE", "Park", 18, "completed", side="R", report="retracted", few=True),
    Line("MR-LSPINE", "Kaya", 39, "completed", report="final", few=True),
    Line("DX-CHEST", "Karlsson", 33, "repeated", report="acknowledged", few=True),
    Line("CT-CHEST", "Virtanen", 9, "completed", report="final", few=True),
    Line("DX-HAND", "Jensen", 44, "repeated", side="L", report="acknowledged", few=True),
    Line("DX-HAND", "Osei", 16, "repeated", side="L", report="addended", few=True),
    Line("DX-HIP", "Walsh", 58, "completed", side="R", report="final", few=True),
    Line("US-ABD", "Okonkwo", 52, "completed", report="final", few=True),
    Line("US-THY", "Cohen", 79, "completed", report="acknowledged", few=True),
    Line("XA-CORO", "Petrov", 65, "completed", report="not_required", few=True),
]
GRID = 5  # minutes: nobody is booked at 10:37


def plan_today(cast: Cast, timeline: Timeline) -> list[Visit]:
    """The list around the present hour."""
    base = cast.now - dt.timedelta(minutes=cast.now.minute % GRID)
    visits: list[Visit] = []
    for line in DAY:
        visit = Visit(line, base + dt.timedelta(minutes=line.minutes), cast)
        visit.first = visits[-1] if line.joins else None
        visits.append(visit)
        plan(visit, timeline)
    return visits


def plan_left_open(cast: Cast, timeline: Timeline, day: dt.datetime) -> None:
    """A day of which something was forgotten. `day` is its midnight."""
    for line in LEFT_OPEN:
        plan(Visit(line, day + dt.timedelta(minutes=line.minutes), cast), timeline)


def plan_priors(cast: Cast, timeline: Timeline, midnight: dt.datetime) -> None:
    """Earlier examinations of today's patients, in the working hours of working days."""
    for number, line in enumerate(PRIORS):
        day = workday(midnight - dt.timedelta(days=line.minutes))
        start = day + dt.timedelta(hours=8 + number % 8, minutes=30)
        plan(Visit(line, start, cast), timeline)


def workday(midnight: dt.datetime) -> dt.datetime:
    """The same day, or the Friday before it."""
    return midnight - dt.timedelta(days=max(0, midnight.weekday() - 4))
