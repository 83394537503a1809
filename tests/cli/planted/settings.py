from suqiu.config.settings import *  # noqa: F403
from suqiu.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.cli.planted"]
