"""Who may do what, as one table. Groups in the database are made from it on migrate."""

READ_PATIENTS = {"patients.view_patient", "studies.view_study", "worklist.view_scheduledprocedure"}
SEE_EQUIPMENT = {"equipment.view_device"}

ROLES: dict[str, set[str]] = {
    "Technician": READ_PATIENTS
    | SEE_EQUIPMENT
    | {
        "worklist.perform_procedure",
        "worklist.register_arrival",
        "studies.add_upload",
        "studies.view_incomingfile",
        "studies.resolve_incomingfile",
        "studies.match_study",
    },
    "Radiologist": READ_PATIENTS
    | SEE_EQUIPMENT
    | {"studies.read_study", "studies.add_upload", "studies.view_incomingfile"},
    "Referrer": {"patients.view_own_patient", "studies.view_own_study", "worklist.view_own_order"},
    "Scheduler": {
        "patients.view_patient",
        "patients.add_patient",
        "worklist.view_scheduledprocedure",
        "worklist.register_arrival",
        "worklist.place_order",
        "worklist.cancel_procedure",
    }
    | SEE_EQUIPMENT,
    "Engineer": SEE_EQUIPMENT
    | {"worklist.view_scheduledprocedure", "equipment.change_device", "equipment.view_node"},
    "Administrator": READ_PATIENTS
    | SEE_EQUIPMENT
    | {
        "audit.view_entry",
        "equipment.change_device",
        "equipment.view_node",
        "staff.view_styleguide",
        "staff.view_user",
        "studies.view_incomingfile",
        "studies.resolve_incomingfile",
        "studies.add_upload",
        "studies.match_study",
    },
}

# What administrators keep in Django admin: configuration and people, never clinical records.
CONFIGURATION = {
    "staff.user",
    "staff.apitoken",
    "equipment.room",
    "equipment.device",
    "equipment.node",
    "worklist.proceduretype",
}
