"""What the demonstration department performs."""

from decimal import Decimal

from demo.guides import POSITIONING, PREPARATION, TOLD, TRANSLATED
from worklist.models import (
    ContrastAgent,
    ExpectedView,
    ProcedureText,
    ProcedureType,
    Questionnaire,
)

Contrast = ProcedureType.Contrast

# code, name, modality, body part, side?, minutes, images expected
CATALOGUE = [
    ("CT-HEAD", "CT head without contrast", "CT", "HEAD", False, 15, 80),
    ("CT-CHEST", "CT chest with contrast", "CT", "CHEST", False, 20, 57),
    ("CT-ABD", "CT abdomen and pelvis with contrast", "CT", "ABDOMEN", False, 25, 65),
    ("MR-HEAD", "MR brain", "MR", "HEAD", False, 35, 112),
    ("MR-KNEE", "MR knee", "MR", "KNEE", True, 30, 73),
    ("MR-LSPINE", "MR lumbar spine", "MR", "LSPINE", False, 30, 30),
    ("DX-CHEST", "Chest two views", "DX", "CHEST", False, 10, 2),
    ("DX-HAND", "Hand two views", "DX", "HAND", True, 10, 2),
    ("DX-HIP", "Hip two views", "DX", "HIP", True, 10, 2),
    ("US-ABD", "Ultrasound abdomen", "US", "ABDOMEN", False, 25, 1),
    ("US-THY", "Ultrasound thyroid", "US", "THYROID", False, 20, 1),
    ("MG-SCREEN", "Screening mammography", "MG", "BREAST", False, 15, 4),
    ("XA-CORO", "Coronary angiography", "XA", "HEART", False, 60, 1),
]
CONTRAST = {
    "CT-CHEST": Contrast.ALWAYS,
    "CT-ABD": Contrast.ALWAYS,
    "MR-HEAD": Contrast.POSSIBLE,
    "XA-CORO": Contrast.ALWAYS,
}
ASKED = {
    "CT-HEAD": ["GENERAL", "PREGNANCY"],
    "CT-CHEST": ["GENERAL", "PREGNANCY", "CONTRAST"],
    "CT-ABD": ["GENERAL", "PREGNANCY", "CONTRAST"],
    "MR-HEAD": ["GENERAL", "MR", "GADOLINIUM"],
    "MR-KNEE": ["GENERAL", "MR"],
    "MR-LSPINE": ["GENERAL", "MR"],
    "DX-CHEST": ["PREGNANCY"],
    "DX-HIP": ["PREGNANCY"],
    "XA-CORO": ["GENERAL", "PREGNANCY", "CONTRAST"],
}

# code: name, view position, side of the image, images, positioning
VIEWS: dict[str, list[tuple[str, str, str, int, str]]] = {
    "CT-HEAD": [("Axial 2 mm, brain", "", "", 80, "From the foramen magnum to the vertex.")],
    "CT-CHEST": [("Axial 5 mm, venous", "", "", 57, "Apices to adrenals, 60 s after the start.")],
    "CT-ABD": [("Axial 5 mm, venous", "", "", 65, "Diaphragm to symphysis, 75 s after the start.")],
    "MR-HEAD": [
        ("T2 axial", "", "", 28, "Along the line of the corpus callosum."),
        ("FLAIR axial", "", "", 28, "The same slices as T2."),
        ("T1 axial", "", "", 28, "The same slices as T2."),
        ("T1 sagittal", "", "", 28, "Through both temporal lobes."),
    ],
    "MR-KNEE": [
        ("PD fat saturated sagittal", "", "", 24, "Along the anterior cruciate ligament."),
        ("T1 sagittal", "", "", 24, "The same slices as PD."),
        ("PD fat saturated coronal", "", "", 25, "Along the back of the condyles."),
    ],
    "MR-LSPINE": [
        ("T2 sagittal", "", "", 15, "T12 to S2, both foramina."),
        ("T1 sagittal", "", "", 15, "The same slices as T2."),
    ],
    "DX-CHEST": [
        ("PA", "PA", "", 1, "Chin up, shoulders to the wall stand, hands on hips, breathe in."),
        ("Lateral", "LAT", "", 1, "Left side to the wall stand, arms above the head."),
    ],
    "DX-HAND": [
        ("PA", "PA", "", 1, "Palm flat on the plate, fingers slightly apart."),
        ("Oblique", "OBL", "", 1, "45° on the wedge, fingers straight."),
    ],
    "DX-HIP": [
        ("Pelvis AP", "AP", "", 1, "Toes 15° inwards, both trochanters on the picture."),
        ("Hip oblique", "OBL", "", 1, "Hip flexed and abducted; not after a fall: axial instead."),
    ],
    "US-ABD": [("Right upper abdomen, loop", "", "", 1, "Liver, gallbladder, right kidney.")],
    "US-THY": [("Transverse, loop", "", "", 1, "Both lobes and the isthmus, top to bottom.")],
    "MG-SCREEN": [
        ("Right CC", "CC", "R", 1, "Nipple in profile, chest wall seen."),
        ("Left CC", "CC", "L", 1, "Nipple in profile, chest wall seen."),
        ("Right MLO", "MLO", "R", 1, "Pectoral muscle down to the nipple, fold open."),
        ("Left MLO", "MLO", "L", 1, "Pectoral muscle down to the nipple, fold open."),
    ],
    "XA-CORO": [("Left coronary, LAO", "", "", 1, "45° left, 20° cranial.")],
}

