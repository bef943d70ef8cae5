"""Addresses of the register outside the admin: a branch's roster, a member's card, one's own record."""

from django.urls import path

from members.views import adding, branch_import, card, profile, proposal, roster, taking

app_name = "members"
urlpatterns = [
    path("branch/<int:pk>/roster/", roster.roster, name="roster"),
    path("branch/<int:pk>/roster/add/", adding.add, name="add"),
    path("branch/<int:pk>/roster/export/", taking.export, name="roster-export"),
    path("branch/<int:pk>/roster/import/", branch_import.upload, name="import"),
    path("branch/<int:pk>/roster/imports/", branch_import.batches, name="batches"),
    path("rosters/template/", branch_import.template, name="import-template"),
    path("rosters/<int:pk>/", branch_import.batch, name="batch"),
    path("rosters/<int:pk>/columns/", branch_import.choose, name="batch-columns"),
    path("rosters/<int:pk>/decide/", branch_import.decide, name="batch-decide"),
    path("rosters/<int:pk>/keep/", branch_import.keep, name="batch-keep"),
    path("rosters/<int:pk>/heading/", branch_import.heading, name="batch-heading"),
    path("rosters/<int:pk>/branches/", branch_import.name_branches, name="batch-branches"),
    path("rosters/<int:pk>/confirm/", branch_import.confirm, name="batch-confirm"),
    path("rosters/<int:pk>/discard/", branch_import.discard, name="batch-discard"),
    path("rosters/<int:pk>/undo/", branch_import.undo, name="batch-undo"),
    path("rosters/<int:pk>/again/", branch_import.again, name="batch-again"),
    path("rosters/<int:pk>/rejected/", branch_import.rejected, name="batch-rejected"),
    path("members/<int:pk>/", card.card, name="card"),
    path("members/<int:pk>/edit/", card.edit, name="edit"),
    path("members/<int:pk>/saved/", card.saved, name="saved"),
    path("members/<int:pk>/ask/", card.ask_office, name="ask-office"),
    path("members/<int:pk>/asked/", card.asked, name="asked"),
    path("members/<int:pk>/reveal/", card.open_sealed, name="reveal"),
    path("members/<int:pk>/account/", card.account, name="account"),
    path("members/<int:pk>/propose/", proposal.propose, name="propose"),
    path("branch/<int:pk>/proposals/", proposal.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposal.proposal, name="proposal"),
    path("proposals/<int:pk>/decline/", proposal.decline, name="proposal-decline"),
    path("proposals/<int:pk>/withdraw/", proposal.withdraw, name="proposal-withdraw"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/profile/file/", profile.own_data, name="own-data"),
    path("me/profile/consent/<str:which>/", profile.consent, name="consent"),
    path("me/profile/agree/<str:which>/", profile.agree, name="agree"),
    path("me/profile/correction/", profile.correction, name="correction"),
    path("me/profile/correction/sent/", profile.correction_sent, name="correction-sent"),
]
