"""People and the tokens of their programs. What a role may do stands in staff/roles.py."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.models import ApiToken, User


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    """A person's roles are their groups; single permissions are not given out one by one."""

    list_display = ("username", "first_name", "last_name", "role_names", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "theme")}),
        (
            _("Roles"),
            {
                "fields": ("is_active", "groups", "is_staff", "is_superuser"),
                "description": _("Somebody who leaves is made inactive, so that the trail stays."),
            },
        ),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        """Only who stands above all roles may put somebody above all roles."""
        return self.readonly_fields + (() if request.user.is_superuser else ("is_superuser",))

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        return ", ".join(person.roles)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens are made by `manage.py api_token`, which shows them once; here they are withdrawn."""

    list_display = ("user", "label", "is_active", "created_at", "last_used_at")
    list_filter = ("is_active",)
    search_fields = ("user__username", "label")
    readonly_fields = ("user", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class RoleAdmin(GroupAdmin):
    """Roles are made from the table in staff/roles.py after every migrate."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


admin.site.unregister(Group)
admin.site.register(Group, RoleAdmin)
admin.site.site_header = _("Imaging department: settings")
admin.site.site_title = _("Settings")
admin.site.index_title = _("Rooms, machines, catalogue, people")
