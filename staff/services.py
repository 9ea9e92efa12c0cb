"""What people may do about their own account here; sign-in itself is allauth's."""

from staff.models import User


def choose_theme(user: User, theme: str) -> User:
    """Remember how this person wants the pages to look. A taste, so it leaves no trace."""
    user.theme = theme
    user.full_clean(exclude=["password"])
    user.save(update_fields=["theme"])
    return user
