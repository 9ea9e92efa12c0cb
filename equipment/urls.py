from django.urls import path

from equipment import views

app_name = "equipment"
urlpatterns = [
    path("", views.device_list, name="list"),
    path("devices/<int:pk>/", views.device, name="device"),
    path("devices/<int:pk>/status/", views.change_status, name="change_status"),
]
