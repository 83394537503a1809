import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from suqiu.cli.processes import END_WITH_PARENT, ends_with_parent, keep_loaded

# A process of the web server whose first process was killed would keep the port, and answer from it
# with the address of a database that is no more. It is killed: that one's handler of SIGTERM, which it
# has until it sets its own, would swallow a milder signal. What was in hand is sent again, as ever.
first = multiprocessing.parent_process()
if os.environ.get(END_WITH_PARENT) and first:
    ask = ends_with_parent(signal.SIGKILL, first.pid)
    if ask:
        ask()

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
application = get_wsgi_application()
keep_loaded()
