"""What people may do about their own account here; sign-in itself is allauth's."""

from allauth.usersessions.models import UserSession

from staff.models import User


def choose_theme(user: User, theme: str) -> User:
    """Remember how this person wants the pages to look. A taste, so it leaves no trace."""
    user.theme = theme
    user.full_clean(exclude=["password"])
    user.save(update_fields=["theme"])
    return user


def end_sessions(user: User) -> None:
    """Sign this person out on every computer. What they did stays in the trail."""
    for session in UserSession.objects.filter(user=user):
        session.end()
