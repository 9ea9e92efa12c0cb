from django.urls import path

from staff import views

app_name = "staff"
urlpatterns = [
    path("", views.home, name="home"),
    path("me/theme/", views.theme, name="theme"),
    path("me/frame/", views.frame_parts, name="frame_parts"),
    path("me/security/", views.security, name="security"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
