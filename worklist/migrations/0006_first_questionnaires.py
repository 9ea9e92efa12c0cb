"""Questions a department can begin with. What is amber and red is local policy: see the admin."""

from django.db import migrations

ASK = "Local policy decides; until then ask the radiologist."
NO_ENTRY = "Do not let the patient past the door of the magnet room."

# code: (title, questions). What a question leaves out has the model's default.
FIRST = {
    "GENERAL": (
        "General safety",
        [
            {
                "text": "Is there an infection that others must be protected from?",
                "help": "Isolation, MRSA, norovirus, open tuberculosis.",
                "explanation": "Tell the next in line, put on what the precaution asks for and "
                "plan the cleaning of the room. Local policy names the precautions.",
                "valid_days": 3,
                "alert_kind": "INFECTION",
                "alert_text": "Infection precautions",
            },
            {
                "text": "Does the patient need help to move or to lie still?",
                "explanation": "Ask for a second person or a lift before the patient is on the "
                "table.",
                "valid_days": 30,
                "alert_kind": "MOBILITY",
                "alert_text": "Needs help to move",
            },
        ],
    ),
    "MR": (
        "Magnetic field",
        [
            {
                "text": "Pacemaker, defibrillator or loop recorder?",
                "help": "Also wires that were left when a device was taken out.",
                "concern": "RED",
                "explanation": f"{NO_ENTRY} Find maker and model; MR conditional devices need "
                "cardiology and a plan. Local policy applies.",
                "valid_days": 90,
                "alert_kind": "IMPLANT",
                "alert_text": "Pacemaker or defibrillator",
            },
            {
                "text": "Clip on an aneurysm in the head?",
                "concern": "RED",
                "explanation": f"{NO_ENTRY} Only with the implant's papers that say MR safe or "
                "conditional. Local policy applies.",
                "valid_days": 90,
                "alert_kind": "IMPLANT",
                "alert_text": "Aneurysm clip",
            },
            {
                "text": "Cochlear implant or another implant in the ear?",
                "concern": "RED",
                "explanation": f"{NO_ENTRY} The magnet inside may move or lose its force. Local "
                "policy applies.",
                "valid_days": 90,
                "alert_kind": "IMPLANT",
                "alert_text": "Cochlear implant",
            },
            {
                "text": "Pump or stimulator: insulin, pain, nerves, brain, bladder?",
                "help": "Glucose sensors and insulin pumps worn on the skin, too.",
                "concern": "RED",
                "explanation": f"{NO_ENTRY} What is worn comes off; what is inside needs its "
                "papers. Local policy applies.",
                "valid_days": 30,
                "alert_kind": "IMPLANT",
                "alert_text": "Pump or stimulator",
            },
            {
                "text": "Ever had metal in the eye, from grinding or welding, say?",
                "help": "Was it taken out completely, by a doctor?",
                "concern": "RED",
                "explanation": "A splinter may move. Images of the orbits first, unless local "
                "policy says otherwise.",
                "valid_days": 90,
                "alert_kind": "IMPLANT",
                "alert_text": "Metal in the eye",
            },
            {
                "text": "Any other implant, shunt, stent, valve, coil, joint or screw?",
                "help": "When, where, and is there a card or a letter?",
                "explanation": "Look up its MR condition and note it in the safety record; wait "
                "as long after the operation as local policy says.",
                "valid_days": 90,
                "alert_kind": "IMPLANT",
                "alert_text": "Other implant",
            },
            {
                "text": "Splinters, bullets or shrapnel in the body?",
                "explanation": "Find out where they lie. Near vessels, nerves or the eye: stop and "
                "ask the radiologist. Local policy applies.",
                "valid_days": 365,
                "alert_kind": "IMPLANT",
                "alert_text": "Splinters in the body",
            },
            {
                "text": "Is the patient pregnant, or could she be?",
                "explanation": f"No gadolinium, and only what cannot wait. {ASK}",
                "only_sex": "F",
                "from_age": 10,
                "to_age": 55,
                "valid_days": 7,
                "alert_kind": "PREGNANCY",
                "alert_text": "Pregnant, or possibly",
            },
            {
                "text": "Afraid of narrow rooms?",
                "explanation": "Explain, show the bell, offer prism glasses or company; sedation "
                "only as local policy says.",
                "valid_days": 365,
                "alert_kind": "OTHER",
                "alert_text": "Afraid of narrow rooms",
            },
            {
                "text": "Tattoos or permanent make-up?",
                "help": "Fresh ones, large ones, or near the region that is examined.",
                "explanation": "They may grow warm: a wet cloth over them, and the bell in hand.",
                "valid_days": 365,
            },
            {
                "text": "Still wearing anything with metal: piercings, hearing aid, teeth, patches, "
                "wig?",
                "help": "Medicine patches with foil, magnetic lashes, clothes with silver thread.",
                "explanation": "It comes off before the door. What cannot come off: stop and ask.",
            },
        ],
    ),
    "CONTRAST": (
        "Iodinated contrast",
        [
            {
                "text": "Ever had a reaction to contrast?",
                "help": "Rash, swelling, breathlessness, collapse; and to which agent?",
                "concern": "RED",
                "explanation": "Stop and ask the radiologist: another agent, premedication, or no "
                "contrast. Local policy applies.",
                "valid_days": 30,
                "alert_kind": "CONTRAST_REACTION",
                "alert_text": "Earlier reaction to iodinated contrast",
            },
            {
                "text": "Kidney function (eGFR)",
                "help": "The latest value, and the day it was measured.",
                "kind": "NUMBER",
                "unit": "ml/min/1.73 m²",
                "worrying_answer": "",
                "amber_below": 45,
                "red_below": 30,
                "explanation": "Below 30: stop and ask. Below 45: as little as possible, and "
                "fluids. These limits are where to begin; local policy applies.",
                "valid_days": 90,
                "alert_kind": "KIDNEY",
                "alert_text": "eGFR",
            },
            {
                "text": "Overactive thyroid, or thyroid cancer before radioiodine?",
                "concern": "RED",
                "explanation": "Iodine may set off a crisis or spoil the treatment: stop and ask. "
                "Local policy applies.",
                "valid_days": 90,
                "alert_kind": "OTHER",
                "alert_text": "Thyroid: no iodine without asking",
            },
            {
                "text": "Taking metformin?",
                "explanation": "With an eGFR below 30, or acute kidney injury: pause it and tell "
                "the ward. Local policy applies.",
                "valid_days": 30,
            },
            {
                "text": "Asthma that needs treatment now?",
                "explanation": "A reaction is likelier: ask, keep watch longer, emergency drugs at "
                "hand.",
                "valid_days": 90,
            },
            {
                "text": "Breast-feeding?",
                "explanation": "Usually no pause is needed. Explain it; local policy applies.",
                "only_sex": "F",
                "from_age": 10,
                "to_age": 55,
                "valid_days": 30,
            },
        ],
    ),
    "GADOLINIUM": (
        "Gadolinium contrast",
        [
            {
                "text": "Ever had a reaction to gadolinium?",
                "help": "Rash, swelling, breathlessness, collapse; and to which agent?",
                "concern": "RED",
                "explanation": "Stop and ask the radiologist: another agent, premedication, or no "
                "contrast. Local policy applies.",
                "valid_days": 30,
                "alert_kind": "CONTRAST_REACTION",
                "alert_text": "Earlier reaction to gadolinium",
            },
            {
                "text": "Kidney function (eGFR)",
                "help": "The latest value, and the day it was measured.",
                "kind": "NUMBER",
                "unit": "ml/min/1.73 m²",
                "worrying_answer": "",
                "amber_below": 30,
                "red_below": 15,
                "explanation": "Below 30: only a macrocyclic agent, once, when nothing else will "
                "do. These limits are where to begin; local policy applies.",
                "valid_days": 90,
                "alert_kind": "KIDNEY",
                "alert_text": "eGFR",
            },
        ],
    ),
    "PREGNANCY": (
        "Pregnancy and radiation",
        [
            {
                "text": "Is the patient pregnant, or could she be?",
                "help": "When did the last period begin?",
                "concern": "RED",
                "explanation": "Stop and ask: another method, another day, or a justification by "
                "the radiologist. Local policy applies.",
                "only_sex": "F",
                "from_age": 10,
                "to_age": 55,
                "valid_days": 7,
                "alert_kind": "PREGNANCY",
                "alert_text": "Pregnant, or possibly",
            }
        ],
    ),
}


def fill(apps, schema_editor):
    Questionnaire = apps.get_model("worklist", "Questionnaire")
    Question = apps.get_model("worklist", "Question")
    for code, (title, questions) in FIRST.items():
        made, is_new = Questionnaire.objects.get_or_create(code=code, defaults={"title": title})
        if is_new:
            Question.objects.bulk_create(
                Question(questionnaire=made, position=place, **facts)
                for place, facts in enumerate(questions, start=1)
            )


class Migration(migrations.Migration):
    dependencies = [("worklist", "0005_measured_days_and_draft_numbers")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
