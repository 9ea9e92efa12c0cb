"""Pages of reports at /reading/. Fixed words come before a study's own identifier."""

from django.urls import path

from reports.views import fragments, notes, printing, reading, report, results, signing
from studies import urls as studies_urls  # noqa: F401 — it knows how an identifier looks

app_name = "reports"
urlpatterns = [
    path("", reading.reading_list, name="list"),
    path("next/", reading.read_next, name="next"),
    path("results/", results.results, name="results"),
    path("notes/<int:pk>/", notes.note_of_procedure, name="note_of_procedure"),
    path("notes/<int:pk>/draft/", notes.save_note, name="note_draft"),
    path("of-patient/<int:pk>/", fragments.of_patient, name="of_patient"),
    path("of-study/<study_uid:uid>/", fragments.of_study, name="of_study"),
    path("<study_uid:uid>/", report.report, name="report"),
    path("<study_uid:uid>/claim/", reading.claim, name="claim"),
    path("<study_uid:uid>/release/", reading.release, name="release"),
    path("<study_uid:uid>/read-anyway/", reading.read_anyway, name="read_anyway"),
    path("<study_uid:uid>/draft/", report.autosave, name="autosave"),
    path("<study_uid:uid>/draft/drop/", report.drop, name="drop"),
    path("<study_uid:uid>/later/<str:kind>/", report.later, name="later"),
    path("<study_uid:uid>/sign/", signing.sign, name="sign"),
    path("<study_uid:uid>/retract/", signing.retract, name="retract"),
    path("<study_uid:uid>/no-report/", signing.no_read_required, name="no_read_required"),
    path("<study_uid:uid>/wanted/", signing.read_after_all, name="read_after_all"),
    path("<study_uid:uid>/versions/", report.versions, name="versions"),
    path("<study_uid:uid>/acknowledge/", results.acknowledge, name="acknowledge"),
    path("<study_uid:uid>/report.pdf", printing.pdf, name="pdf"),
]
