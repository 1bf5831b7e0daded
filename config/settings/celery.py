"""Celery's settings. The database row is the job: Valkey carries the bell that says "look", nothing else."""

import environ

env = environ.Env()

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "work"
# Exports take minutes and must not stand before a gift; a queue that nobody listens to is refused.
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("work", "exports")}
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# A task that was handed out is kept until it has ended, also when its process is killed.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Every task ends long before the broker would hand it out a second time.
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
# By queue where it differs, in seconds; still shorter than the broker waits before it hands a task out again.
QUEUE_LIMITS = {"exports": {"soft_time_limit": 540, "time_limit": 570}}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # Ringing the bell happens inside requests: give up at once, the next tick finds the row.
    "socket_timeout": 2,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
}
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# None: a worker waits for its broker for ever; its absence costs latency and no work.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False

CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# Re-use the database connection between tasks: opening one costs more than most tasks do.
CELERY_DB_REUSE_MAX = 500
