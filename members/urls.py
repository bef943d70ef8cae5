"""Addresses of the register outside the admin: a branch's roster, a member's card, one's own record."""

from django.urls import path

from members.views import adding, card, profile, roster, taking

app_name = "members"
urlpatterns = [
    path("branch/<int:pk>/roster/", roster.roster, name="roster"),
    path("branch/<int:pk>/roster/add/", adding.add, name="add"),
    path("branch/<int:pk>/roster/export/", taking.export, name="roster-export"),
    path("members/<int:pk>/", card.card, name="card"),
    path("members/<int:pk>/edit/", card.edit, name="edit"),
    path("members/<int:pk>/saved/", card.saved, name="saved"),
    path("members/<int:pk>/ask/", card.ask_office, name="ask-office"),
    path("members/<int:pk>/reveal/", card.open_sealed, name="reveal"),
    path("members/<int:pk>/account/", card.account, name="account"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/profile/file/", profile.own_data, name="own-data"),
    path("me/profile/correction/", profile.correction, name="correction"),
]
