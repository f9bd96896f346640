"""The taskiq example, waiting for seconds where it would wait for minutes or hours."""

from functools import partial

import guest_list_job
import taskiq_worker
from taskiq_worker import broker

guest_list_job.GuestLinks = partial(guest_list_job.GuestLinks, effect_within=1.0, listed_within=0.1)
taskiq_worker.PAUSE_SECONDS = 0.1
broker.idle_timeout = 100

__all__ = ["broker"]
