"""How each procedure is prepared and positioned, and what the patient is told: in four languages.

Preparation goes by what is needed, positioning by the part of the body.
"""

PREPARATION = {
    "CT": "Metal out of the region. Ask about pregnancy.",
    "CT-CHEST": "Earlier reactions, eGFR not older than three months, metformin. 18–20 G cannula.",
    "CT-ABD": "Earlier reactions, eGFR not older than three months, metformin. 18–20 G cannula.",
    "MR": "Two screenings for implants and metal, the second one spoken. Change of clothes. "
    "Ear protection.",
    "DX": "Jewellery, buttons and prostheses out of the field. Ask about pregnancy.",
    "US-ABD": "Fasting for six hours.",
    "US-THY": "None. Neck free of chains.",
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
KINDS = {
    "CT-HEAD": ("CT", "HEAD"),
    "CT-CHEST": ("CONTRAST", "CHEST"),
    "CT-ABD": ("CONTRAST", "ABDOMEN"),
    "MR-HEAD": ("MR", "HEAD"),
    "MR-KNEE": ("MR", "KNEE"),
    "MR-LSPINE": ("MR", "LSPINE"),
    "DX-CHEST": ("DX", "CHEST"),
    "DX-HAND": ("DX", "HAND"),
    "DX-HIP": ("DX", "HIP"),
    "US-ABD": ("US-ABD", "ABDOMEN"),
    "US-THY": ("US-THY", "THYROID"),
    "MG-SCREEN": ("MG", "BREAST"),
    "XA-CORO": ("XA", "HEART"),
}

# what it is like for the patient, by kind and language
SAID = {
    "CT": {
        "en": "You lie still for five minutes; the table moves. It does not hurt.",
        "de": "Sie liegen fünf Minuten still, die Liege bewegt sich. Es tut nicht weh.",
        "fr": "Vous restez allongé cinq minutes sans bouger ; la table avance. Cela ne "
        "fait pas mal.",
        "es": "Estará tumbado cinco minutos sin moverse; la mesa se desplaza. No duele.",
    },
    "CONTRAST": {
        "en": "Contrast goes into a vein of your arm; you will feel warm for a moment. Tell us at "
        "once if you itch or cannot breathe well.",
        "de": "Sie bekommen Kontrastmittel in eine Armvene, dabei wird Ihnen kurz warm. Sagen Sie "
        "sofort Bescheid, wenn es juckt oder Sie schlecht Luft bekommen.",
        "fr": "Un produit de contraste est injecté dans une veine du bras ; vous aurez chaud un "
        "instant. Prévenez-nous aussitôt en cas de démangeaisons ou de gêne respiratoire.",
        "es": "Se inyecta contraste en una vena del brazo; sentirá calor un momento. Avise "
        "enseguida si nota picor o le cuesta respirar.",
    },
    "MR": {
        "en": "It is loud and narrow; you have a bell in your hand and can speak with us at any "
        "time. Nothing made of metal comes with you.",
        "de": "Es ist laut und eng; Sie halten eine Klingel und können jederzeit mit uns sprechen. "
        "Alles aus Metall bleibt draußen.",
        "fr": "C’est bruyant et étroit ; vous tenez une sonnette et pouvez nous parler à tout "
        "moment. Aucun objet métallique n’entre avec vous.",
        "es": "Es ruidoso y estrecho; tendrá un timbre en la mano y puede hablarnos en cualquier "
        "momento. No entre con nada de metal.",
    },
    "DX": {
        "en": "Hold still while the picture is taken; it takes a second.",
        "de": "Bitte kurz stillhalten, die Aufnahme dauert eine Sekunde.",
        "fr": "Ne bougez plus pendant le cliché : cela dure une seconde.",
        "es": "No se mueva durante la radiografía; dura un segundo.",
    },
    "US-ABD": {
        "en": "Eat nothing for six hours before; water is allowed. The gel is cold.",
        "de": "Bitte sechs Stunden vorher nichts essen, Wasser ist erlaubt. Das Gel ist kalt.",
        "fr": "Ne mangez rien pendant six heures avant ; l’eau est permise. Le gel est froid.",
        "es": "No coma nada seis horas antes; puede beber agua. El gel está frío.",
    },
    "US-THY": {
        "en": "You lie with your neck stretched. The gel is cold.",
        "de": "Sie liegen mit gestrecktem Hals. Das Gel ist kalt.",
        "fr": "Vous êtes allongé, le cou tendu. Le gel est froid.",
        "es": "Estará tumbado con el cuello estirado. El gel está frío.",
    },
    "MG": {
        "en": "The breast is pressed for a few seconds. Please use no deodorant on that day.",
        "de": "Die Brust wird einige Sekunden zusammengedrückt. Bitte an diesem Tag "
        "kein Deodorant.",
        "fr": "Le sein est comprimé quelques secondes. Pas de déodorant ce jour-là, "
        "s’il vous plaît.",
        "es": "La mama se comprime unos segundos. Ese día no use desodorante, por favor.",
    },
    "XA": {
        "en": "Eat nothing for six hours before. You are awake; the wrist or groin is numbed.",
        "de": "Bitte sechs Stunden nüchtern. Sie sind wach; Handgelenk oder Leiste wird betäubt.",
        "fr": "Restez à jeun six heures. Vous êtes éveillé ; le poignet ou l’aine est anesthésié.",
        "es": "En ayunas seis horas. Estará despierto; se anestesia la muñeca o la ingle.",
    },
}
PREPARED = {
    "CT": {
        "de": "Metall aus dem Untersuchungsgebiet. Nach Schwangerschaft fragen.",
        "fr": "Retirer le métal de la région. Demander une éventuelle grossesse.",
        "es": "Retirar el metal de la región. Preguntar por embarazo.",
    },
    "CONTRAST": {
        "de": "Frühere Reaktionen, eGFR nicht älter als drei Monate, Metformin. Kanüle 18–20 G.",
        "fr": "Réactions antérieures, DFG de moins de trois mois, metformine. Cathéter 18–20 G.",
        "es": "Reacciones previas, FGe de menos de tres meses, metformina. Cánula 18–20 G.",
    },
    "MR": {
        "de": "Zweimal nach Implantaten und Metall fragen, das zweite Mal im Gespräch. "
        "Umkleiden. Gehörschutz.",
        "fr": "Deux contrôles pour implants et métal, le second de vive voix. Se changer. "
        "Protection auditive.",
        "es": "Dos cribados de implantes y metal, el segundo de viva voz. Cambio de ropa. "
        "Protección auditiva.",
    },
    "DX": {
        "de": "Schmuck, Knöpfe und Prothesen aus dem Feld. Nach Schwangerschaft fragen.",
        "fr": "Retirer bijoux, boutons et prothèses du champ. Demander une éventuelle grossesse.",
        "es": "Retirar joyas, botones y prótesis del campo. Preguntar por embarazo.",
    },
    "US-ABD": {
        "de": "Sechs Stunden nüchtern.",
        "fr": "À jeun depuis six heures.",
        "es": "En ayunas seis horas.",
    },
    "US-THY": {
        "de": "Keine. Ketten vom Hals nehmen.",
        "fr": "Aucune. Retirer les colliers.",
        "es": "Ninguna. Retirar collares.",
    },
    "MG": {
        "de": "Heute kein Deodorant oder Puder. Nach Operationen und Implantaten der Brust fragen.",
        "fr": "Ni déodorant ni talc. Demander chirurgie et implants mammaires.",
        "es": "Sin desodorante ni talco. Preguntar por cirugía e implantes mamarios.",
    },
    "XA": {
        "de": "Einwilligung unterschrieben, Gerinnung bekannt, sechs Stunden nüchtern, Leiste und "
        "Handgelenk rasiert.",
        "fr": "Consentement signé, coagulation connue, à jeun six heures, aine et poignet rasés.",
        "es": "Consentimiento firmado, coagulación conocida, ayunas de seis horas, ingle y muñeca "
        "rasuradas.",
    },
}
LAID = {
    "HEAD": {
        "de": "Rückenlage, Kopf voran, Orbitomeatallinie senkrecht, Kinn leicht "
        "gesenkt, Kopf fixiert.",
        "fr": "Décubitus dorsal, tête première, ligne orbito-méatale verticale, tête fixée.",
        "es": "Decúbito supino, cabeza primero, línea orbitomeatal vertical, cabeza fijada.",
    },
    "CHEST": {
        "de": "Arme hoch und aus dem Feld, tief einatmen, Luft anhalten.",
        "fr": "Bras levés hors du champ, inspiration profonde, bloquer la respiration.",
        "es": "Brazos arriba fuera del campo, inspiración profunda, contener la respiración.",
    },
    "ABDOMEN": {
        "de": "Rückenlage, Füße voran, Arme über dem Kopf; vom Zwerchfell bis zur Symphyse.",
        "fr": "Décubitus dorsal, pieds premiers, bras au-dessus de la tête ; du diaphragme à la "
        "symphyse.",
        "es": "Decúbito supino, pies primero, brazos sobre la cabeza; del diafragma a la sínfisis.",
    },
    "KNEE": {
        "de": "Rückenlage, Füße voran, Knie 10–15° gebeugt in der Spule, Zehen nach "
        "oben, gepolstert.",
        "fr": "Décubitus dorsal, pieds premiers, genou fléchi de 10–15° dans l’antenne, calé.",
        "es": "Decúbito supino, pies primero, rodilla a 10–15° de flexión en la "
        "antena, almohadillada.",
    },
    "LSPINE": {
        "de": "Rückenlage, Kopf voran, Beine über dem Kissen, Zentrum 5 cm über dem Beckenkamm.",
        "fr": "Décubitus dorsal, tête première, jambes sur le coussin, centrer 5 cm au-dessus "
        "de la "
        "crête iliaque.",
        "es": "Decúbito supino, cabeza primero, piernas sobre el cojín, centro 5 cm sobre la "
        "cresta "
        "ilíaca.",
    },
    "HAND": {
        "de": "Sitzend am Tisch. PA: Handfläche flach, Finger gespreizt. Schräg: 45° auf dem Keil.",
        "fr": "Assis près de la table. PA : paume à plat, doigts écartés. Oblique : "
        "45° sur la cale.",
        "es": "Sentado junto a la mesa. PA: palma plana, dedos separados. Oblicua: 45° en la cuña.",
    },
    "HIP": {
        "de": "Rückenlage, Zehen 15° nach innen; zweite Aufnahme mit gebeugter, "
        "abgespreizter Hüfte.",
        "fr": "Décubitus dorsal, orteils 15° en dedans ; second cliché hanche fléchie "
        "en abduction.",
        "es": "Decúbito supino, dedos 15° hacia dentro; segunda proyección con cadera flexionada y "
        "abducida.",
    },
    "THYROID": {
        "de": "Rückenlage, Hals über einem Kissen gestreckt.",
        "fr": "Décubitus dorsal, cou en extension sur un coussin.",
        "es": "Decúbito supino, cuello extendido sobre una almohada.",
    },
    "BREAST": {
        "de": "Stehend. CC: Mamille im Profil, Brustwand sichtbar. MLO: Pektoralis bis "
        "zur Mamille.",
        "fr": "Debout. CC : mamelon de profil, paroi visible. MLO : pectoral jusqu’au mamelon.",
        "es": "De pie. CC: pezón de perfil, pared visible. MLO: pectoral hasta el pezón.",
    },
    "HEART": {
        "de": "Rückenlage, rechter Arm auf der Schiene, Strahlenschutz unten, EKG aus dem Feld.",
        "fr": "Décubitus dorsal, bras droit sur l’appui, écran baissé, électrodes hors du champ.",
        "es": "Decúbito supino, brazo derecho en el soporte, pantalla bajada, electrodos fuera del "
        "campo.",
    },
}
LANGUAGES = ("de", "fr", "es")
TOLD = {code: SAID[kind]["en"] for code, (kind, _part) in KINDS.items()}
TRANSLATED = {
    code: {
        language: {
            "preparation": PREPARED[kind][language],
            "positioning": LAID[part][language],
            "instructions": SAID[kind][language],
        }
        for language in LANGUAGES
    }
    for code, (kind, part) in KINDS.items()
}
