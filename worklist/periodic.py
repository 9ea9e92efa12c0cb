"""What the clock starts."""

from celery import shared_task

from worklist import services


@shared_task(soft_time_limit=600, time_limit=660)
def propose_outcomes() -> int:
    """Propose an end for every step of days past that nobody ended."""
    return services.propose_outcomes()


@shared_task
def forget_queries() -> int:
    """Delete what machines asked the worklist for days ago."""
    return services.forget_queries()
