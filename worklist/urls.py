from django.urls import path

from worklist.views import board, procedure, verbs

app_name = "worklist"
urlpatterns = [
    path("", board.board, name="board"),
    path("found/", board.found, name="found"),
    path("of-patient/<int:pk>/", board.of_patient, name="of_patient"),
    path("of-device/<int:pk>/", board.of_device, name="of_device"),
    path("procedures/<int:pk>/", procedure.procedure, name="procedure"),
    path("procedures/<int:pk>/arrive/", verbs.arrive, name="arrive"),
    path("procedures/<int:pk>/ready/", verbs.ready, name="ready"),
    path("procedures/<int:pk>/hold/", verbs.hold, name="hold"),
    path("procedures/<int:pk>/resume/", verbs.resume, name="resume"),
    path("procedures/<int:pk>/start/", verbs.start, name="start"),
    path("procedures/<int:pk>/complete/", verbs.complete, name="complete"),
    path("procedures/<int:pk>/discontinue/", verbs.discontinue, name="discontinue"),
    path("procedures/<int:pk>/cancel/", verbs.cancel, name="cancel"),
    path("procedures/<int:pk>/no-show/", verbs.no_show, name="no_show"),
]
