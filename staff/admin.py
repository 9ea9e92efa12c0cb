"""People and the tokens of their programs. What a role may do stands in staff/roles.py."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import Recorded
from staff.models import ApiToken, User
from staff.services import end_sessions

ROLES = _(
    "What each role is for. Technician: receives, asks, examines, takes images. Radiologist: reads "
    "and signs. Referrer: asks for examinations and sees their results. Scheduler: registers, "
    "books, moves. Engineer: keeps machines running. Administrator: people, catalogues, the trail, "
    "and these settings (with staff status). One person may hold several."
)
LEAVING = _(
    "Somebody who leaves is made inactive, so that the trail stays: they are signed out everywhere "
    "at once, and their programs' tokens no longer open anything."
)


class TokensOfPerson(admin.TabularInline):  # type: ignore[type-arg]
    """The programs that act for this person. `manage.py api_token` makes more."""

    model = ApiToken
    fields = ("label", "is_active", "created_at", "last_used_at")
    readonly_fields = ("created_at", "last_used_at")
    extra = 0
    can_delete = False
    verbose_name_plural = _("Tokens of programs (take the tick away to withdraw one)")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(Recorded, UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    """A person's roles are their groups; single permissions are not given out one by one."""

    list_display = ("username", "first_name", "last_name", "role_names", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_staff", "last_login")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "theme")}),
        (_("Roles"), {"fields": ("groups", "is_staff", "is_superuser"), "description": ROLES}),
        (_("Works here"), {"fields": ("is_active",), "description": LEAVING}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        (_("Roles"), {"fields": ("groups", "is_staff"), "description": ROLES}),
        (_("First password"), {"fields": ("usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}
    inlines = (TokensOfPerson,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        """Only who stands above all roles may put somebody above all roles."""
        return self.readonly_fields + (() if request.user.is_superuser else ("is_superuser",))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_sessions(obj)

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        return ", ".join(person.roles)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody gets above their own roles by setting the password of who stands above them."""
        is_above = isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(Recorded):
    """Tokens are made by `manage.py api_token`, which shows them once; here they are withdrawn."""

    list_select_related = ("user",)
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
