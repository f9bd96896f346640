"""The Celery example, waiting for seconds where it would wait for minutes."""

from functools import partial

import guest_list_job
from celery_worker import app, invite_guests

guest_list_job.GuestLinks = partial(guest_list_job.GuestLinks, effect_within=1.0, listed_within=0.1)
invite_guests.default_retry_delay = 0

__all__ = ["app"]
