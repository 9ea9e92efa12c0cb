"""Words of the demonstration's reports, and the templates that radiologists begin with."""

from typing import NamedTuple

from demo.objects.common import finding_of
from reports.models import ReportTemplate
from reports.words import Words
from worklist.models import ProcedureType, ScheduledProcedure


class Text(NamedTuple):
    """What is written of one kind of examination: when all is well, and when it is not."""

    technique: str
    findings: str
    impression: str
    seen: str
    meaning: str


TEXTS = {
    "CT-HEAD": Text(
        "Unenhanced axial CT of the head, 2 mm.",
        "No haemorrhage. Grey and white matter well told apart. Ventricles and cisterns of normal "
        "width, midline not shifted. No fracture. Paranasal sinuses and mastoids clear.",
        "No haemorrhage, no fracture.",
        "Crescent-shaped collection of mixed density along the left convexity, up to 11 mm thick. "
        "Midline shifted to the right by 5 mm, left lateral ventricle narrowed. No fracture.",
        "Subdural haematoma on the left with midline shift of 5 mm. Neurosurgery informed.",
    ),
    "CT-CHEST": Text(
        "CT of the chest after intravenous contrast, venous phase, 5 mm.",
        "Lungs well expanded, no nodule, no infiltrate, no effusion. Heart of normal size. "
        "Mediastinal lymph nodes not enlarged. Upper abdomen and bones unremarkable.",
        "Normal chest CT.",
        "Solid nodule of 14 mm in the right upper lobe, lobulated margin. No second nodule, no "
        "enlarged lymph nodes, no effusion.",
        "Solid pulmonary nodule of 14 mm on the right: to be discussed in the lung board.",
    ),
    "CT-ABD": Text(
        "CT of the abdomen and pelvis after intravenous contrast, venous phase, 5 mm.",
        "Liver, spleen, pancreas, adrenals and kidneys unremarkable. Bowel not dilated. No free "
        "air or fluid. Appendix 5 mm, fat around it clear.",
        "No cause of the pain found.",
        "Appendix 13 mm wide with a thick, enhancing wall; stranding of the fat around it. No "
        "abscess, no free air.",
        "Acute appendicitis without perforation.",
    ),
    "MR-HEAD": Text(
        "T2, FLAIR and T1 axial, T1 sagittal.",
        "No focal lesion of the brain. Ventricles of normal width. Flow voids of the large vessels "
        "preserved. Pituitary and craniocervical junction unremarkable.",
        "Normal MR of the brain.",
        "Broad-based extra-axial mass over the left convexity, 26 mm, dural tail, slight oedema "
        "beside it. Midline not shifted.",
        "Extra-axial mass, most likely a meningioma. Contrast and neurosurgical advice suggested.",
    ),
    "MR-KNEE": Text(
        "PD with fat saturation sagittal and coronal, T1 sagittal.",
        "Menisci of normal shape and signal. Cruciate and collateral ligaments continuous. "
        "Cartilage even. No effusion.",
        "No tear of a meniscus or ligament.",
        "Linear high signal in the posterior horn of the medial meniscus that reaches the lower "
        "surface. Ligaments continuous. Small effusion.",
        "Tear of the posterior horn of the medial meniscus.",
    ),
    "MR-LSPINE": Text(
        "T2 and T1 sagittal.",
        "Vertebrae aligned, of normal height and signal. Discs hydrated, spinal canal wide. Conus "
        "at L1.",
        "No disc prolapse.",
        "Disc L4/5 dark, prolapsed to the left and downwards, in contact with the left L5 root.",
        "Disc prolapse L4/5 on the left, fits the weakness of dorsiflexion.",
    ),
    "DX-CHEST": Text(
        "Chest PA and lateral, standing.",
        "Heart and mediastinum not widened. Lungs clear, no infiltrate, no effusion, no "
        "pneumothorax. Bones unremarkable.",
        "No infiltrate, no congestion.",
        "Patchy consolidation in the right lower zone with an air bronchogram, silhouette of the "
        "diaphragm blurred. No effusion. Heart not enlarged.",
        "Pneumonia of the right lower lobe. Control in six weeks.",
    ),
    "DX-HAND": Text(
        "Hand PA and oblique, phosphor plate.",
        "No fracture, no dislocation. Joint spaces even, soft tissues unremarkable.",
        "No fracture.",
        "Oblique fracture of the shaft of the fifth metacarpal, not shortened, slight tilt to the "
        "palm.",
        "Fracture of the fifth metacarpal.",
    ),
    "DX-HIP": Text(
        "Pelvis AP, hip oblique.",
        "No fracture. Joint spaces of normal width, pelvic ring intact.",
        "No fracture of the hip or pelvis.",
        "Fracture line through the neck of the femur, the shaft shortened and turned outwards. "
        "Pelvic ring intact.",
        "Displaced fracture of the neck of the femur.",
    ),
    "US-ABD": Text(
        "Abdominal ultrasound, curved probe.",
        "Liver of normal size and echo, no focal lesion. Gallbladder thin-walled, no stone, bile "
        "ducts not dilated. Right kidney unremarkable. No free fluid.",
        "Normal upper abdomen.",
        "Stone of 12 mm with a shadow in the gallbladder, wall 2 mm, no pain under the probe. Bile "
        "ducts not dilated.",
        "Gallstone without signs of inflammation.",
    ),
    "US-THY": Text(
        "Ultrasound of the thyroid, linear probe.",
        "Both lobes of normal size and even echo. No nodule. No enlarged lymph nodes.",
        "Normal thyroid.",
        "Hypoechoic nodule of 14 mm in the right lobe, smooth margin, no microcalcification.",
        "Thyroid nodule, TI-RADS 4. Fine needle aspiration to be discussed.",
    ),
    "MG-SCREEN": Text(
        "Screening mammography, CC and MLO of both sides.",
        "Density B. No mass, no suspicious calcification, no architectural distortion.",
        "BI-RADS 1 on both sides. Next screening in two years.",
        "Density B. Irregular mass of 11 mm in the upper outer quadrant of the left breast.",
        "BI-RADS 4 on the left: assessment with ultrasound and biopsy.",
    ),
    "XA-CORO": Text(
        "Left coronary angiography by the right radial artery, 65 ml of contrast.",
        "Left main, LAD and circumflex without relevant stenosis.",
        "No relevant coronary stenosis.",
        "Stenosis of 80 % of the proximal LAD. Circumflex without relevant stenosis.",
        "Stenosis of the proximal LAD, treated in the same session.",
    ),
}
TEMPLATES = {
    "CT-HEAD": "CT head, normal",
    "CT-CHEST": "CT chest, normal",
    "DX-CHEST": "Chest radiograph, normal",
    "MG-SCREEN": "Mammography, BI-RADS 1",
    "MR-KNEE": "MR knee, normal",
    "US-ABD": "Upper abdomen, normal",
}


def load_templates(catalogue: dict[str, ProcedureType]) -> None:
    """Words to begin with, for what is read most."""
    for code, name in TEMPLATES.items():
        text = TEXTS[code]
        template = ReportTemplate.objects.create(
            name=name,
            modality=catalogue[code].modality,
            technique=text.technique,
            findings=text.findings,
            impression=text.impression,
        )
        template.procedure_types.add(catalogue[code])


def words_on(procedure: ScheduledProcedure, *, few: bool) -> Words:
    """What somebody writes who has looked at the pictures."""
    text = TEXTS[procedure.procedure_type.code]
    if finding_of(procedure, "something", few):
        return Words(text.technique, text.seen, text.meaning)
    return Words(text.technique, text.findings, text.impression)
