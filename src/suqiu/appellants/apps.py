from django.apps import AppConfig


class AppellantsConfig(AppConfig):
    name = "suqiu.appellants"
    label = "appellants"
    default_auto_field = "django.db.models.BigAutoField"