# name, kind, concentration, most in ml
AGENTS = [
    ("Iodinated contrast 350", ContrastAgent.Kind.IODINATED, "350 mg I/ml", "150"),
    ("Iodinated contrast 300", ContrastAgent.Kind.IODINATED, "300 mg I/ml", "150"),
    ("Gadolinium contrast, macrocyclic", ContrastAgent.Kind.GADOLINIUM, "1 mmol/ml", "15"),
    ("Microbubbles", ContrastAgent.Kind.ULTRASOUND, "8 µl/ml", "5"),
    ("Barium suspension", ContrastAgent.Kind.BARIUM, "98 % w/v", "500"),
    ("Butylscopolamine 20 mg", ContrastAgent.Kind.DRUG, "20 mg/ml", "2"),
]


def load_catalogue() -> dict[str, ProcedureType]:
    """Make the catalogue with its guides, views and questions; returns it by code."""
    catalogue = {line[0]: _procedure_type(*line) for line in CATALOGUE}
    questionnaires = {one.code: one for one in Questionnaire.objects.all()}
    for code, procedure_type in catalogue.items():
        procedure_type.questionnaires.set([questionnaires[name] for name in ASKED.get(code, [])])
    ExpectedView.objects.bulk_create(
        ExpectedView(
            procedure_type=catalogue[code],
            position=place,
            **dict(
                zip(
                    ("name", "view_position", "laterality", "images", "positioning"),
                    view,
                    strict=True,
                )
            ),
        )
        for code, views in VIEWS.items()
        for place, view in enumerate(views, start=1)
    )
    for name, kind, concentration, most in AGENTS:
        ContrastAgent.objects.create(
            name=name, kind=kind, concentration=concentration, most_ml=Decimal(most)
        )
    return catalogue


def _procedure_type(
    code: str,
    meaning: str,
    modality: str,
    body_part: str,
    *particulars: int,
) -> ProcedureType:
    needs_side, minutes, images = particulars
    procedure_type = ProcedureType.objects.create(
        code=code,
        meaning=meaning,
        modality=modality,
        body_part=body_part,
        needs_side=bool(needs_side),
        minutes=minutes,
        expected_images=images,
        preparation=PREPARATION.get(code) or PREPARATION[modality],
        positioning=POSITIONING[body_part],
        contrast=CONTRAST.get(code, Contrast.NONE),
    )
    texts = [
        ProcedureText(procedure_type=procedure_type, language=language, **text)
        for language, text in TRANSLATED[code].items()
    ]
    english = ProcedureText(procedure_type=procedure_type, language="en", instructions=TOLD[code])
    ProcedureText.objects.bulk_create([english, *texts])
    return procedure_type
