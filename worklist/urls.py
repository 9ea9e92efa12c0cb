from django.urls import include, path

from worklist import urls_examination
from worklist.views import board, open_steps, orders, procedure, schedule, stranded, verbs

app_name = "worklist"
urlpatterns = [
    path("", board.board, name="board"),
    path("found/", board.found, name="found"),
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule/events/", schedule.schedule_events, name="schedule_events"),
    path("procedures/<int:pk>/move/", schedule.move, name="move"),
    path("orders/", orders.orders, name="orders"),
    path("orders/here/", orders.orders_here, name="orders_here"),
    path("orders/new/", orders.place_order, name="place_order"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/book/", orders.book, name="book"),
    path("orders/<int:pk>/cancel/", orders.cancel_order, name="cancel_order"),
    path("walk-in/", orders.walk_in, name="walk_in"),
    path("stranded/<int:pk>/", stranded.stranded, name="stranded"),
    path("stranded/<int:pk>/move/", stranded.move_stranded, name="move_stranded"),
    path("stranded/<int:pk>/hold/", stranded.hold_stranded, name="hold_stranded"),
    path("open/", open_steps.open_steps, name="open_steps"),
    path("open/decide/", open_steps.decide, name="decide"),
    path("open/discrepancies/<int:pk>/settle/", open_steps.settle, name="settle"),
    path("of-patient/<int:pk>/", board.of_patient, name="of_patient"),
    path("of-device/<int:pk>/", board.of_device, name="of_device"),
    path("procedures/<int:pk>/", procedure.procedure, name="procedure"),
    path("procedures/<int:pk>/", include(urls_examination.urlpatterns)),
    path("procedures/<int:pk>/history/", procedure.history, name="history"),
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
