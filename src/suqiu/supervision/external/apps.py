from django.apps import AppConfig


class ExternalConfig(AppConfig):
    name = "suqiu.supervision.external"
    label = "external"
    default_auto_field = "django.db.models.BigAutoField"
