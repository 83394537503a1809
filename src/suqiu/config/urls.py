"""Every door of the house."""

from django.urls import include, path

urlpatterns = [
    path("", include("suqiu.api.urls")),
    path("", include("suqiu.portal.urls")),
    path("", include("suqiu.desk.urls")),
]
