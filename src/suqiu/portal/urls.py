"""The doors of the public pages."""

from django.urls import include, path

from suqiu.portal.views import figures, follow, inspections, opinion, plain, submit

pages = [
    path("", submit.show, name="submit"),
    path("follow", follow.follow, name="follow"),
    path("leave", follow.leave, name="leave"),
    path("look", plain.look, name="look"),
    path("figures", figures.show, name="figures"),
    path("inspections", inspections.show, name="inspections"),
    path("opinion/<str:token>", opinion.show, name="opinion"),
    path("help", plain.help_page, name="help"),
    path("mine/<str:number>", follow.show, name="mine"),
    path("mine/<str:number>/add", follow.add, name="add"),
    path("mine/<str:number>/looks", follow.looks, name="looks"),
    path("mine/<str:number>/survey", follow.survey, name="survey"),
    path("mine/<str:number>/reopen", follow.reopen, name="reopen"),
    path("mine/<str:number>/withdraw", follow.withdraw, name="withdraw"),
    path("mine/<str:number>/photo/<int:attachment>/<str:form>", follow.photo, name="photo"),
]
urlpatterns = [path("portal/", include((pages, "portal")))]
