"""Every door of the house."""

from django.urls import include, path

handler400 = "suqiu.desk.views.faults.bad"
handler403 = "suqiu.desk.views.faults.forbidden"
handler404 = "suqiu.desk.views.faults.missing"
handler500 = "suqiu.desk.views.faults.broken"
urlpatterns = [
    path("", include("suqiu.api.urls")),
    path("", include("suqiu.portal.urls")),
    path("", include("suqiu.desk.urls")),
]
