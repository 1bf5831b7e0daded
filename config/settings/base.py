"""Settings shared by every way of running; everything that differs comes from the environment."""

from pathlib import Path

import drf_spectacular_sidecar
import environ

from config.settings.databases import databases

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
MAIL_DIR = DATA_DIR / "mail"
MEDIA_ROOT = DATA_DIR / "media"

SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BASE_URL = env.str("BASE_URL", f"http://{env.str('HOST', '127.0.0.1')}:{env.str('PORT', '8000')}")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# Multiplies every rate limit, so that a benchmark measures the product and not its brakes.
RATE_LIMIT_FACTOR = env.float("RATE_LIMIT_FACTOR", 1.0)
# Whoever asks /metrics brings it; without one there is no such address.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
OUTBOUND_ALLOW_PRIVATE = env.bool("OUTBOUND_ALLOW_PRIVATE", False)

# Fault points of the kill tests; a system check refuses this outside tests.
ALLOW_FAULTS = False
# Switches the merchant's managers off to prove that row level security alone holds; tests only.
TENANCY_FILTERS_OFF = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "drf_spectacular",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "ui",
    "tenancy",
    "customers",
    "jobs",
    "ledger",
    "codes",
    "messaging",
    "triggers",
    "claims_center",
    "loyalty",
    "offers",
    "cockpit",
    "exports",
    "pos",
    "guide",
    "config",
]

MIDDLEWARE = [
    "config.health.ProbeMiddleware",
    "tenancy.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ui.csp.ContentSecurityPolicyMiddleware",
    "tenancy.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ui.htmx.DialogMiddleware",
    # Last, so that its process_view opens the merchant's door around the view and nothing else.
    "tenancy.middleware.MerchantMiddleware",
]

# What a call of the API passes through: it has no session, no form and no template. In the same order as above.
API_MIDDLEWARE = [
    "tenancy.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ui.csp.ContentSecurityPolicyMiddleware",
    "tenancy.middleware.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenancy.middleware.MerchantMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenancy.context.merchant",
                "config.navigation.navigation",
                "guide.context.guide",
            ],
            # Ours last: of two tags with one name the later one counts.
            "builtins": ["django.templatetags.i18n", "ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = databases(env)
DATABASE_ROUTERS = ["tenancy.routers.AsideRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tenancy_cache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "tenancy.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Where a merchant's staff begin, by the address's name.
MERCHANT_START = "claims:list"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tenancy.views.errors.form_expired"
# In the session and not in a cookie: of a form that was sent twice the browser keeps the second answer, which is a
# copy of the first one and says nothing of its own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 200 * 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
# Of the packed assets only what the page for trying calls loads: the other half of them is never served.
SWAGGER = Path(drf_spectacular_sidecar.__file__).parent / "static/drf_spectacular_sidecar/swagger-ui-dist"
STATICFILES_DIRS = [BASE_DIR / "static", ("swagger", SWAGGER)]
# Maps are for those who debug it; compressing them takes longer than everything else together.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "woff", "woff2", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail: .eml files unless EMAIL_URL or Anymail's settings name a real way out.
EMAIL_BACKEND = "messaging.backends.eml.EmailBackend"
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
if env.str("EMAIL_BACKEND", ""):
    EMAIL_BACKEND = env.str("EMAIL_BACKEND")
ANYMAIL = {
    key: env.str(f"ANYMAIL_{key}")
    for key in (
        "WEBHOOK_SECRET",
        "POSTMARK_SERVER_TOKEN",
        "MAILGUN_API_KEY",
        "MAILGUN_SENDER_DOMAIN",
        "MAILGUN_WEBHOOK_SIGNING_KEY",
        "SENDGRID_API_KEY",
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
        "RESEND_API_KEY",
        "RESEND_SIGNING_SECRET",
        "AMAZON_SES_TOPIC_ARNS",
    )
    if env.str(f"ANYMAIL_{key}", "")
}
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Claims Center <no-reply@claims-center.example>")

# Where a lower room must reach a higher one, config holds a plain dict of dotted paths.
JOB_HANDLERS = "config.jobs.HANDLERS"
MESSAGE_RENDERERS = "config.messages.RENDERERS"
WEBHOOKS = "config.webhooks"
RETENTION = "config.retention"
SANDBOX_FILLER = "config.demo.sandbox.fill"
# How often a web process writes down which calls its tills made; never, where it is 0.
API_LOG_SECONDS = env.float("API_LOG_SECONDS", 1.0)
MESSAGE_LISTENERS = "config.messages.LISTENERS"
LEDGER_CHECKS = "config.checks.LEDGER_CHECKS"
IMPORTERS = "config.imports.IMPORTERS"
EXPORT_LISTS = "config.exports.LISTS"
EXPORT_EVENTS = "config.exports.events"
FORGETTERS = "config.erasure.FORGETTERS"
ENDINGS = "config.erasure.ENDINGS"
CLOCKS = "config.clocks.CLOCKS"
ENROLLED = "triggers.services.enrolled"
TRIGGER_TARGETS = "config.triggers.TARGETS"
TRIGGER_SOURCES = "config.triggers.SOURCES"
CODE_WAITERS = "config.codes.WAITERS"
LOW_POOL_LISTENERS = "config.codes.LOW_POOL_LISTENERS"

from config.settings.accounts import *  # noqa: E402, F403 - django-allauth's own section
from config.settings.celery import *  # noqa: E402, F403 - Celery's own section
from config.settings.logs import *  # noqa: E402, F403 - logging's own section

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Claims Center POS API",
    "VERSION": "1",
    "DESCRIPTION": "For tills and shop systems. Every write takes an Idempotency-Key; errors are problem documents.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    "ENUM_NAME_OVERRIDES": {
        "RewardTypeEnum": "loyalty.states.RewardType",
        "OfferTypeEnum": "offers.states.OfferType",
        "ResponseStatusEnum": "offers.states.Status",
        "CouponStatusEnum": "loyalty.states.CouponStatus",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "pos.linking.add_links",
        "pos.linking.add_conditions",
        "pos.announced.add_webhooks",
    ],
    "APPEND_COMPONENTS": {"securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}}},
}
