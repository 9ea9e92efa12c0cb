"""Every page prefix and the API router."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from common import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("dicom-web/", include("gateway.urls")),  # first: a study's frames are the most requests
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("", include("staff.urls")),
    path("accounts/", include("allauth.urls")),
    path("upload/", include("studies.upload_urls")),
    path("studies/", include("studies.urls")),
    path("viewer/", include("studies.viewer_urls")),
    path("transfers/", include("gateway.page_urls")),
    path("admin/", admin.site.urls),
    path("worklist/", include("worklist.urls")),
    path("patients/", include("patients.urls")),
    path("equipment/", include("equipment.urls")),
    path("reading/", include("reports.urls")),
    path("audit/", include("audit.urls")),
    path("api/", include(("imaging_dept.api", "api"))),
]

handler404 = "common.answers.not_found"
handler500 = "common.answers.server_error"
