"""What the demonstration department performs."""

from worklist.models import ProcedureType

# code, name, modality, body part, side?, minutes, images expected
CATALOGUE = [
    ("CT-HEAD", "CT head without contrast", "CT", "HEAD", False, 15, 200),
    ("CT-CHEST", "CT chest with contrast", "CT", "CHEST", False, 20, 320),
    ("CT-ABD", "CT abdomen and pelvis with contrast", "CT", "ABDOMEN", False, 25, 400),
    ("MR-HEAD", "MR brain", "MR", "HEAD", False, 35, 240),
    ("MR-KNEE", "MR knee", "MR", "KNEE", True, 30, 160),
    ("MR-LSPINE", "MR lumbar spine", "MR", "LSPINE", False, 30, 120),
    ("DX-CHEST", "Chest two views", "DX", "CHEST", False, 10, 2),
    ("DX-HAND", "Hand two views", "DX", "HAND", True, 10, 2),
    ("DX-HIP", "Hip two views", "DX", "HIP", True, 10, 2),
    ("US-ABD", "Ultrasound abdomen", "US", "ABDOMEN", False, 25, 0),
    ("US-THY", "Ultrasound thyroid", "US", "THYROID", False, 20, 0),
    ("MG-SCREEN", "Screening mammography", "MG", "BREAST", False, 15, 4),
    ("XA-CORO", "Coronary angiography", "XA", "HEART", False, 60, 0),
]

PREPARATION = {
    "CT": "Remove metal from the region. With contrast: ask for earlier reactions, kidney function "
    "(eGFR not older than three months) and metformin; place an 18–20 G cannula.",
    "MR": "Two screenings for implants and metal, the second one spoken. Ear protection. Change of "
    "clothes.",
    "DX": "Remove jewellery, buttons and prostheses from the field. Ask about pregnancy.",
    "US": "Abdomen: fasting for six hours.",
    "MG": "No deodorant or powder today. Ask about breast surgery and implants.",
    "XA": "Consent signed, coagulation known, fasting for six hours, groin and wrist shaved.",
}
POSITIONING = {
    "HEAD": "Supine, head first, orbitomeatal line vertical, chin slightly down, head fixed.",
    "CHEST": "Arms up and out of the field; full inspiration, hold the breath.",
    "ABDOMEN": "Supine, feet first, arms above the head; from the diaphragm to the symphysis.",
    "KNEE": "Supine, feet first, knee in the coil at 10–15° of flexion, toes up, padded.",
    "LSPINE": "Supine, head first, legs over the cushion, centre 5 cm above the iliac crest.",
    "HAND": "Seated beside the table. PA: palm flat, fingers apart. Oblique: 45° on the wedge.",
    "HIP": "Supine, toes 15° inwards; second view with the hip flexed and abducted.",
    "THYROID": "Supine, neck extended over a pillow.",
    "BREAST": "Standing. CC: nipple in profile, chest wall seen. MLO: pectoralis to the nipple.",
    "HEART": "Supine, right arm on the board, radiation shield down, ECG leads out of the field.",
}


def load_catalogue() -> dict[str, ProcedureType]:
    """Make the catalogue; returns it by code."""
    return {
        code: ProcedureType.objects.create(
            code=code,
            meaning=meaning,
            modality=modality,
            body_part=body_part,
            needs_side=needs_side,
            minutes=minutes,
            expected_images=expected,
            preparation=PREPARATION[modality],
            positioning=POSITIONING[body_part],
        )
        for code, meaning, modality, body_part, needs_side, minutes, expected in CATALOGUE
    }
