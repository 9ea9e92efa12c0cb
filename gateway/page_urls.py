"""Pages at /transfers/: images that travel, and the machines they travel between."""

from django.urls import path

import studies.urls  # noqa: F401 - it knows what an identifier looks like in an address
from gateway.pages import elsewhere, machines, transfers

app_name = "transfers"
urlpatterns = [
    path("", transfers.transfer_list, name="list"),
    path("<int:pk>/cancel/", transfers.cancel, name="cancel"),
    path("<int:pk>/retry/", transfers.retry, name="retry"),
    path("of-study/<study_uid:uid>/", transfers.of_study, name="of_study"),
    path("of-study/<study_uid:uid>/send/", transfers.send, name="send"),
    path("elsewhere/<int:pk>/", elsewhere.elsewhere, name="elsewhere"),
    path("elsewhere/<int:pk>/<int:node_pk>/ask/", elsewhere.ask, name="ask"),
    path("elsewhere/<int:pk>/<int:node_pk>/fetch/", elsewhere.fetch, name="fetch"),
    path("machines/", machines.machines, name="machines"),
    path("machines/device/<int:pk>/", machines.answering_device, name="answering_device"),
    path("machines/device/<int:pk>/echo/", machines.echo_device, name="echo_device"),
    path("machines/node/<int:pk>/echo/", machines.echo_node, name="echo_node"),
]
