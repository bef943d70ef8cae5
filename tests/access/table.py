"""Who opens which address. A new address without a line here fails the test that walks the resolver.

One line an address and method: method, name (or route, where it has none), arguments, and what
each role gets. An argument that names a thing of ``things.py`` becomes its key; ``?…`` is the query.
All things lie in D1, S1, B1; so ``outsider`` and ``sec2`` show what happens to somebody else's.

200 opens · 302 is sent elsewhere (to sign in, or on, after an act) · 403 has not the verb, or sees
the row and may not change it · 404 not his, not there · 405 the other method · 400 not understood.
"""

# The fixtures of the cast, in the order of the columns; the first column is a visitor.
ROLES = (
    "",
    "member",
    "group_leader",
    "committee_member",
    "station_head",
    "secretary",
    "other_secretary",
    "street_staff",
    "bureau_staff",
    "outsider",
    "sysadmin",
    "auditor",
    "superuser",
)

TABLE = """
# method, name, arguments                                                                visi memb lead comm head sec1 sec2 str  bur  outs sysa audi root
GET  healthz                                         -                                   200  200  200  200  200  200  200  200  200  200  200  200  200
GET  readyz                                          -                                   200  200  200  200  200  200  200  200  200  200  200  200  200
GET  admin:index                                     -                                   302  404  404  404  404  404  404  200  200  200  200  200  200
GET  admin:login                                     -                                   302  404  404  404  404  404  404  302  302  302  302  302  302
POST admin:logout                                    -                                   302  404  404  404  404  404  404  200  200  200  200  200  200
GET  admin:password_change                           -                                   302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:password_change_done                      -                                   302  404  404  404  404  404  404  200  200  200  200  200  200
GET  admin:autocomplete                              ?app_label=branches&model_name=branch&field_name=area&term= 302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:jsi18n                                    -                                   302  404  404  404  404  404  404  200  200  200  200  200  200
GET  admin:view_on_site                              content_type_id=1,object_id=1       302  404  404  404  404  404  404  404  404  404  404  404  404
GET  admin:auth_group_changelist                     -                                   302  404  404  404  404  404  404  403  403  403  403  403  200
GET  admin:auth_group_add                            -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:auth_group_history                        object_id=role                      302  404  404  404  404  404  404  403  403  403  403  403  200
GET  admin:auth_group_delete                         object_id=role                      302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:auth_group_change                         object_id=role                      302  404  404  404  404  404  404  403  403  403  403  403  200
GET  admin/auth/group/<path:object_id>/              object_id=role                      302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:core_auditevent_export                    -                                   302  404  404  404  404  404  404  403  403  403  403  200  200
GET  admin:core_auditevent_changelist                -                                   302  404  404  404  404  404  404  200  200  200  403  200  200
GET  admin:core_auditevent_add                       -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_auditevent_history                   object_id=event                     302  404  404  404  404  404  404  404  200  404  404  200  200
GET  admin:core_auditevent_delete                    object_id=event                     302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_auditevent_change                    object_id=event                     302  404  404  404  404  404  404  404  200  404  403  200  200
GET  admin/core/auditevent/<path:object_id>/         object_id=event                     302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:core_backgroundrun_changelist             -                                   302  404  404  404  404  404  404  200  200  200  200  200  200
GET  admin:core_backgroundrun_add                    -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_backgroundrun_history                object_id=run                       302  404  404  404  404  404  404  404  200  404  404  404  200
GET  admin:core_backgroundrun_delete                 object_id=run                       302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_backgroundrun_change                 object_id=run                       302  404  404  404  404  404  404  404  200  404  404  404  200
GET  admin/core/backgroundrun/<path:object_id>/      object_id=run                       302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:core_code_changelist                      -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_code_add                             -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_code_history                         object_id=code                      302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_code_delete                          object_id=code                      302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_code_change                          object_id=code                      302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin/core/code/<path:object_id>/               object_id=code                      302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:core_kind_changelist                      -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_kind_add                             -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_kind_history                         object_id=kind                      302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_kind_delete                          object_id=kind                      302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_kind_change                          object_id=kind                      302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin/core/kind/<path:object_id>/               object_id=kind                      302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:core_ruleparameter_changelist             -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_ruleparameter_add                    -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_ruleparameter_history                object_id=parameter                 302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_ruleparameter_delete                 object_id=parameter                 302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_ruleparameter_change                 object_id=parameter                 302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin/core/ruleparameter/<path:object_id>/      object_id=parameter                 302  404  404  404  404  404  404  302  302  302  302  302  302
POST admin:account-search                            -                                   302  404  404  404  404  404  404  403  403  403  302  403  302
GET  admin:account-renew                             pk=account                          302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:account-second-factor                     pk=account                          302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:account-close                             pk=account                          302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:account-reopen                            pk=account                          302  404  404  404  404  404  404  403  403  403  200  403  200
# Off unless the setting IMPERSONATION is on; tests/test_impersonation_matrix.py turns it on.
POST admin:account-impersonate                       pk=account                          302  404  404  404  404  404  404  404  404  404  404  404  404
GET  admin:core_user_changelist                      -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_user_add                             -                                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_user_history                         object_id=account                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin:core_user_delete                          object_id=account                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:core_user_change                          object_id=account                   302  404  404  404  404  404  404  403  403  403  200  403  200
GET  admin/core/user/<path:object_id>/               object_id=account                   302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:appointment-end                           pk=post                             302  404  404  404  404  404  404  200  200  404  200  403  200
GET  admin:branches_appointment_export               -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_appointment_changelist           -                                   302  404  404  404  404  404  404  200  200  200  200  403  200
GET  admin:branches_appointment_add                  -                                   302  404  404  404  404  404  404  200  200  200  200  403  200
GET  admin:branches_appointment_history              object_id=post                      302  404  404  404  404  404  404  200  200  404  200  404  200
GET  admin:branches_appointment_delete               object_id=post                      302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:branches_appointment_change               object_id=post                      302  404  404  404  404  404  404  200  200  404  200  403  200
GET  admin/branches/appointment/<path:object_id>/    object_id=post                      302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:branches_region_changelist                -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_region_add                       -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:branches_region_history                   object_id=region                    302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_region_delete                    object_id=region                    302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:branches_region_change                    object_id=region                    302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin/branches/region/<path:object_id>/         object_id=region                    302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:branches_area_changelist                  -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_area_add                         -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_area_history                     object_id=street                    302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:branches_area_delete                      object_id=street                    302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:branches_area_change                      object_id=street                    302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/branches/area/<path:object_id>/           object_id=street                    302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:branch-rename                             pk=branch                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:branch-move                               pk=branch                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:branch-relocate                           pk=branch                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:branch-dissolve                           pk=branch                           302  404  404  404  404  404  404  200  200  404  403  403  200
POST admin:branches_branch_process_import            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_branch_import                    -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_branch_export                    -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_branch_changelist                -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_branch_add                       -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:branches_branch_history                   object_id=branch                    302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:branches_branch_delete                    object_id=branch                    302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:branches_branch_change                    object_id=branch                    302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/branches/branch/<path:object_id>/         object_id=branch                    302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:affiliation-end                           pk=link                             302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:affiliation-sheet                         -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:affiliation-sheet-blank                   -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_affiliation_export                -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_affiliation_changelist            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_affiliation_add                   -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_affiliation_history               object_id=link                      302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:members_affiliation_delete                object_id=link                      302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_affiliation_change                object_id=link                      302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/members/affiliation/<path:object_id>/     object_id=link                      302  404  404  404  404  404  404  302  302  302  302  302  302
POST admin:affiliation-search                        -                                   302  404  404  404  404  404  404  302  302  302  403  403  302
GET  admin:members_linkbatch_changelist              -                                  302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_linkbatch_add                     -                                  302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_linkbatch_history                 object_id=link_batch               302  404  404  404  404  404  404  404  200  404  404  404  200
GET  admin:members_linkbatch_delete                  object_id=link_batch               302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_linkbatch_change                  object_id=link_batch               302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin/members/linkbatch/<path:object_id>/       object_id=link_batch               302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:linkbatch-undo                            pk=link_batch                      302  404  404  404  404  404  404  404  200  404  403  403  200
POST admin:member-search                             -                                   302  404  404  404  404  404  404  302  302  302  403  403  302
GET  admin:member-link                               pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-transfer                           pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-transfer-out                       pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-account                            pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-deceased                           pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-withdraw-death                     pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-reveal                             pk=person                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-rolls                              -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:roll-people                               -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:member-roll                               pk=branch                           302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:member-clashes                            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_member_export                     -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_member_changelist                 -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_member_add                        -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_member_history                    object_id=person                    302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:members_member_delete                     object_id=person                    302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_member_change                     object_id=person                    302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/members/member/<path:object_id>/          object_id=person                    302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:roster-template                           -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:roster-columns                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-columns                            pk=batch                            302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin:roster-decide                             pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-decide                             pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-keep                               pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-keep                               pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-heading                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-heading                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-branches                           pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-branches                           pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-confirm                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-confirm                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-discard                            pk=batch                            302  404  404  404  404  404  404  404  200  404  403  403  200
POST admin:roster-discard                            pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-again                              pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-again                              pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-undo                               pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
POST admin:roster-undo                               pk=batch                            302  404  404  404  404  404  404  404  302  404  403  403  302
GET  admin:roster-rejected                           pk=checked_batch                    302  404  404  404  404  404  404  404  200  404  403  403  404
GET  admin:members_branchalias_changelist            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_branchalias_add                   -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_branchalias_history               object_id=alias                     302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:members_branchalias_delete                object_id=alias                     302  404  404  404  404  404  404  403  200  404  403  403  200
GET  admin:members_branchalias_change                object_id=alias                     302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/members/branchalias/<path:object_id>/     object_id=alias                     302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:members_rosterbatch_changelist            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_rosterbatch_add                   -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_rosterbatch_history               object_id=batch                     302  404  404  404  404  404  404  404  200  404  404  404  200
GET  admin:members_rosterbatch_delete                object_id=batch                     302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_rosterbatch_change                object_id=batch                     302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin/members/rosterbatch/<path:object_id>/     object_id=batch                     302  404  404  404  404  404  404  302  302  302  302  302  302
POST admin:transfer-search                           -                                   302  404  404  404  404  404  404  302  302  302  403  403  302
GET  admin:members_transfer_export                   -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_transfer_changelist               -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_transfer_add                      -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_transfer_history                  object_id=transfer                  302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:members_transfer_delete                   object_id=transfer                  302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_transfer_change                   object_id=transfer                  302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/members/transfer/<path:object_id>/        object_id=transfer                  302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:transfer-receive                          pk=transfer                         302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:transfer-return                           pk=transfer                         302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:transfer-slip                             pk=transfer                         302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:members_transferbatch_changelist          -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_transferbatch_add                 -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:transferbatch-blank                       -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:members_transferbatch_history             object_id=handed_over               302  404  404  404  404  404  404  404  200  404  404  404  200
GET  admin:members_transferbatch_delete              object_id=handed_over               302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:members_transferbatch_change              object_id=handed_over               302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin/members/transferbatch/<path:object_id>/   object_id=handed_over               302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:transferbatch-receive                     pk=handed_over                      302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin:transferbatch-undo                        pk=handed_over                      302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin:transferbatch-slips                       pk=handed_over                      302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin:transferbatch-arrivals                    pk=handed_over                      302  404  404  404  404  404  404  404  200  404  403  403  200
GET  admin:year-grid                                 year=2026                           302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:activities_campaign_changelist            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:activities_campaign_add                   -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:activities_campaign_history               object_id=campaign                  302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:activities_campaign_delete                object_id=campaign                  302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:activities_campaign_change                object_id=campaign                  302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/activities/campaign/<path:object_id>/     object_id=campaign                  302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:campaign-totals                           pk=campaign                         302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin:activities_activity_export                -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:activities_activity_changelist            -                                   302  404  404  404  404  404  404  200  200  200  403  403  200
GET  admin:activities_activity_add                   -                                   302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:activities_activity_history               object_id=activity                  302  404  404  404  404  404  404  200  200  404  404  404  200
GET  admin:activities_activity_delete                object_id=activity                  302  404  404  404  404  404  404  403  403  403  403  403  403
GET  admin:activities_activity_change                object_id=activity                  302  404  404  404  404  404  404  200  200  404  403  403  200
GET  admin/activities/activity/<path:object_id>/     object_id=activity                  302  404  404  404  404  404  404  302  302  302  302  302  302
GET  admin:app_list                                  app_label=branches                  302  404  404  404  404  404  404  200  200  200  200  404  200
GET  admin/(?P<url>.*)$                              url=nothing                         302  404  404  404  404  404  404  404  404  404  404  404  404
GET  home                                            -                                   302  302  200  302  200  302  302  302  302  302  302  302  302
GET  sign-in                                         -                                   200  302  302  302  302  302  302  302  302  302  302  302  302
POST sign-out                                        -                                   302  200  200  200  200  200  200  200  200  200  200  200  200
GET  second-factor                                   -                                   302  404  404  404  404  404  404  404  404  404  404  404  404
GET  second-factor-set-up                            -                                   302  404  404  404  404  404  404  404  404  404  404  404  404
GET  password                                        -                                   302  200  200  200  200  200  200  200  200  200  200  200  200
GET  password-done                                   -                                   302  200  200  200  200  200  200  200  200  200  200  200  200
POST impersonation-end                               -                                   302  404  404  404  404  404  404  404  404  404  404  404  404
POST text-size                                       -                                   302  302  302  302  302  302  302  302  302  302  302  302  302
GET  runs                                            -                                   302  200  200  200  200  200  200  200  200  200  200  200  200
GET  run                                             pk=run                              302  404  404  404  404  404  404  404  200  404  404  404  200
GET  run-state                                       pk=run                              302  404  404  404  404  404  404  404  200  404  404  404  200
POST run-cancel                                      pk=run                              302  404  404  404  404  404  404  404  302  404  404  404  302
POST run-retry                                       pk=run                              302  404  404  404  404  404  404  404  302  404  404  404  302
GET  file                                            pk=file                             302  404  404  404  404  404  404  404  200  404  404  404  404
GET  notices                                         -                                   302  200  200  200  200  200  200  200  200  200  200  200  200
POST notices-read                                    -                                   302  302  302  302  302  302  302  302  302  302  302  302  302
POST notice-open                                     pk=notice                           302  404  404  404  404  404  404  404  302  404  404  404  404
GET  members:roster                                  pk=lived_branch                     302  403  404  200  403  200  404  200  200  404  403  403  200
GET  members:import                                  pk=lived_branch                     302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:batches                                 pk=lived_branch                     302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:import-template                         -                                   302  403  403  403  403  200  200  200  200  200  403  403  200
GET  members:batch                                   pk=batch                            302  403  403  403  403  404  404  404  200  404  403  403  404
GET  members:batch-columns                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-columns                           pk=batch                            302  403  403  403  403  404  404  404  200  404  403  403  404
GET  members:batch-decide                            pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-decide                            pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-keep                              pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-keep                              pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-heading                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-heading                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-branches                          pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-branches                          pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-confirm                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-confirm                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-discard                           pk=batch                            302  403  403  403  403  404  404  404  200  404  403  403  404
POST members:batch-discard                           pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-again                             pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-again                             pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-undo                              pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
POST members:batch-undo                              pk=batch                            302  403  403  403  403  404  404  404  302  404  403  403  404
GET  members:batch-rejected                          pk=checked_batch                    302  403  403  403  403  404  404  404  200  404  403  403  404
GET  members:add                                     pk=lived_branch                     302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:roster-export                           pk=lived_branch                     302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:card                                    pk=person                           302  404  404  200  403  200  404  200  200  404  403  403  200
GET  members:edit                                    pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:ask-office                              pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:saved                                   pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:asked                                   pk=person                           302  403  403  403  403  302  404  302  302  404  403  403  302
GET  members:reveal                                  pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
POST members:reveal                                  pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:account                                 pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
POST members:account                                 pk=person                           302  403  403  403  403  200  404  200  200  404  403  403  200
GET  members:profile                                 -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
POST members:own-data                                -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  members:consent                                 which=health                        302  200  404  404  404  404  404  404  404  404  404  404  404
POST members:consent                                 which=health                        302  302  404  404  404  404  404  404  404  404  404  404  404
GET  members:correction                              -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  members:correction-sent                         -                                   302  302  404  404  404  404  404  404  404  404  404  404  404
GET  activities:branch-home                          pk=lived_branch                     302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:branch-year                          pk=lived_branch,year=2026           302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:theme-day                            pk=lived_branch,month=2026-11       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:theme-day-saved                      pk=lived_branch,month=2026-10       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:theme-day-record                     pk=lived_branch,month=2026-10       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:reasons                              pk=lived_branch,month=2026-10       302  403  404  403  403  403  404  200  200  404  403  403  200
POST activities:reasons                              pk=lived_branch,month=2026-10       302  403  404  403  403  403  404  302  302  404  403  403  302
GET  activities:theme-day-plan                       pk=lived_branch,month=2026-11       302  403  404  200  403  200  404  200  200  404  403  403  200
POST activities:theme-day-plan                       pk=lived_branch,month=2026-11       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:theme-day-planned                    pk=lived_branch,month=2026-12       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:excuse-for                           pk=lived_branch,month=2026-12       302  403  404  200  403  200  404  200  200  404  403  403  200
POST activities:excuse-for                           pk=lived_branch,month=2026-12       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:sheets                               pk=lived_branch,month=2026-11       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:sheet                                pk=lived_branch,month=2026-10,serial=1 302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:numbers                              pk=lived_branch,month=2026-11       302  403  404  200  403  200  404  200  200  404  403  403  200
GET  activities:me                                   -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:photo                                pk=photo                            302  200  404  200  404  200  404  200  200  404  404  404  200
GET  activities:photo-small                          pk=photo                            302  200  404  200  404  200  404  200  200  404  404  404  200
GET  activities:photo-remove                         pk=lived_branch,month=2026-10,photo=photo 302  403  404  403  403  403  404  200  200  404  403  403  200
GET  activities:my-activity                          pk=activity                         302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:my-record                            -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:my-record-year                       year=2026                           302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:my-calendar                          -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:my-calendar-month                    month=2026-11                       302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:my-calendar-file                     -                                   302  200  404  404  404  404  404  404  404  404  404  404  404
GET  activities:excuse                               month=2026-12                       302  200  404  404  404  404  404  404  404  404  404  404  404
"""
