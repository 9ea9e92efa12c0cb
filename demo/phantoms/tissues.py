"""What the body is made of, and how bright each tissue is in each modality."""

from enum import IntEnum


class Tissue(IntEnum):
    """Labels of a volume. Zero is the air around the patient."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    CORTEX = 4  # of a bone
    MARROW = 5
    CSF = 6
    GREY = 7
    WHITE = 8
    NUCLEI = 9
    BLOOD = 10
    VESSEL = 11  # with contrast medium
    BLEED = 12
    VITREOUS = 13
    LENS = 14
    CALCIUM = 15
    DURA = 16
    GLAND = 17
    LUNG = 18
    LIVER = 19
    SPLEEN = 20
    KIDNEY = 21
    MEDULLA = 22  # of a kidney
    PANCREAS = 23
    BOWEL = 24  # its wall
    CONTENTS = 25  # of stomach and bowel
    FLUID = 26  # urine, bile, joint fluid
    HEART = 27
    DISC = 28
    CARTILAGE = 29
    TENDON = 30
    TUMOUR = 31
    GAS = 32
    OEDEMA = 33
    BODY = 34  # fat between the organs
    TABLE = 35
    CONSOLIDATION = 36
    PULP = 37  # of a disc that has kept its water
    PORTAL = 38  # veins of the liver, after contrast medium
    THROMBUS = 39


# Hounsfield units after contrast medium where vessels are drawn; MR signal from 0 to 1000.
#  tissue: (CT, T1, T2, FLAIR, proton density with fat suppression)
LOOKS: dict[Tissue, tuple[int, int, int, int, int]] = {
    Tissue.AIR: (-1000, 6, 6, 6, 6),
    Tissue.SKIN: (20, 420, 330, 330, 300),
    Tissue.FAT: (-102, 900, 620, 560, 190),
    Tissue.MUSCLE: (56, 330, 150, 230, 420),
    Tissue.CORTEX: (1150, 40, 30, 30, 40),
    Tissue.MARROW: (240, 620, 400, 330, 230),
    Tissue.CSF: (7, 130, 960, 60, 900),
    Tissue.GREY: (38, 370, 500, 510, 480),
    Tissue.WHITE: (29, 560, 310, 390, 400),
    Tissue.NUCLEI: (39, 420, 420, 460, 450),
    Tissue.BLOOD: (48, 90, 50, 80, 80),
    Tissue.VESSEL: (230, 90, 50, 80, 80),
    Tissue.BLEED: (70, 640, 720, 880, 700),
    Tissue.VITREOUS: (9, 150, 940, 120, 850),
    Tissue.LENS: (85, 300, 120, 200, 200),
    Tissue.CALCIUM: (320, 60, 40, 50, 50),
    Tissue.DURA: (58, 260, 160, 200, 200),
    Tissue.GLAND: (52, 420, 480, 470, 450),
    Tissue.LUNG: (-865, 20, 20, 20, 20),
    Tissue.LIVER: (106, 420, 260, 280, 350),
    Tissue.SPLEEN: (118, 330, 420, 380, 400),
    Tissue.KIDNEY: (175, 380, 480, 400, 450),
    Tissue.MEDULLA: (125, 320, 560, 420, 480),
    Tissue.PANCREAS: (92, 460, 330, 330, 400),
    Tissue.BOWEL: (78, 340, 350, 330, 380),
    Tissue.CONTENTS: (18, 280, 520, 300, 450),
    Tissue.FLUID: (6, 180, 940, 90, 950),
    Tissue.HEART: (110, 300, 240, 260, 350),
    Tissue.DISC: (85, 280, 180, 200, 250),
    Tissue.CARTILAGE: (95, 430, 420, 380, 620),
    Tissue.TENDON: (80, 60, 50, 50, 70),
    Tissue.TUMOUR: (62, 340, 640, 700, 650),
    Tissue.GAS: (-985, 8, 8, 8, 8),
    Tissue.OEDEMA: (20, 300, 760, 820, 700),
    Tissue.BODY: (-98, 860, 590, 520, 130),
    Tissue.TABLE: (-760, 6, 6, 6, 6),
    Tissue.CONSOLIDATION: (15, 250, 500, 450, 500),
    Tissue.PULP: (80, 300, 640, 420, 560),
    Tissue.PORTAL: (168, 90, 60, 80, 80),
    Tissue.THROMBUS: (45, 400, 300, 350, 350),
}
CT, T1, T2, FLAIR, PD = range(5)


def looks_in(column: int) -> list[int]:
    """The brightness of every tissue in one modality, by label."""
    return [LOOKS[tissue][column] for tissue in Tissue]
