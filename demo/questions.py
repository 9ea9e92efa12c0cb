"""What referrers ask, by procedure."""

QUESTIONS = {
    "CT-HEAD": "Fall on the stairs, takes anticoagulants. Bleeding?",
    "CT-CHEST": "Weight loss, nodule on the radiograph. Staging.",
    "CT-ABD": "Pain in the right lower abdomen for two days, fever. Appendicitis?",
    "MR-HEAD": "New headache, worse in the morning. Mass?",
    "MR-KNEE": "Twisted while skiing, locks. Meniscus?",
    "MR-LSPINE": "Pain to the left foot, weak dorsiflexion. Disc prolapse L4/5?",
    "DX-CHEST": "Cough and fever for a week. Infiltrate?",
    "DX-HAND": "Caught in a door. Fracture?",
    "DX-HIP": "Fell at home, leg shortened and turned out. Fracture of the neck of femur?",
    "US-ABD": "Colic after meals. Gallstones?",
    "US-THY": "Lump noticed by the patient. Nodule?",
    "MG-SCREEN": "Screening round.",
    "XA-CORO": "Angina at rest, troponin slightly raised.",
}
