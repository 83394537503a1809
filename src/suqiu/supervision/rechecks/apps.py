from django.apps import AppConfig


class RechecksConfig(AppConfig):
    name = "suqiu.supervision.rechecks"
    label = "rechecks"
    default_auto_field = "django.db.models.BigAutoField"
