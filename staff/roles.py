"""Who may do what, as one table. Groups in the database are made from it on migrate."""

READ_PATIENTS = {"patients.view_patient", "studies.view_study", "worklist.view_scheduledprocedure"}
SEE_EQUIPMENT = {"equipment.view_device"}

EVERYBODY = {"audit.view_own_entry"}  # what one did oneself is never a secret

ROLES: dict[str, set[str]] = {
    "Technician": READ_PATIENTS
    | SEE_EQUIPMENT
    | {
        "patients.add_patient",
        "patients.correct_patient",
        "patients.note_alert",
        "equipment.report_fault",
        "worklist.perform_procedure",
        "worklist.register_arrival",
        "worklist.place_order",
        "worklist.book_procedure",
        "worklist.override_screening",
        "worklist.settle_discrepancy",
        "worklist.view_worklistquery",
        "studies.add_upload",
        "studies.view_incomingfile",
        "studies.resolve_incomingfile",
        "studies.match_study",
        "studies.review_image",
        "studies.view_transfer",
        "studies.send_study",
        "studies.fetch_study",
        "reports.view_report",
        "reports.write_note",
    },
    "Radiologist": READ_PATIENTS
    | SEE_EQUIPMENT
    | {
        "patients.note_alert",
        "equipment.report_fault",
        "worklist.override_screening",
        "studies.read_study",
        "studies.add_upload",
        "studies.view_incomingfile",
        "studies.review_image",
        "studies.view_transfer",
        "studies.send_study",
        "studies.fetch_study",
        "reports.view_report",
        "reports.write_report",
        "reports.sign_report",
        "reports.write_note",
    },
    "Referrer": {
        "patients.view_own_patient",
        "studies.view_own_study",
        "worklist.view_own_order",
        "worklist.place_order",
        "reports.view_own_report",
        "reports.acknowledge_report",
    },
    "Scheduler": {
        "patients.view_patient",
        "patients.add_patient",
        "patients.correct_patient",
        "patients.note_alert",
        "equipment.report_fault",
        "equipment.block_device",
        "worklist.view_scheduledprocedure",
        "worklist.register_arrival",
        "worklist.place_order",
        "worklist.book_procedure",
        "worklist.cancel_procedure",
        "worklist.settle_discrepancy",
    }
    | SEE_EQUIPMENT,
    "Engineer": SEE_EQUIPMENT
    | {
        "worklist.view_scheduledprocedure",
        "worklist.view_worklistquery",
        "equipment.change_device",
        "equipment.view_node",
        "equipment.report_fault",
        "equipment.log_maintenance",
        "equipment.block_device",
    },
    "Administrator": READ_PATIENTS
    | SEE_EQUIPMENT
    | {
        "audit.export_entry",
        "audit.view_entry",
        "patients.correct_patient",
        "equipment.change_device",
        "equipment.view_node",
        "equipment.report_fault",
        "equipment.log_maintenance",
        "equipment.block_device",
        "staff.view_styleguide",
        "staff.view_user",
        "studies.view_incomingfile",
        "studies.resolve_incomingfile",
        "studies.add_upload",
        "studies.match_study",
        "studies.view_transfer",
        "studies.send_study",
        "studies.fetch_study",
        "worklist.settle_discrepancy",
        "worklist.view_worklistquery",
        "reports.view_report",
    },
}
for held in ROLES.values():
    held.update(EVERYBODY)

# What administrators keep in Django admin: configuration and people, never clinical records.
CONFIGURATION = {
    "staff.user",
    "staff.apitoken",
    "equipment.room",
    "equipment.device",
    "equipment.node",
    "equipment.openinghours",
    "equipment.maintenanceplan",
    "patients.askagain",
    "worklist.proceduretype",
    "worklist.proceduretext",
    "worklist.expectedview",
    "worklist.questionnaire",
    "worklist.question",
    "worklist.contrastagent",
    "reports.reporttemplate",
    "reports.readingtarget",
}
