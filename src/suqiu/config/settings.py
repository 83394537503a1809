"""One typed file, read from the environment; nonsense is refused at the start.

What a city would change (limits, formulas, categories) is not here: it is versioned data.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from suqiu.base import logs
from suqiu.base.crypto import wrong_key
from suqiu.base.net import wrong_network
from suqiu.base.tiles import origin
from suqiu.notifications.gateway import BadSetting, described

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent

MODE = env.str("SUQIU_MODE", default="development")
if MODE not in {"development", "demo", "production"}:
    raise ImproperlyConfigured(f"SUQIU_MODE is {MODE!r}: development, demo or production.")
PRODUCTION = MODE == "production"
DEBUG = env.bool("SUQIU_DEBUG", default=False)
CLOCK_MOVABLE = not PRODUCTION
# The demo city's people share one password; its login page offers it.
DEMO_PASSWORD = "suqiu-demo-2026" if MODE == "demo" else ""  # noqa: S105
# Seconds between this site's clock and the machine's: a demo city lives in its own month.
CLOCK_OFFSET = env.float("SUQIU_CLOCK_OFFSET", default=0.0)
if PRODUCTION and CLOCK_OFFSET:
    raise ImproperlyConfigured("SUQIU_CLOCK_OFFSET is refused in production.")
DATA = Path(env.str("SUQIU_DATA", default=str(Path.home() / ".suqiu"))).expanduser()


def _whole(name: str) -> str:
    """The value, or what the file holds that NAME_FILE names."""
    if path := env.str(f"{name}_FILE", default=""):
        return Path(path).read_text().strip()
    return str(env.str(name, default=""))


def _secret(name: str, development: str) -> str:
    value = _whole(name)
    if PRODUCTION and len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set, 32 characters or more, in production.")
    return value or development


if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("SUQIU_DEBUG is refused in production.")

SECRET_KEY = _secret("SUQIU_SECRET", "development-only-" * 3)
# Keys by id, so that they rotate: "k1:base64,k2:base64"; the last one encrypts, all decrypt.
IDENTITY_KEYS = _secret("SUQIU_IDENTITY_KEYS", "k1:ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMhISE=")
if wrong := wrong_key(IDENTITY_KEYS):
    raise ImproperlyConfigured(
        f"SUQIU_IDENTITY_KEYS: {wrong} is not name:base64 of 32 bytes. `suqiu secrets` makes some."
    )
SEARCH_KEY = _secret("SUQIU_SEARCH_KEY", "development-only-search-key-of-length")
SEAL_KEY = _secret("SUQIU_SEAL_KEY", "development-only-seal-key-of-length-32")
ALLOWED_HOSTS = env.list(
    "SUQIU_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "suqiu.audit",
    "suqiu.organisations",
    "suqiu.calendars",
    "suqiu.accounts",
    "suqiu.catalogue",
    "suqiu.policy",
    "suqiu.appellants",
    "suqiu.files",
    "suqiu.orders",
    "suqiu.callbacks",
    "suqiu.intake",
    "suqiu.figures",
    "suqiu.supervision.cases",
    "suqiu.supervision.external",
    "suqiu.supervision.inspections",
    "suqiu.supervision.meetings",
    "suqiu.supervision.rechecks",
    "suqiu.supervision.signals",
    "suqiu.supervision.visits",
    "suqiu.assessment",
    "suqiu.reports",
    "suqiu.notifications",
    "suqiu.retention",
    "suqiu.desk",
    "suqiu.portal",
    "suqiu.demo",
]

MIDDLEWARE = [
    "suqiu.desk.requests.RequestMiddleware",
    "suqiu.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "suqiu.desk.middleware.IdleMiddleware",
    "suqiu.desk.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "suqiu.config.urls"
WSGI_APPLICATION = "suqiu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "suqiu.desk.context.surroundings",
            ],
        },
    }
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgresql://suqiu@127.0.0.1:5432/suqiu")
}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = 60
# A connection that a restart of the server has cut is replaced before a page meets it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A statement of many small parts looks dear to the planner, and compiling it takes longer than it runs.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c timezone=UTC -c jit=off"
# A server that does not answer must not hold a page, or the probe that would tell of it.
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 10)
# Values go apart from the statement, and a statement that comes again is planned once a connection.
DATABASES["default"]["OPTIONS"].setdefault("server_side_binding", True)
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)
# With one url for all, its user owns the tables and puts on the application's role (docs/adr/0005).
if role := env.str("SUQIU_DATABASE_ROLE", default=""):
    DATABASES["default"]["OPTIONS"]["assume_role"] = role
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
# What was typed beside a wrong password is kept with the try: never the passwords of the page where
# one changes one's own.
AXES_SENSITIVE_PARAMETERS = ["username", "old", "new", "again", "code", "next"]
# Behind the house's proxy all logins would come from one address: one guesser would lock out others.
AXES_CLIENT_IP_CALLABLE = "suqiu.base.net.locked_out_by"
SESSION_COOKIE_AGE = 8 * 3600
# Long enough for a call and its writing down, short enough for a desk that was left.
IDLE_SECONDS = env.int("SUQIU_IDLE_MINUTES", default=60) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "suqiu.desk.views.faults.csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("SUQIU_BEHIND_PROXY", default=False) else None
)
# Whose X-Forwarded-For is believed, as networks; empty: whoever connects is the one proxy.
PROXIES = env.list("SUQIU_PROXIES", default=[])
if wrong := wrong_network(PROXIES):
    raise ImproperlyConfigured(f"SUQIU_PROXIES: {wrong!r} is no network.")
if PROXIES and SECURE_PROXY_SSL_HEADER is None:
    raise ImproperlyConfigured("SUQIU_PROXIES means nothing without SUQIU_BEHIND_PROXY=true.")
SECURE_REFERRER_POLICY = "same-origin"
# Sent only where the request came by TLS: from then on the browser asks by nothing else.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
X_FRAME_OPTIONS = "DENY"
# A map's pictures, WGS 84: https://HOST/{z}/{x}/{y}.png. Empty: no map, and nothing is fetched of others.
TILES = env.str("SUQIU_TILES", default="")
TILES_CREDIT = env.str("SUQIU_TILES_CREDIT", default="")
try:
    TILES_FROM = [origin(TILES)] if TILES else []
except ValueError as wrong_tiles:
    raise ImproperlyConfigured(f"SUQIU_TILES: {wrong_tiles}.") from None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *TILES_FROM],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Attachments: a closed folder, or an S3-compatible store where a bucket is named.
FILES_BUCKET = env.str("SUQIU_FILES_S3_BUCKET", default="")
_S3 = {
    "bucket_name": FILES_BUCKET,
    "endpoint_url": env.str("SUQIU_FILES_S3_ENDPOINT", default="") or None,
    "region_name": env.str("SUQIU_FILES_S3_REGION", default="") or None,
    "access_key": env.str("SUQIU_FILES_S3_KEY", default="") or None,
    "secret_key": _whole("SUQIU_FILES_S3_SECRET") or None,
    "default_acl": "private",
    "querystring_auth": True,
    "file_overwrite": True,
    "addressing_style": "path",
}
MEDIA_ROOT = str(DATA / "files")  # no MEDIA_URL: a file has no address of its own
_FOLDER = {
    "file_permissions_mode": 0o600,
    "directory_permissions_mode": 0o700,
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": _FOLDER},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "files": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _S3}
        if FILES_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": _FOLDER}
    ),
}
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
# The pack says how many attachments one order may have; this only ends a flood.
DATA_UPLOAD_MAX_NUMBER_FILES = 20

EMAIL_BACKEND = env.str(
    "SUQIU_EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.str("SUQIU_EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("SUQIU_EMAIL_PORT", default=25)
DEFAULT_FROM_EMAIL = env.str("SUQIU_EMAIL_FROM", default="suqiu@localhost")
OUTBOX = DATA / "outbox"
# How citizens are told, by any gateway that takes a text over HTTP: docs/text-messages.md
try:
    SMS = described(
        {
            "url": env.str("SUQIU_SMS_URL", default=""),
            "method": env.str("SUQIU_SMS_METHOD", default=""),
            "headers": _whole("SUQIU_SMS_HEADERS"),
            "body": env.str("SUQIU_SMS_BODY", default=""),
            "format": env.str("SUQIU_SMS_FORMAT", default=""),
            "success": env.str("SUQIU_SMS_SUCCESS", default=""),
            "timeout": env.str("SUQIU_SMS_TIMEOUT", default=""),
            "receipt": env.str("SUQIU_SMS_RECEIPT", default=""),
            "secret": _whole("SUQIU_SMS_SECRET"),
        },
        production=PRODUCTION,
    )
except BadSetting as error:
    raise ImproperlyConfigured(str(error)) from error

LOG_FORMAT = env.str("SUQIU_LOG_FORMAT", default="json" if PRODUCTION else "console")
if LOG_FORMAT not in {"json", "console"}:
    raise ImproperlyConfigured(f"SUQIU_LOG_FORMAT is {LOG_FORMAT!r}: json or console.")
# A line for each request is INFO.
LOG_LEVEL = env.str("SUQIU_LOG", default="INFO" if PRODUCTION else "WARNING").upper()
LOGGING = logs.configured(as_json=LOG_FORMAT == "json", level=LOG_LEVEL, stream=sys.stderr)
TEST_RUNNER = "django.test.runner.DiscoverRunner"
