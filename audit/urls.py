from django.urls import path, register_converter

from audit import views
from audit.converters import DayConverter

register_converter(DayConverter, "day")

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("me/", views.own, name="own"),
    path("find/", views.find, name="find"),
    path("export/", views.export, name="export"),
    path("people/<int:pk>/", views.person, name="person"),
    path("records/<str:kind>/<str:key>/", views.record, name="record"),
    path("days/today/", views.today, name="today"),
    path("days/<day:day>/", views.day, name="day"),
]
