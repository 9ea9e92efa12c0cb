"""Permissions come out as Django itself would find them, by one query."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Permission

from staff.backends import OneQuestionBackend
from staff.models import User
from staff.roles import ROLES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["", *ROLES])
def test_the_answer_is_the_one_that_django_gives(person, role, django_assert_num_queries):
    user = person(role)
    user.user_permissions.add(Permission.objects.get(codename="view_styleguide"))
    by_django = ModelBackend().get_all_permissions(User.objects.get(pk=user.pk))

    asked = User.objects.get(pk=user.pk)
    with django_assert_num_queries(1):
        found = {name for name in by_django if asked.has_perm(name)}

    assert found == by_django == OneQuestionBackend().get_all_permissions(asked)
    assert "staff.view_styleguide" in found


def test_who_left_may_do_nothing(person):
    user = person("Technician")
    user.is_active = False

    assert not user.has_perm("studies.view_study")


def test_a_superuser_may_do_everything_and_nobody_nothing(person):
    user = person()
    user.is_superuser = True

    assert user.has_perm("studies.view_study")
    assert "studies.view_study" in user.get_all_permissions()
    assert OneQuestionBackend().get_all_permissions(AnonymousUser()) == set()


def test_another_role_counts_from_the_next_request_on(person):
    user = person("Engineer")
    assert not user.has_perm("studies.view_study")

    user.groups.set(person("Technician").groups.all())

    assert User.objects.get(pk=user.pk).has_perm("studies.view_study")
