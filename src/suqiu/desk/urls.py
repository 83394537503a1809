"""The doors of the desk."""

from django.urls import include, path
from django.views.i18n import set_language

from suqiu.desk.views import (
    boards,
    callbacks,
    login,
    order,
    people,
    probes,
    queue,
    receipts,
    register,
    roster,
    search,
    verbs,
)

pages = [
    path("", queue.home, name="home"),
    path("login", login.log_in, name="login"),
    path("logout", login.log_out, name="logout"),
    path("receipts/sms", receipts.sms, name="receipts_sms"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("queue", queue.show, name="queue"),
    path("queue/preview/<str:number>", queue.preview, name="preview"),
    path("queue/dispatch", queue.dispatch_suggested, name="dispatch_suggested"),
    path("register", register.show, name="register"),
    path("register/check", register.check, name="register_check"),
    path("register/streets", register.streets, name="streets"),
    path("register/caller", register.caller, name="caller"),
    path("callbacks", callbacks.show, name="callbacks"),
    path("leader", boards.leader, name="leader"),
    path("figures", boards.figures, name="figures"),
    path("figures/orders", boards.orders_behind, name="figures_orders"),
    path("people", people.show, name="people"),
    path("people/open", people.open_account, name="people_open"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/post", people.give_post, name="person_post"),
    path("people/<int:pk>/active", people.set_active, name="person_active"),
    path("people/<int:pk>/end/<int:posting>", people.end_post, name="person_end"),
    path("roster", roster.show, name="roster"),
    path("roster/keep", roster.keep, name="roster_keep"),
    path("roster/copy", roster.copy, name="roster_copy"),
    path("roster/<int:pk>/drop", roster.drop, name="roster_drop"),
    path("search", search.show, name="search"),
    path("orders/<str:number>", order.show, name="order"),
    path("orders/<str:number>/reveal", order.reveal, name="reveal"),
    path("orders/<str:number>/files/<int:attachment>/<str:form>", order.file, name="file"),
    path("orders/<str:number>/<slug:verb>", verbs.show, name="verb"),
]
urlpatterns = [
    path("language", set_language, name="set_language"),
    path("", include((pages, "desk"))),
]
