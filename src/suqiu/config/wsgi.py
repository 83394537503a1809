import os
import signal

from django.core.wsgi import get_wsgi_application

from suqiu.cli.processes import END_WITH_PARENT, ends_with_parent

# A process of the web server whose first process was killed would keep the port, and answer from it
# with the address of a database that is no more.
if os.environ.get(END_WITH_PARENT) and (ask := ends_with_parent(signal.SIGTERM)):
    ask()

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
application = get_wsgi_application()
