"""Django's admin with our own site in it."""

from django.contrib.admin.apps import AdminConfig


class SettingsPagesConfig(AdminConfig):
    default_site = "imaging_dept.admin_site.SettingsSite"
