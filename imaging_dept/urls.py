"""Every page prefix and the API router."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from common import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
