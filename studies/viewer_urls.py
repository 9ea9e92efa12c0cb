"""The viewer, at /viewer/?StudyInstanceUIDs=<uid>[,<uid>…]."""

from django.urls import path

from studies.views import viewer

app_name = "viewer"

urlpatterns = [path("", viewer.viewer, name="viewer")]
