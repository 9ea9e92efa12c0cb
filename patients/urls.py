from django.urls import path

from patients.views import correcting, finding, record, registering, safety

app_name = "patients"
urlpatterns = [
    path("", finding.patient_list, name="list"),
    path("found/", finding.found, name="found"),
    path("pick/", finding.pick, name="pick"),
    path("new/", registering.register, name="register"),
    path("new/likely/", registering.likely, name="likely"),
    path("<int:pk>/", record.patient, name="patient"),
    path("<int:pk>/banner/", record.banner, name="banner"),
    path("<int:pk>/correct/", correcting.correct, name="correct"),
    path("<int:pk>/correct/differences/", correcting.compare, name="differences"),
    path("<int:pk>/identifiers/new/", correcting.add_identifier, name="add_identifier"),
    path("identifiers/<int:pk>/remove/", correcting.remove_identifier, name="remove_identifier"),
    path("<int:pk>/safety/", safety.safety, name="safety"),
    path("<int:pk>/alerts/new/", safety.note_alert, name="note_alert"),
    path("alerts/<int:pk>/confirm/", safety.confirm_alert, name="confirm_alert"),
    path("alerts/<int:pk>/end/", safety.end_alert, name="end_alert"),
]
