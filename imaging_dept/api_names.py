"""Names in the description of the API that it could not find by itself."""

# Choices that several nouns call by the same word, and what programs call them.
ENUM_NAMES = {
    "AlertKindEnum": "patients.models.Alert.Kind",
    "IdentifierKindEnum": "patients.models.Identifier.Kind",
    "ReasonCodeEnum": "worklist.reasons.REASONS",
    "SexEnum": "patients.models.Patient.Sex",
    "DeviceStatusEnum": "equipment.models.Device.Status",
    "MaintenanceKindEnum": "equipment.models.MaintenanceKind",
    "MaintenanceStatusEnum": "equipment.models.MaintenanceEntry.Status",
    "OrderStatusEnum": "worklist.models.Order.Status",
    "ProcedureStatusEnum": "worklist.models.ScheduledProcedure.Status",
    "PerformedStatusEnum": "worklist.models.PerformedProcedure.Status",
    "CheckKindEnum": "worklist.models.Check.Kind",
    "DiscrepancyKindEnum": "worklist.models.Discrepancy.Kind",
    "QuestionKindEnum": "worklist.models.Question.Kind",
    "ContrastKindEnum": "worklist.models.ContrastAgent.Kind",
    "StudyStatusEnum": "studies.models.Study.Status",
    "InstanceKindEnum": "studies.models.Instance.Kind",
    "CommitmentStatusEnum": "studies.models.Commitment.Status",
    "CommitmentSourceEnum": "studies.models.Commitment.Source",
    "TransferStatusEnum": "studies.models.Transfer.Status",
    "PerformedSourceEnum": "worklist.models.PerformedProcedure.Source",
    "ReportStatusEnum": "reports.models.Report.Status",
    "VersionKindEnum": "reports.models.ReportVersion.Kind",
}
