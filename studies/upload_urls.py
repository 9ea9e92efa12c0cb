"""Browser upload, at /upload/."""

from django.urls import path

from studies.views import uploads

app_name = "upload"

urlpatterns = [
    path("", uploads.page, name="page"),
    path("start/", uploads.start, name="start"),
    path("<int:pk>/", uploads.batch, name="batch"),
    path("<int:pk>/have/", uploads.have, name="have"),
    path("<int:pk>/files/", uploads.add, name="add"),
    path("<int:pk>/finish/", uploads.finish, name="finish"),
]
