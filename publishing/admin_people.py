"""The people of the newsroom: their groups say what they may do, their remit says for which content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from publishing.languages import language_choices
from publishing.records import Remit
from publishing.registry import kinds

admin.site.unregister(User)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.key, kind.label) for kind in kinds()]


class RemitForm(forms.ModelForm[Remit]):
    """Nothing ticked means no limit."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all languages. Versions in other languages can be read, but not changed."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of content"),
        choices=kind_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all kinds. Other kinds can be read, but not changed."),
    )

    class Meta:
        model = Remit
        fields = ("languages", "kinds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("languages", "kinds"):
            self._keep_offering(name, getattr(self.instance, name))

    def _keep_offering(self, name: str, chosen: Iterable[str]) -> None:
        """A language that the site no longer has stays ticked: without it, the limit would silently be gone."""
        field: Any = self.fields[name]
        offered = list(field.choices)
        field.choices = [*offered, *((code, code) for code in chosen if code not in dict(offered))]


class RemitInline(admin.StackedInline[Remit, User]):
    model = Remit
    form = RemitForm
    can_delete = False
    min_num = 1
    verbose_name = verbose_name_plural = _("What this person looks after")

    # Whoever may change a person may change what that person looks after.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user")


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Django's own, but nobody makes themselves or others more than they are."""

    inlines = (RemitInline,)
    list_display = ("username", "first_name", "last_name", "email", "group_names", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("groups"))
    def group_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who is no superuser makes none, and gives rights by groups only."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if _is_superuser(request) else (*fixed, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's name and password are changed by a superuser."""
        return super().has_change_permission(request, obj) and _is_no_more_than(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_no_more_than(request, obj)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


def _is_no_more_than(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_superuser or _is_superuser(request)
