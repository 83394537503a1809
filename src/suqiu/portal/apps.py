from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "suqiu.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
