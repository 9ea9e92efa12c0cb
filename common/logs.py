"""Log lines as JSON, one a line, with keys instead of patients."""

import logging
from typing import Any

import structlog

FORBIDDEN = frozenset({"patient_name", "patient_id", "birth_date", "name", "password", "token"})


def drop_identities(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out fields that could name a patient or open a door."""
    kept = {key: value for key, value in event.items() if key.lower() not in FORBIDDEN}
    if isinstance(kept.get("request"), str):  # a search has the name it looks for in its address
        kept["request"] = kept["request"].partition("?")[0]
    return kept


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_identities,
]


def formatter() -> logging.Formatter:
    """The formatter that settings.LOGGING names."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def configure() -> None:
    """Send structlog's own loggers through the same handlers. Called once, by common.apps."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
