"""The access matrix: which role may do what through remote calls; each cell of the tables is tried (design §10).

To add a model, add a row to its table, and a recipe to ``RECIPES`` that makes a valid record and a harmless change.
"""

import ast
import os
from pathlib import Path

import pytest
import requests
from access_archive import (
    ARCHIVE_BUTTONS,
    ARCHIVE_OPENINGS,
    ARCHIVE_RECIPES,
    BORROW,
    DESTRUCTION,
    DOCUMENT,
    FORM,
    GAP,
    HEAD,
    LOG,
    PROFILE,
    TYPE,
    a_begun_archive,
    a_borrow,
    a_proposed_destruction,
    profile_values,
    wizard,
)
from access_confirmation import CONFIRMATION, CONFIRMATION_OPENINGS, CONFIRMATION_RECIPES, a_confirmation
from access_contract import (
    CHECK,
    CONTRACT,
    CONTRACT_BUTTONS,
    CONTRACT_RECIPES,
    TEMPLATE,
)
from access_contract_follow import FOLLOW_BUTTONS, FOLLOW_RECIPES
from access_earlier import EARLIER_BUTTONS, EARLIER_RECIPES, IMPORT
from access_handover import HANDOVER_BUTTONS, HANDOVER_RECIPES
from access_indicators import INDICATOR_BUTTONS, INDICATOR_OPENINGS
from access_insight import INSIGHT, INSIGHT_BUTTONS, INSIGHT_OPENINGS, INSIGHT_RECIPES
from access_orders import LICENCE_SALE, ORDER_BUTTONS, ORDER_RECIPES
from access_policy import POLICY, POLICY_OPENINGS, POLICY_RECIPES
from access_proof import PROOF_BUTTONS, PROOF_OPENINGS, PROOF_RECIPES
from access_records import GROUPS, LINE, Opening, Recipe, opened
from access_setup import SETUP, SETUP_BUTTONS, SETUP_OPENINGS, SETUP_RECIPES, SUGGESTION
from access_shared import COPIED, SHARED, SHARED_RECORDS, SHARED_ROLES, used_by_the_standard_scheme
from access_visits import FINDING, VISIT, VISIT_BUTTONS, VISIT_RECIPES
from access_watch import WATCH_BUTTONS, WATCH_RECIPES
from odoo_harness import ADDON, WINGS, RpcError, execute

ROLES = list(GROUPS)
OWN, OTHER, FOREIGN = "own", "other", "foreign"
CUSTOMER_PLACES = (OWN, OTHER, FOREIGN)
COMPANY_PLACES = (OWN, FOREIGN)
REASON, QUESTION = "tianyuan.reason", "tianyuan.question"
COMPARISON, CHOICE = "tianyuan.scheme.comparison", "tianyuan.scheme.comparison.choice"
# Rows of queries, which only exist for the user's own companies: in others they are missing.
QUERIED = (GAP, SUGGESTION)

# c create, r read, w write, d delete, - nothing


# own customer / a colleague's customer / another company (a customer that it shares with us, of the same salesperson)
RECORDS_OF_CUSTOMERS = """
                                      sales     leader  specialist   finance    manager      insider  portal
tianyuan.rating:draft                 r/-/-     r/-/-   r/r/-        r/r/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.rating:sales                 rw/-/-    rw/-/-  r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.rating:finance               r/-/-     r/-/-   r/r/-        rw/rw/-    r/r/-        -/-/-    -/-/-
tianyuan.rating.line:sales            rw/-/-    rw/-/-  r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.rating.line:finance          r/-/-     r/-/-   r/r/-        rw/rw/-    r/r/-        -/-/-    -/-/-
tianyuan.bad.debt                     r/-/-     r/-/-   -/-/-        crw/crw/-  crw/crw/-    -/-/-    -/-/-
tianyuan.bad.debt.recovery            r/-/-     r/-/-   -/-/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.class.history                r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.class.override               r/-/-     r/-/-   r/r/-        r/r/-      cr/cr/-      -/-/-    -/-/-
tianyuan.customer.hold                r/-/-     r/-/-   r/r/-        r/r/-      cr/cr/-      -/-/-    -/-/-
tianyuan.licence.sale                 r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.rating.analysis              r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.rating.outcome               -/-/-     -/-/-   -/-/-        r/r/-      r/r/-        -/-/-    -/-/-
res.partner:archive                   r/r/-     r/r/-   crw/crw/-    r/r/-      crw/crw/-    -/-/-    -/-/-
res.partner:outcome                   r/r/-     r/r/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.archive.document             r/-/-     r/-/-   crwd/crwd/-  r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.archive.file                 -/-/-     -/-/-   -/-/-        -/-/-      -/-/-        -/-/-    -/-/-
tianyuan.archive.number               r/r/-     r/r/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.archive.document.gap         r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.archive.hold                 -/-/-     -/-/-   r/r/-        -/-/-      cr/cr/-      -/-/-    -/-/-
tianyuan.archive.access.log           -/-/-     -/-/-   r/r/-        -/-/-      r/r/-        -/-/-    -/-/-
tianyuan.archive.borrow               crw/-/-   c/-/-   cr/cr/-      c/c/-      cr/cr/-      -/-/-    -/-/-
tianyuan.archive.collection           crwd/-/-  cr/-/-  cr/cr/-      -/-/-      cr/cr/-      -/-/-    -/-/-
tianyuan.archive.collection:prospect  crwd/c/-  c/c/-   cr/cr/-      -/-/-      cr/cr/-      -/-/-    -/-/-
tianyuan.archive.collection.line      r/-/-     r/-/-   r/r/-        -/-/-      r/r/-        -/-/-    -/-/-
tianyuan.contact.profile              r/-/-     r/-/-   crwd/crwd/-  -/-/-      r/r/-        -/-/-    -/-/-
tianyuan.personal.erasure             -/-/-     -/-/-   crw/crw/-    -/-/-      crw/crw/-    -/-/-    -/-/-
tianyuan.watch.item                   r/-/-     r/-/-   -/-/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.watch.item:tier              r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.watch.course                 r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.hand.over                    -/-/-     crwd/-/- crwd/crwd/- -/-/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.hand.over.line               -/-/-     rw/-/-  rw/rw/-      -/-/-      rw/rw/-      -/-/-    -/-/-
tianyuan.hand.over.kind               -/-/-     r/-/-   r/r/-        -/-/-      r/r/-        -/-/-    -/-/-
tianyuan.visit                        crw/-/-   crw/-/- r/r/-        r/r/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.visit.finding                crwd/-/-  crwd/-/- r/r/-       r/r/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.market.insight.share.log     r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.contract.paper               crw/-/-   crw/-/- r/r/-        r/r/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.contract.matter              r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.contract.analysis            r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
tianyuan.contract                     crw/-/-   crw/-/-  r/r/-        r/r/-      crwd/crwd/-  -/-/-    -/-/-
tianyuan.contract.check               rw/-/-    rw/-/-  r/r/-        r/r/-      rw/rw/-      -/-/-    -/-/-
tianyuan.contract.line                r/-/-     r/-/-   r/r/-        r/r/-      r/r/-        -/-/-    -/-/-
"""

# our company / another company
RECORDS_OF_COMPANIES = """
                                sales  leader  specialist  finance  manager  insider  portal
tianyuan.rating.run             -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.rating.run.error       -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.channel.suggestion     -/-    -/-     r/-         -/-      r/-      -/-      -/-
tianyuan.rating.confirmation    -/-    -/-     -/-         -/-      r/-      -/-      -/-
tianyuan.rating.confirmation.error  -/- -/-    -/-         -/-      r/-      -/-      -/-
tianyuan.rating.import          -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.rating.import.problem  -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.rating.scheme          -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.rating.scheme.line     -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.rating.threshold       -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.rating.level           r/-    r/-     r/-         r/-      crwd/-   -/-      -/-
tianyuan.archive.document.type  r/-    r/-     crwd/-      r/-      crwd/-   -/-      -/-
tianyuan.archive.destruction    -/-    -/-     crw/-       -/-      r/-      -/-      -/-
tianyuan.archive.destruction.line  -/-  -/-    crwd/-      -/-      r/-      -/-      -/-
tianyuan.archive.access.head    -/-    -/-     -/-         -/-      -/-      -/-      -/-
tianyuan.customer.policy        -/-    -/-     -/-         r/-      crwd/-   -/-      -/-
tianyuan.approval.delegation    -/-    -/-     -/-         -/-      crwd/-   -/-      -/-
tianyuan.policy.application     -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.policy.application.line  -/-  -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.market.insight         crwd/- cr/-    cr/-        r/-      crwd/-   -/-      -/-
tianyuan.contract.paper.type    r/-    r/-     r/-         r/-      crwd/-   -/-      -/-
tianyuan.contract.template      r/-    r/-     r/-         r/-      crwd/-   -/-      -/-
res.config.settings             -/-    -/-     -/-         -/-      -/-      -/-      -/-
res.company:settings            r/-    r/-     r/-         r/-      r/-      r/-      r/-
"""

COMMON_RECORDS = """
                              sales  leader  specialist  finance  manager  insider  portal
tianyuan.rating.tier          r      r       r           r        crwd     -        -
tianyuan.rating.category      r      r       r           r        crwd     -        -
tianyuan.rating.indicator     r      r       r           r        crwd     -        -
tianyuan.downstream.market    r      r       crw         r        crwd     -        -
tianyuan.archive.requirement  r      r       r           r        r        -        -
"""

# opened by the user / by somebody else
OPENED_RECORDS = """
                                       sales  leader  specialist  finance  manager  insider  portal
tianyuan.payment.detail                r/-    r/-     r/-         r/-      r/-      -/-      -/-
tianyuan.quarter.to.date               r/-    r/-     r/-         r/-      r/-      -/-      -/-
tianyuan.quarter.to.date.line          r/-    r/-     r/-         r/-      r/-      -/-      -/-
tianyuan.rating.confirm                -/-    -/-     -/-         -/-      r/-      -/-      -/-
tianyuan.reason                        crwd/- crwd/-  crwd/-      crwd/-   crwd/-   -/-      -/-
tianyuan.question                      crwd/- crwd/-  crwd/-      crwd/-   crwd/-   -/-      -/-
tianyuan.scheme.comparison             -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.line        -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.indicator   -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.quarter     -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.contest     -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.level       -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.scheme.comparison.choice      -/-    -/-     -/-         rwd/-    crwd/-   -/-      -/-
tianyuan.rating.trial                  -/-    -/-     -/-         -/-      r/-      -/-      -/-
tianyuan.indicator.trial               -/-    -/-     -/-         -/-      rw/-     -/-      -/-
tianyuan.indicator.trial.line          -/-    -/-     -/-         -/-      r/-      -/-      -/-
tianyuan.rating.proof                  -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.rating.proof.row              -/-    -/-     -/-         r/-      r/-      -/-      -/-
tianyuan.archive.access.verify         -/-    -/-     -/-         -/-      crwd/-   -/-      -/-
tianyuan.archive.collection.duplicate  -/-    -/-     crwd/-      -/-      crwd/-   -/-      -/-
tianyuan.archive.transfer              -/-    -/-     crwd/-      -/-      crwd/-   -/-      -/-
tianyuan.profile.renewal               -/-    -/-     crwd/-      -/-      -/-      -/-      -/-
tianyuan.group.joining                 crwd/- crwd/-  crwd/-      crwd/-   crwd/-   -/-      -/-
tianyuan.customer.policy.apply         -/-    -/-     -/-         -/-      crwd/-   -/-      -/-
tianyuan.customer.policy.apply.line    -/-    -/-     -/-         -/-      rw/-     -/-      -/-
tianyuan.market.insight.share          crwd/- crwd/-  -/-         -/-      crwd/-   -/-      -/-
tianyuan.market.insight.share.line     rwd/-  rwd/-   -/-         -/-      rwd/-    -/-      -/-
"""

# own customer / a colleague's / another company; y: access is granted, even if the record's state refuses the call
METHODS_OF_CUSTOMERS = """
                                                    sales  leader  specialist  finance  manager  insider  portal
tianyuan.rating:action_compute                      -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_submit_sales                 y/-/-  y/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.rating:action_submit_finance               -/-/-  -/-/-   -/-/-       y/y/-    -/-/-    -/-/-    -/-/-
tianyuan.rating:action_confirm                      -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_ask_confirm                  -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_cancel                       -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_reopen                       -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_ask_reopen                   -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_open_purchases               y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_open_annual_purchases        y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_open_payments                y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating:action_open_explanation             y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating.line:action_open_source             y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating.line:action_submit                  -/-/-  -/-/-   -/-/-       y/y/-    -/-/-    -/-/-    -/-/-
tianyuan.bad.debt:action_recover                    -/-/-  -/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.bad.debt:action_cancel                     -/-/-  -/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.bad.debt:action_open_entry                 y/-/-  y/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.class.override:action_end                  -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.customer.hold:action_end                   -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_hold                    -/-/-  -/-/-   -/-/-       -/-/-    y/y/y    -/-/-    -/-/-
tianyuan.rating.analysis:action_open_rating         y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating.outcome:action_open_rating          -/-/-  -/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.rating.outcome:action_read_again           -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_ratings                 y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_quarter_to_date         y/-/y  y/-/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_override_class          y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_assess_prospect         y/-/y  y/-/y   -/-/-       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_documents               y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_borrow                  y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_borrows                 y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_collections             y/y/y  y/y/y   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_duplicates              y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_propose                 y/-/y  y/-/y   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_contact_profiles        y/y/y  y/y/y   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
tianyuan.contact.profile:action_renew               -/-/-  -/-/-   y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
res.partner:action_tianyuan_export_personal_data    -/-/-  -/-/-   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_ask_erasure             -/-/-  -/-/-   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_join_group              -/-/-  -/-/-   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
tianyuan.personal.erasure:action_erase              -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.personal.erasure:action_refuse             -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.personal.erasure:action_ask_refuse         -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_insights                y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_start_archive           -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_file_archive            -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_file_archive_or_ask     -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_file_incomplete         -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_review_archive          -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_close_archive           -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_reopen_archive          -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_holds                   -/-/-  -/-/-   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_propose_destruction     -/-/-  -/-/-   y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
res.partner:action_tianyuan_hand_over_papers        -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_apply_policies          -/-/-  -/-/-   -/-/-       -/-/-    y/y/y    -/-/-    -/-/-
tianyuan.archive.document:action_open               y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.document:action_preview            y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.document:action_request_borrow     y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.document:action_new_version        -/-/-  -/-/-   y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.document:action_check              -/-/-  -/-/-   y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.document:action_ask_check          -/-/-  -/-/-   y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.document:action_new_hold           -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.document:action_propose_destruction  -/-/-  -/-/- y/y/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.hold:action_lift                   -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.hold:action_ask_lift               -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.document.gap:action_open           y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.access.log:action_verify           -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_request              y/-/-  -/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_accept_pledge        y/-/-  -/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_approve              -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_refuse               -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_hand_out             -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_return               -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_lose                 -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_cancel               y/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_ask_prolong          y/-/-  -/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_prolong              -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.borrow:action_refuse_prolong       -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection:action_submit           y/-/-  -/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.collection:action_take_back        y/-/-  -/-/-   -/-/-       -/-/-    -/-/-    -/-/-    -/-/-
tianyuan.archive.collection:action_accept           -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection:action_reject           -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection:action_ask_reject       -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection.line:action_accept      -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection.line:action_reject      -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.archive.collection.line:action_ask_reject  -/-/-  -/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_hand_over               -/-/-  y/-/y   y/y/y       -/-/-    y/y/y    -/-/-    -/-/-
tianyuan.watch.item:action_ask_acknowledge          y/-/-  y/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.watch.item:action_acknowledge              y/-/-  y/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.watch.item:action_open_source              y/-/-  y/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.watch.item:action_override_class           -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.hand.over:action_list_customers            -/-/-  y/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.hand.over:action_ask_hand_over             -/-/-  y/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.hand.over:action_hand_over                 -/-/-  y/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.hand.over:action_cancel                    -/-/-  y/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.hand.over.kind:action_open                 -/-/-  y/-/-   y/y/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_done                          y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_report                        y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_ask_report                    y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_hand_in                       y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_cancel                        y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_replan                        y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit:action_reopen                        -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit.finding:action_done                  y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit.finding:action_drop                  y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.visit.finding:action_reopen                y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_visits                  y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
res.partner:action_tianyuan_plan_visit              y/-/y  y/-/y   -/-/-       -/-/-    y/y/y    -/-/-    -/-/-
product.template:action_tianyuan_quality_feedback   y/y/-  y/y/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_open_orders                y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_open_deliveries            y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_open_invoices              y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_open_overdue_invoices      y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_reviewed                   y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract.analysis:action_open_contract     y/-/-  y/-/-   y/y/-       y/y/-    y/y/-    -/-/-    -/-/-
tianyuan.contract.paper:action_hand_in              y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_sign                       y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_ask_sign                   y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_ask_pass_checks            y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_pass_checks                y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_done                       y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_cancel                     y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.contract:action_restore_terms              y/-/-  y/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
res.partner:action_tianyuan_contracts               y/y/y  y/y/y   y/y/y       y/y/y    y/y/y    -/-/-    -/-/-
sale.order:action_tianyuan_make_contract            y/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_new_contract             y/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_contract                 y/-/-  -/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_bad_debts                y/-/-  -/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
account.move:action_tianyuan_bad_debts              y/-/-  y/-/-   -/-/-       y/y/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_ask_approval             y/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_approve                  -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
sale.order:action_tianyuan_refuse                   -/-/-  -/-/-   -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
tianyuan.market.insight.share.log:action_send_again  y/-/-  y/-/-  -/-/-       -/-/-    y/y/-    -/-/-    -/-/-
"""

# our company / another company
METHODS_OF_COMPANIES = """
                                            sales  leader  specialist  finance  manager  insider  portal
tianyuan.watch.item:action_watch            -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.run:action_start            -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.run:action_cancel           -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.run:action_retry            -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.run:action_view_ratings     -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.run:action_view_moved_up    -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.run:action_view_moved_down  -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.confirmation:action_open_changed  -/-  -/-  -/-       -/-      y/-      -/-      -/-
tianyuan.rating.run:action_view_errors      -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.run:action_set_channels     -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.channel.suggestion:action_set_distributor  -/- -/- y/-        -/-      y/-      -/-      -/-
tianyuan.channel.suggestion:action_set_direct       -/- -/- y/-        -/-      y/-      -/-      -/-
tianyuan.channel.suggestion:action_set_suggested    -/- -/- y/-        -/-      y/-      -/-      -/-
res.company:action_tianyuan_accounts_chosen -/-    -/-     -/-         -/-      -/-      -/-      -/-
res.config.settings:action_tianyuan_erase_profile_fields  -/- -/- -/-  -/-      -/-      -/-      -/-
tianyuan.setup:action_dismiss               -      -       -           -        y        -        -
tianyuan.setup:action_set_channels          -      -       -           -        y        -        -
tianyuan.setup:action_choose_accounts       -      -       -           -        -        -        -
tianyuan.setup:action_look_at_schemes       -      -       -           -        y        -        -
tianyuan.setup:action_try                   -      -       -           -        y        -        -
tianyuan.setup:action_start_run             -      -       -           -        y        -        -
tianyuan.setup:action_confirm_sheets        -      -       -           -        y        -        -
tianyuan.setup:action_make_policies         -      -       -           -        y        -        -
tianyuan.setup:action_approve_templates     -      -       -           -        y        -        -
tianyuan.archive.destruction:action_propose      -/-  -/-  y/-         -/-      -/-      -/-      -/-
tianyuan.archive.destruction:action_approve      -/-  -/-  -/-         -/-      y/-      -/-      -/-
tianyuan.archive.destruction:action_refuse       -/-  -/-  -/-         -/-      y/-      -/-      -/-
tianyuan.archive.destruction:action_ask_refuse   -/-  -/-  -/-         -/-      y/-      -/-      -/-
tianyuan.archive.destruction:action_cancel       -/-  -/-  y/-         -/-      y/-      -/-      -/-
tianyuan.archive.destruction:action_ask_destroy  -/-  -/-  y/-         -/-      y/-      -/-      -/-
tianyuan.archive.destruction:action_destroy      -/-  -/-  y/-         -/-      y/-      -/-      -/-
tianyuan.rating.confirmation:action_stop    -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.indicator:action_try        -      -       -           -        y        -        -
tianyuan.rating.import:action_download_template  -/-  -/-  -/-        -/-      y/-      -/-      -/-
tianyuan.rating.import:action_check         -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.import:action_import        -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.import:action_ask_remove    -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.import:action_remove        -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.import:action_open_ratings  -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.scheme:action_activate      -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.scheme:action_retire        -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.scheme:action_draft         -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.scheme:action_new_version   -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.scheme:action_compare       -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.market.insight:action_share            y/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight:action_retire           y/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight:action_restore          y/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight:action_send_failed_again  y/-  -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight:action_open_recipients  y/-    y/-     y/-         y/-      y/-      -/-      -/-
tianyuan.contract.template:action_approve   -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.contract.template:action_withdraw  -/-    -/-     -/-         -/-      y/-      -/-      -/-
"""

# opened by the user / by somebody else; the sheets themselves refuse to be reopened
METHODS_OF_OPENED = """
                                                     sales  leader  specialist  finance  manager  insider  portal
tianyuan.payment.detail:action_open_move             y/-    y/-     y/-         y/-      y/-      -/-      -/-
tianyuan.rating.confirm:action_confirm               -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.reason:action_apply                         -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.question:action_apply                       -/-    -/-     y/-         -/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_earlier            -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_later              -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_view_lines         -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_view_levels        -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_choose             -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison:action_export             -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison.quarter:action_only       -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison.choice:action_apply       -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.scheme.comparison.line:action_open_sheet    -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.indicator.trial:action_try_again            -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.trial:action_set_channels            -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.rating.proof:action_show                    -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.proof:action_chart_tiers             -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.proof:action_chart_scores            -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.proof:action_view_outcomes           -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.proof:action_export                  -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.rating.proof.row:action_view_outcomes       -/-    -/-     -/-         y/-      y/-      -/-      -/-
tianyuan.archive.access.verify:action_verify         -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.archive.transfer:action_apply               -/-    -/-     y/-         -/-      y/-      -/-      -/-
tianyuan.archive.collection.duplicate:action_use     -/-    -/-     y/-         -/-      y/-      -/-      -/-
tianyuan.archive.collection.duplicate:action_create  -/-    -/-     y/-         -/-      y/-      -/-      -/-
tianyuan.profile.renewal:action_apply                -/-    -/-     y/-         -/-      -/-      -/-      -/-
tianyuan.group.joining:action_apply                  -/-    -/-     y/-         -/-      y/-      -/-      -/-
tianyuan.customer.policy.apply:action_preview        -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.customer.policy.apply:action_view_lines     -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.customer.policy.apply:action_apply          -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.customer.policy.apply.line:action_select    -/-    -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.customer.policy.apply.line:action_leave_out  -/-   -/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight.share:action_preview         y/-    y/-     -/-         -/-      y/-      -/-      -/-
tianyuan.market.insight.share:action_send            y/-    y/-     -/-         -/-      y/-      -/-      -/-
"""


def archive_of(world, place):
    """Return the sheet's customer with an archive; the shared customer has one company's outcome only."""
    return place.customer if place.name != FOREIGN else world.foreign_customer


def a_scheme(world, place, **values):
    values = {
        "name": world.name(),
        "channel": "direct",
        "company_id": place.company,
        "date_from": "2999-01-01",
        **values,
    }
    return world.make(place, "tianyuan.rating.scheme", **values)


def an_indicator(world, place):
    category = world.find(place, "tianyuan.rating.category")
    name = world.name()
    return world.make(place, "tianyuan.rating.indicator", name=name, code=name, category_id=category, source="value")


def scheme_line_values(world, place):
    return {"scheme_id": a_scheme(world, place), "indicator_id": an_indicator(world, place), "max_points": 10}


def level_values(world, place):
    line = world.make(place, "tianyuan.rating.scheme.line", **scheme_line_values(world, place))
    return {"scheme_line_id": line, "name": "Good", "bound": 5, "points": 5}


def threshold_values(world, place):
    tier = world.find(place, "tianyuan.rating.tier")
    return {"scheme_id": a_scheme(world, place), "tier_id": tier, "min_score": 50}


def line_values(world, place):
    line = world.line(place, "sales")
    fields = ["rating_id", "indicator_id", "category_id", "responsibility", "source"]
    [values] = world.do(place, LINE, "read", [line], fields, False)
    return {name: values[name] for name in fields}


def override_values(world, place):
    [partner] = world.do(place, "res.partner", "read", [place.customer], ["tianyuan_customer_class"])
    other = "ordinary" if partner["tianyuan_customer_class"] == "key" else "key"
    return {**place.about_customer(), "customer_class": other, "date_to": "2999-12-31", "reason": "Losses"}


def an_ended_override(world, place):
    """Return an override that has ended, because a customer has one running override at most."""
    override = world.make(place, "tianyuan.class.override", **override_values(world, place))
    world.do(place, "tianyuan.class.override", "action_end", [override])
    return override


def end_overrides(world, place):
    domain = [("partner_id", "=", place.customer), ("state", "=", "active")]
    running = world.do(place, "tianyuan.class.override", "search", domain)
    if running:
        world.do(place, "tianyuan.class.override", "action_end", running)


def history_values(world, place):
    return {**place.about_customer(), "date": "2024-01-01", "reason": "Made up", "user_id": world.admin.uid}


def analysis_row(world, place):
    """Return an analysis row of the confirmed sheet, which has the amounts."""
    return world.find(
        place, "tianyuan.rating.analysis", ("rating_id", "=", place.confirmed), ("metric", "=", "purchase_amount")
    )


def sheet_being_assessed(side):
    return Recipe(
        None,
        lambda world, place, role: {"line_ids": [(1, world.line(place, side), {"metric_value": 60})]},
        lambda world, place: place.assessing,
        tries="rw",
    )


def partner_values(world, place, **values):
    salesperson = world.users["colleague" if place.name == OTHER else "sales"]
    return {"name": world.name(), "user_id": salesperson, "company_id": place.company, **values}


def a_recovery(world, place):
    """Return a recovery from the ledger; users can't enter them."""
    query = """
        INSERT INTO tianyuan_bad_debt_recovery (debt_id, company_id, date, amount)
        VALUES (%s, %s, '2025-02-01', 1) RETURNING id
    """
    return execute(world.database, query, [the_record(world, "tianyuan.bad.debt", place), place.company])[0][0]


RECIPES = {
    "tianyuan.rating:draft": Recipe(
        lambda world, place: {**place.about_customer(), **world.past_quarter()},
        lambda world, place, role: {"name": "Renamed"},
    ),
    # Sales and finance write the lines of their side through the sheet. Managers may delete drafts only.
    "tianyuan.rating:sales": sheet_being_assessed("sales"),
    "tianyuan.rating:finance": sheet_being_assessed("finance"),
    "tianyuan.rating.line:sales": Recipe(
        line_values,
        lambda world, place, role: {"metric_value": 60},
        lambda world, place: world.line(place, "sales"),
    ),
    "tianyuan.rating.line:finance": Recipe(
        line_values,
        lambda world, place, role: {"metric_value": 60},
        lambda world, place: world.line(place, "finance"),
    ),
    "tianyuan.bad.debt": Recipe(
        lambda world, place: {**place.about_customer(), "date": "2025-01-01", "amount": 1},
        lambda world, place, role: {"note": "Asked again"},
    ),
    "tianyuan.bad.debt.recovery": Recipe(
        lambda world, place: {
            "debt_id": the_record(world, "tianyuan.bad.debt", place), "date": "2025-02-01", "amount": 1
        },
        lambda world, place, role: {"amount": 2},
        a_recovery,
    ),
    "tianyuan.class.history": Recipe(
        history_values,
        lambda world, place, role: {"reason": "It was otherwise"},
        lambda world, place: world.find(
            place, "tianyuan.class.history", ("partner_id", "=", place.customer), ("company_id", "=", place.company)
        ),
    ),
    "tianyuan.class.override": Recipe(
        override_values, lambda world, place, role: {"reason": "Another"}, an_ended_override
    ),
    "tianyuan.rating.analysis": Recipe(
        lambda world, place: {"rating_id": place.confirmed, "points": 1},
        lambda world, place, role: {"points": 100},
        analysis_row,
        fields=("points", "purchase_amount"),  # its name is the sheet's, which has its own access rules
    ),
    "res.partner:archive": Recipe(
        lambda world, place: partner_values(world, place, tianyuan_main_products="Peroxide"),
        lambda world, place, role: {"tianyuan_main_products": "Peroxide"},
        archive_of,
        tries="crw",
        fields=(
            "tianyuan_archive_number",
            "tianyuan_channel",
            "tianyuan_main_products",
            "tianyuan_legal_representative",
        ),
    ),
    "res.partner:outcome": Recipe(
        lambda world, place: partner_values(world, place, tianyuan_score=99),
        lambda world, place, role: {"tianyuan_customer_class": "key"},
        archive_of,
        tries="crw",
        fields=("tianyuan_tier_id", "tianyuan_score", "tianyuan_customer_class", "tianyuan_is_major_account"),
    ),
    "tianyuan.rating.run": Recipe(
        lambda world, place: {"company_id": place.company, **world.past_quarter()},
        lambda world, place, role: {"company_id": place.company},
    ),
    "tianyuan.rating.run.error": Recipe(
        lambda world, place: {"run_id": place.run, "partner_id": place.customer, "message": "Made up"},
        lambda world, place, role: {"message": "Nothing happened"},
        lambda world, place: world.find(place, "tianyuan.rating.run.error", ("run_id", "=", place.run)),
    ),
    **CONFIRMATION_RECIPES,
    **EARLIER_RECIPES,
    "tianyuan.rating.scheme": Recipe(
        lambda world, place: {"name": world.name(), "channel": "direct", "company_id": place.company},
        lambda world, place, role: {"grace_days": 5},
    ),
    "tianyuan.rating.scheme.line": Recipe(scheme_line_values, lambda world, place, role: {"max_points": 11}),
    "tianyuan.rating.threshold": Recipe(threshold_values, lambda world, place, role: {"min_score": 51}),
    "tianyuan.rating.level": Recipe(level_values, lambda world, place, role: {"points": 6}),
    # Only system administrators may use the settings; the company's values behind them are no secret.
    "res.config.settings": Recipe(
        lambda world, place: {"company_id": place.company, "tianyuan_rating_archive_check": "warn"}, tries="c"
    ),
    "res.company:settings": Recipe(
        None,
        lambda world, place, role: {"tianyuan_rating_archive_check": "warn"},
        lambda world, place: place.company,
        tries="rw",
        fields=("tianyuan_rating_archive_check", "tianyuan_rating_auto_run", "tianyuan_rating_assessment_days"),
    ),
    "tianyuan.rating.tier": Recipe(
        lambda world, place: {"name": world.name(), "sequence": 99}, lambda world, place, role: {"color": 3}
    ),
    "tianyuan.rating.category": Recipe(
        lambda world, place: {"name": world.name()}, lambda world, place, role: {"sequence": 99}
    ),
    "tianyuan.rating.indicator": Recipe(
        lambda world, place: {
            "name": world.name(),
            "code": world.name(),
            "category_id": world.find(place, "tianyuan.rating.category"),
            "source": "value",
        },
        lambda world, place, role: {"sequence": 99},
    ),
    "tianyuan.rating.tier:used": Recipe(
        None, lambda world, place, role: {"color": 3}, used_by_the_standard_scheme("tier_id"), tries="rw"
    ),
    "tianyuan.rating.category:used": Recipe(
        None, lambda world, place, role: {"sequence": 99}, used_by_the_standard_scheme("category_id"), tries="rw"
    ),
    "tianyuan.rating.indicator:used": Recipe(
        None, lambda world, place, role: {"sequence": 99}, used_by_the_standard_scheme("indicator_id"), tries="rw"
    ),
    "tianyuan.downstream.market": Recipe(
        lambda world, place: {"name": world.name()}, lambda world, place, role: {"name": world.name()}
    ),
    **ARCHIVE_RECIPES,
    **HANDOVER_RECIPES,
    **PROOF_RECIPES,
    **WATCH_RECIPES,
    **VISIT_RECIPES,
    **POLICY_RECIPES,
    **INSIGHT_RECIPES,
    **FOLLOW_RECIPES,
    **CONTRACT_RECIPES,
    **ORDER_RECIPES,
    **SETUP_RECIPES,
}


def opened_quarter_to_date_line(world, client):
    opening = opened(client, "res.partner", "action_tianyuan_quarter_to_date", world.places[OWN].customer)
    return opening and client.search("tianyuan.quarter.to.date.line", [("quarter_to_date_id", "=", opening)])[0]


def a_draft_to_compare(world):
    """Return a draft scheme with one tier and no indicators, which moves all customers and drops all indicators."""
    if "draft to compare" not in world.records:
        own = world.places[OWN]
        values = {**threshold_values(world, own), "min_score": 0, "min_inclusive": True}
        world.make(own, "tianyuan.rating.threshold", **values)
        world.records["draft to compare"] = values["scheme_id"]
    return world.records["draft to compare"]


def opened_comparison(world, client):
    return opened(client, "tianyuan.rating.scheme", "action_compare", a_draft_to_compare(world))


def opened_comparison_part(model):
    def part(world, client):
        opening = opened_comparison(world, client)
        return opening and client.search(model, [("comparison_id", "=", opening)])[0]

    return part


def choice_opening(world, client):
    """Return the dialog in which somebody chooses the quarters of a comparison of their own."""
    opening = opened_comparison(world, client)
    return opening and client.create(CHOICE, comparison_id=opening, until=str(world.before[1]))


def comparison_values(world):
    """Return the common values of the parts of a comparison, which somebody may have opened."""
    comparison = opened_by_another(world, "tianyuan.scheme.comparison", "sales")
    return {"comparison_id": comparison, "company_id": world.places[OWN].company}


def reopen_values(world):
    return reason_values("tianyuan.rating:action_reopen", world.places[OWN].assessing, reason="A mistake")


def filing_values(world):
    return question_values("res.partner:action_tianyuan_file_incomplete", a_begun_archive(world, world.places[OWN]))


def question_values(step, record):
    model, _, method = step.partition(":")
    return {"res_model": model, "res_ids": [record], "method": method}


def reason_values(step, record, reason=" "):
    """Return values of the dialog for a reason, which all of its steps require."""
    model, _, method = step.partition(":")
    return {"res_model": model, "res_ids": [record], "method": method, "reason": reason}


OPENINGS = {
    "tianyuan.payment.detail": Opening(
        lambda world, client: opened(client, "tianyuan.rating", "action_open_payments", world.places[OWN].confirmed),
        lambda world: {"rating_id": world.places[OWN].confirmed, "amount": 1},
        {"amount": 2},
    ),
    "tianyuan.quarter.to.date": Opening(
        lambda world, client: opened(
            client, "res.partner", "action_tianyuan_quarter_to_date", world.places[OWN].customer
        ),
        lambda world: world.places[OWN].about_customer(),
        {"score": 99},
    ),
    "tianyuan.quarter.to.date.line": Opening(
        opened_quarter_to_date_line,
        lambda world: {
            "quarter_to_date_id": OPENINGS["tianyuan.quarter.to.date"].open(world, world.admin),
            "indicator_id": world.find(world.places[OWN], "tianyuan.rating.indicator"),
        },
        {"points": 99},
    ),
    "tianyuan.scheme.comparison": Opening(
        opened_comparison,
        lambda world: {"scheme_id": a_draft_to_compare(world), "company_id": world.places[OWN].company},
        {"new_average": 99},
    ),
    "tianyuan.scheme.comparison.line": Opening(
        opened_comparison_part("tianyuan.scheme.comparison.line"),
        lambda world: {
            **comparison_values(world),
            "partner_id": world.places[OWN].customer,
            "rating_id": world.places[OWN].confirmed,
            "direction": "up",
        },
        {"new_score": 99},
    ),
    "tianyuan.scheme.comparison.indicator": Opening(
        opened_comparison_part("tianyuan.scheme.comparison.indicator"),
        lambda world: {
            **comparison_values(world),
            "indicator_id": world.find(world.places[OWN], "tianyuan.rating.indicator"),
        },
        {"new_average": 99},
    ),
    "tianyuan.scheme.comparison.quarter": Opening(
        opened_comparison_part("tianyuan.scheme.comparison.quarter"),
        lambda world: {**comparison_values(world), "date_from": str(world.before[0])},
        {"new_average": 99},
    ),
    "tianyuan.scheme.comparison.contest": Opening(
        opened_comparison_part("tianyuan.scheme.comparison.contest"),
        lambda world: {**comparison_values(world), "horizon": "year", "verdict": "better"},
        {"verdict": "worse"},
    ),
    "tianyuan.scheme.comparison.level": Opening(
        opened_comparison_part("tianyuan.scheme.comparison.level"),
        lambda world: {
            **comparison_values(world),
            "scheme_id": a_draft_to_compare(world),
            "kind": "level",
            "reach": "some",
        },
        {"sheet_count": 99},
    ),
    # The values are of a comparison that a manager has opened, so that nobody else may create a choice with them.
    CHOICE: Opening(
        choice_opening,
        lambda world: {"comparison_id": opened_by_another(world, COMPARISON, "sales"), "until": str(world.before[1])},
        {"quarter_count": 2},
    ),
    REASON: Opening(wizard(REASON, reopen_values), reopen_values, {"reason": "Another"}),
    QUESTION: Opening(wizard(QUESTION, filing_values), filing_values, {"method": "action_tianyuan_file_incomplete"}),
    **ARCHIVE_OPENINGS,
    **CONFIRMATION_OPENINGS,
    **INDICATOR_OPENINGS,
    **POLICY_OPENINGS,
    **PROOF_OPENINGS,
    **INSIGHT_OPENINGS,
    **SETUP_OPENINGS,
}


def table(text, roles=ROLES):
    """Return a dict of (row, role) → cells."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    assert header == roles
    return {
        (row, role): cells.replace("-", "").split("/")
        for row, *columns in rows
        for role, cells in zip(roles, columns, strict=True)
    }


def cases(*texts, roles=ROLES):
    """Return each row and role of the tables as parameters of a test."""
    rows = {key: cells for text in texts for key, cells in table(text, roles).items()}
    return [pytest.param(*key, cells, id="-".join(key)) for key, cells in rows.items()]


def model_of(row):
    return row.partition(":")[0]


def granted(attempt, *args, **kwargs):
    """Return whether a call is granted; any error but an access error makes the test fail."""
    try:
        attempt(*args, **kwargs)
    except RpcError as refusal:
        if refusal.kind != "AccessError" and not (refusal.kind == "MissingError" and args[0] in QUERIED):
            raise
        return False
    return True


def readable(client, model, record, fields):
    """Return whether the user can read a record, and check that a search agrees."""
    answers = []
    for method, which in (("read", [record]), ("search_read", [("id", "=", record)])):
        try:
            answers.append(bool(client.call(model, method, which, list(fields))))
        except RpcError as refusal:
            assert refusal.kind == "AccessError"
            answers.append(False)
    directly, found = answers
    assert found == directly, "a search shows what reading refuses, or the other way round"
    return directly


@pytest.fixture(scope="module")
def world(access_world):
    return access_world


def new_values(world, row, place):
    """Return values of a new record, the same ones until somebody may create it."""
    key = (row, place.name)
    if key not in world.values:
        world.values[key] = RECIPES[row].values(world, place)
    return world.values[key]


def the_record(world, row, place):
    """Return the record of a row in a place. It is made once; rows whose ids change are searched each time."""
    key = (row, place.name)
    if key not in world.records or row in QUERIED:
        recipe = RECIPES[row]
        if recipe.record:
            world.records[key] = recipe.record(world, place)
        else:
            world.records[key] = world.make(place, model_of(row), **recipe.values(world, place))
    return world.records[key]


def rights(world, row, role, place):
    """Return what a role can do, of create, read, write and delete."""
    recipe, model, client = RECIPES[row], model_of(row), world.clients[role]
    result = ""
    if "c" in recipe.tries:
        if granted(client.create, model, **new_values(world, row, place)):
            result += "c"
            del world.values[row, place.name]
            if row == "tianyuan.class.override":
                end_overrides(world, place)
    if "r" in recipe.tries and readable(client, model, the_record(world, row, place), recipe.fields):
        result += "r"
    if "w" in recipe.tries:
        change = recipe.change(world, place, role)
        if granted(client.write, model, the_record(world, row, place), **change):
            result += "w"
    if "d" in recipe.tries:
        record = the_record(world, row, place)
        if granted(client.call, model, "unlink", [record]):
            result += "d"
            del world.records[row, place.name]  # the next role gets a new record
    return result


def places_of(world, cells):
    names = {1: (OWN,), 2: COMPANY_PLACES, 3: CUSTOMER_PLACES}[len(cells)]
    return [world.places[name] for name in names]


def test_every_model_is_in_the_tables(world):
    """The tables have a row for every model of the addons."""
    models = world.admin.call("ir.model", "search_read", [("model", "=like", "tianyuan.%")], ["model", "abstract"])
    known = {
        model_of(row)
        for text in (RECORDS_OF_CUSTOMERS, RECORDS_OF_COMPANIES, COMMON_RECORDS, OPENED_RECORDS)
        for row, _role in table(text)
        if row.startswith("tianyuan.")
    }
    assert {model["model"] for model in models if not model["abstract"]} == known


def test_every_button_is_in_the_tables():
    """The tables have a row for every button of the addons' models, and for their buttons on other models."""
    tables = (METHODS_OF_CUSTOMERS, METHODS_OF_COMPANIES, METHODS_OF_OPENED)
    known = {row for text in tables for row, _role in table(text)}
    assert {row for row in public_methods() if ":action_" in row} == known


# Other methods that the screens call, each with its own test below, and methods of Odoo that the addons extend.
CALLED_BY_SCREENS = {
    "mail.activity:tianyuan_open_assessments",
    "tianyuan.rating.dashboard:get_data",
    "tianyuan.workbench:get_data",
    f"{SETUP}:checklist",
    "tianyuan.rating:get_history",
    "tianyuan.rating.line:assessment_progress",
    "tianyuan.rating.line:submit_complete",
    "tianyuan.archive.document:upload_targets",
}
ODOOS_OWN = {"create", "write", "unlink", "copy", "copy_data", "default_get", "button_draft", "get_import_templates"}
ODOOS_OWN |= {"has_groups", "load", "message_post", "message_subscribe", "parse_preview", "send"}
ODOOS_OWN |= {"read", "search_read", "export_data", "web_save", "execute_import"}


def test_no_other_method_can_be_called():
    others = {row for row in public_methods() if ":action_" not in row}
    assert {row for row in others if row.partition(":")[2] not in ODOOS_OWN} == CALLED_BY_SCREENS


def public_methods():
    """Return every method in the addons' source that can be called from outside, as ``model:method``.

    On other modules' models these are the buttons named after the addon, and all methods that aren't buttons.
    """
    repo = Path(os.environ["TIANYUAN_REPO"])
    for path in (path for addon in (ADDON, *WINGS) for path in repo.glob(f"{addon}/**/*.py")):
        if {"tests", "demo"}.intersection(path.relative_to(repo).parts):
            continue
        for model in ast.walk(ast.parse(path.read_text())):
            if not isinstance(model, ast.ClassDef):
                continue
            names = {
                node.targets[0].id: ast.literal_eval(node.value)
                for node in model.body
                if isinstance(node, ast.Assign) and node.targets[0].id in ("_name", "_inherit")
            }
            name = names.get("_name") or names.get("_inherit")
            for method in model.body if name else ():
                if not isinstance(method, ast.FunctionDef) or method.name.startswith("_") or is_closed(method):
                    continue
                ours = name.startswith("tianyuan.") or "tianyuan" in method.name
                if ours or not method.name.startswith("action_"):
                    yield f"{name}:{method.name}"


def is_closed(method):
    """Return whether a method can't be called from outside although its name is public."""
    return any(ast.unparse(decorator) in ("property", "api.private") for decorator in method.decorator_list)


@pytest.mark.parametrize(("row", "role", "expected"), cases(RECORDS_OF_CUSTOMERS, RECORDS_OF_COMPANIES, COMMON_RECORDS))
def test_records(world, row, role, expected):
    assert [rights(world, row, role, place) for place in places_of(world, expected)] == expected


@pytest.mark.parametrize(("row", "role", "expected"), cases(SHARED_RECORDS, roles=SHARED_ROLES))
def test_shared_setup(world, row, role, expected):
    """Only users who work in all companies can change set-up of all companies."""
    assert [rights(world, row, role, SHARED)] == expected


@pytest.mark.parametrize("model", COPIED)
@pytest.mark.parametrize(("role", "place"), [("manager", OWN), ("outsider", FOREIGN), ("keeper", None)])
def test_a_copy_of_shared_setup_is_the_companys_own(world, model, role, place):
    [copy] = world.clients[role].call(model, "copy", [the_record(world, model, SHARED)])
    [values] = world.admin.call(model, "read", [copy], ["company_id"])
    company = values["company_id"] and values["company_id"][0]
    assert company == (world.places[place].company if place else False)


@pytest.mark.parametrize(("row", "role", "expected"), cases(OPENED_RECORDS))
def test_opened_records(world, row, role, expected):
    """Users can't create the records that buttons open for them, nor read those opened for others."""
    opening, client = OPENINGS[row], world.clients[role]
    found = ["", ""]
    for index, record in enumerate((opening.open(world, client), opened_by_another(world, row, role))):
        if not index and granted(client.create, row, **opening.values(world)):
            found[index] += "c"
        if record is None:
            continue  # opening it was refused, which is the expected result
        if readable(client, row, record, ["display_name"]):
            found[index] += "r"
        if granted(client.write, row, record, **opening.change):
            found[index] += "w"
        if granted(client.call, row, "unlink", [record]):
            found[index] += "d"
    assert found == expected


def opened_by_another(world, model, role):
    """Return what another user has opened, made once because nobody may change it."""
    colleague = "manager" if role != "manager" else "finance"
    key = (model, "opened", colleague)
    if key not in world.records:
        opening = OPENINGS[model]
        world.records[key] = opening.open(world, world.clients[colleague]) or opening.open(world, world.admin)
    assert world.records[key]
    return world.records[key]


# The record each button is tried on. A confirmed sheet refuses calls by its state that access rules allow.
BUTTON_RECORDS = {
    "tianyuan.rating": lambda world, place: place.confirmed,
    "tianyuan.rating.line": lambda world, place: world.find(
        place, LINE, ("rating_id", "=", place.confirmed), ("indicator_id.metric", "=", "on_time_rate")
    ),
    "tianyuan.bad.debt": lambda world, place: world.make(
        place, "tianyuan.bad.debt", **RECIPES["tianyuan.bad.debt"].values(world, place)
    ),
    "tianyuan.class.override": lambda world, place: the_record(world, "tianyuan.class.override", place),
    "tianyuan.rating.analysis": analysis_row,
    "res.partner": lambda world, place: place.customer,
    "tianyuan.rating.run": lambda world, place: place.run,
    CONFIRMATION: a_confirmation,
    "tianyuan.rating.scheme": lambda world, place: world.do(
        place,
        "tianyuan.rating.scheme",
        "copy",
        [world.admin.ref(f"{ADDON}.scheme_direct")],
        {"company_id": place.company, "date_from": "2999-01-01"},
    )[0],
    **ARCHIVE_BUTTONS,
    **HANDOVER_BUTTONS,
    **PROOF_BUTTONS,
    **WATCH_BUTTONS,
    **EARLIER_BUTTONS,
    **VISIT_BUTTONS,
    **INDICATOR_BUTTONS,
    **INSIGHT_BUTTONS,
    **FOLLOW_BUTTONS,
    **CONTRACT_BUTTONS,
    **ORDER_BUTTONS,
    **SETUP_BUTTONS,
}


def allowed(world, row, places, step):
    """Return where access to a step is granted, even if the record's state refuses it: a list of "y" and ""."""
    model = model_of(row)
    found = []
    for place in places:
        make = BUTTON_RECORDS.get(row) or BUTTON_RECORDS[model]
        key = (make, place.name)
        if key not in world.records or model in QUERIED:
            world.records[key] = make(world, place)
        try:
            step(world.records[key])
        except RpcError as refusal:
            refusals = {"AccessError", "MissingError"} if model in QUERIED else {"AccessError"}
            assert refusal.kind in {*refusals, "UserError", "ValidationError"}, refusal
            found.append("" if refusal.kind in refusals else "y")
        else:
            found.append("y")
            del world.records[key]  # its state may have changed
    return found


@pytest.mark.parametrize(("row", "role", "expected"), cases(METHODS_OF_CUSTOMERS, METHODS_OF_COMPANIES))
def test_buttons(world, row, role, expected):
    model, _, method = row.partition(":")
    client = world.clients[role]
    assert allowed(world, row, places_of(world, expected), lambda it: client.call(model, method, [it])) == expected


# The steps for which a dialog asks for a reason.
NEED_A_REASON = {
    "tianyuan.rating:action_reopen",
    "tianyuan.archive.borrow:action_refuse",
    "tianyuan.archive.borrow:action_refuse_prolong",
    "tianyuan.archive.document:action_check",
    "tianyuan.archive.hold:action_lift",
    "tianyuan.personal.erasure:action_refuse",
    "tianyuan.archive.collection:action_reject",
    "tianyuan.archive.collection.line:action_reject",
    "tianyuan.contract:action_cancel",
    "tianyuan.contract:action_pass_checks",
    "tianyuan.watch.item:action_acknowledge",
    "sale.order:action_tianyuan_refuse",
}
# The steps before which a dialog asks.
ASKED_FIRST = {
    "res.partner:action_tianyuan_file_incomplete",
    "tianyuan.contract:action_sign",
    "tianyuan.hand.over:action_hand_over",
    "tianyuan.visit:action_hand_in",
}


@pytest.mark.parametrize(
    ("row", "role", "expected"), [case for case in cases(METHODS_OF_CUSTOMERS) if case.values[0] in NEED_A_REASON]
)
def test_whoever_gives_a_reason_may_do_no_more(world, row, role, expected):
    client = world.clients[role]

    def step(record):
        client.call(REASON, "action_apply", [client.create(REASON, **reason_values(row, record))])

    assert allowed(world, row, places_of(world, expected), step) == expected


@pytest.mark.parametrize(
    ("row", "role", "expected"), [case for case in cases(METHODS_OF_CUSTOMERS) if case.values[0] in ASKED_FIRST]
)
def test_whoever_is_asked_may_do_no_more(world, row, role, expected):
    client = world.clients[role]

    def step(record):
        client.call(QUESTION, "action_apply", [client.create(QUESTION, **question_values(row, record))])

    assert allowed(world, row, places_of(world, expected), step) == expected


@pytest.mark.parametrize("step", ["tianyuan.rating:action_cancel", "tianyuan.rating:unlink", "res.partner:unlink"])
@pytest.mark.parametrize("role", ["specialist", "manager"])
def test_with_a_question_nothing_else_is_done(world, role, step):
    """The dialog refuses all methods but those that are asked about, because the caller chooses model and method."""
    own, client = world.places[OWN], world.clients[role]
    record = own.customer if model_of(step) == "res.partner" else own.assessing
    dialog = client.create(QUESTION, **question_values(step, record))
    assert not granted(client.call, QUESTION, "action_apply", [dialog])
    assert world.do(own, "tianyuan.rating", "read", [own.assessing], ["state"])[0]["state"] == "assessing"


@pytest.mark.parametrize("step", ["tianyuan.rating:action_cancel", "tianyuan.rating:unlink", "res.partner:unlink"])
@pytest.mark.parametrize("role", ["sales", "manager"])
def test_with_a_reason_nothing_else_is_done(world, role, step):
    """The dialog refuses all methods but those that need a reason, because the caller chooses model and method."""
    own, client = world.places[OWN], world.clients[role]
    record = own.customer if model_of(step) == "res.partner" else own.assessing
    named = reason_values(step, record, reason="A mistake")
    harmless = reason_values("tianyuan.rating:action_reopen", record, reason="A mistake")
    dialogs = [client.create(REASON, **values) for values in (named, harmless)]
    client.write(REASON, dialogs[1], **named)
    for dialog in dialogs:
        assert not granted(client.call, REASON, "action_apply", [dialog])
    assert world.do(own, "tianyuan.rating", "read", [own.assessing], ["state"])[0]["state"] == "assessing"
    assert world.do(own, "res.partner", "search_count", [("id", "=", own.customer)])


@pytest.mark.parametrize(("row", "role", "expected"), cases(METHODS_OF_OPENED))
def test_buttons_of_opened_records(world, row, role, expected):
    model, _, method = row.partition(":")
    opening, client = OPENINGS[model], world.clients[role]
    found = []
    for record in (opening.open(world, client), opened_by_another(world, model, role)):
        try:
            found.append("y" if record and client.call(model, method, [record]) else "")
        except RpcError as refusal:
            # A sheet that is open already refuses to be reopened, but only to users with access.
            assert refusal.kind in {"AccessError", "UserError"}, refusal
            found.append("y" if refusal.kind == "UserError" else "")
    assert found == expected


def test_nobody_approves_what_they_proposed(world):
    """The administrator has all roles, and yet needs a second person; so it is by remote calls too."""
    own = world.places[OWN]
    destruction = a_proposed_destruction(world, own)
    assert not granted(world.do, own, DESTRUCTION, "action_approve", [destruction])
    assert granted(world.clients["manager"].call, DESTRUCTION, "action_approve", [destruction])


@pytest.mark.parametrize("role", ROLES)
def test_the_checklist_is_for_managers(world, role):
    checklist = world.clients[role].call
    assert granted(checklist, SETUP, "checklist") == (role == "manager")
    foreign = {"allowed_company_ids": [world.places[FOREIGN].company]}
    assert not granted(checklist, SETUP, "checklist", context=foreign)


@pytest.mark.parametrize("role", ROLES)
def test_a_comparison_is_downloaded_by_whoever_opened_it(world, role):
    client = world.clients[role]

    def download(comparison):
        return client.session.get(f"{client.url}/tianyuan/scheme_comparison/{comparison}/xlsx", timeout=60)

    own = opened_comparison(world, client)
    assert bool(own) == (role in {"finance", "manager"})
    if own:
        assert download(own).ok
    assert download(opened_by_another(world, COMPARISON, role)).status_code == requests.codes.forbidden


SEEN = {"sales": 1, "leader": 1, "specialist": 2, "finance": 2, "manager": 2, "insider": None, "portal": None}


@pytest.mark.parametrize("role", ROLES)
def test_the_dashboard_counts_what_its_reader_may_read(world, role):
    """The dashboard counts a confirmed sheet of an own customer and one of a colleague's; each bought for 1,000,000."""
    client, dashboard = world.clients[role], "tianyuan.rating.dashboard"
    workbook = client.session.get(f"{client.url}/tianyuan/dashboard/xlsx", timeout=60)
    if SEEN[role] is None:
        assert not granted(client.call, dashboard, "get_data")
        assert workbook.status_code == requests.codes.forbidden
    else:
        data = client.call(dashboard, "get_data", str(world.before[0]))
        [rated] = [tile["value"] for tile in data["results"] if tile["key"] == "rated"]
        assert rated == SEEN[role]
        assert sum(tier["purchases"] for tier in data["by_tier"]) == SEEN[role] * 1_000_000
        assert workbook.ok
    foreign = {"allowed_company_ids": [world.places[FOREIGN].company]}
    assert not granted(client.call, dashboard, "get_data", context=foreign)
    url = f"{client.url}/tianyuan/dashboard/xlsx?company_id={world.places[FOREIGN].company}"
    assert client.session.get(url, timeout=60).status_code == requests.codes.forbidden


@pytest.mark.parametrize("role", ROLES)
def test_a_card_of_the_workbench_counts_what_its_list_shows(world, role):
    client, workbench = world.clients[role], "tianyuan.workbench"
    if SEEN[role] is None:
        assert not granted(client.call, workbench, "get_data")
    else:
        cards = [card for part in client.call(workbench, "get_data")["roles"] for card in part["cards"]]
        assert cards
        for card in cards:
            listed = client.call(card["model"], "search_read", card["domain"], ["id"])
            if card["model"] == LINE:  # the card counts the sheets of the lines
                lines = client.call(LINE, "read", [row["id"] for row in listed], ["rating_id"])
                listed = {line["rating_id"][0] for line in lines}
            assert card["value"] == len(listed), card["key"]
    foreign = {"allowed_company_ids": [world.places[FOREIGN].company]}
    assert not granted(client.call, workbench, "get_data", context=foreign)


@pytest.mark.parametrize("role", ROLES)
def test_the_progress_of_assessments_counts_what_its_reader_may_read(world, role):
    client = world.clients[role]
    sheets = [place.confirmed for place in world.places.values()]
    domain = [("rating_id", "in", sheets), ("responsibility", "=", "sales")]
    if SEEN[role] is None:
        assert not granted(client.call, LINE, "assessment_progress", domain)
    else:
        assert client.call(LINE, "assessment_progress", domain)["customers"] == SEEN[role]


@pytest.mark.parametrize("role", ROLES)
def test_submitting_what_is_complete_takes_a_role(world, role):
    """Confirmed sheets aren't submitted again, by nobody; the outcome of sheets in work is tested inside Odoo."""
    domain = [("rating_id", "in", [place.confirmed for place in world.places.values()])]
    client = world.clients[role]
    if SEEN[role] is None:
        assert not granted(client.call, LINE, "submit_complete", domain)
    else:
        assert client.call(LINE, "submit_complete", domain) == {"submitted": 0, "refused": []}


@pytest.mark.parametrize("role", ROLES)
def test_the_history_of_a_customer_shows_what_its_reader_may_read(world, role):
    client = world.clients[role]
    if SEEN[role] is None:
        assert not granted(client.call, "tianyuan.rating", "get_history", world.places[OWN].customer)
        return
    seen = [
        len(client.call("tianyuan.rating", "get_history", place.customer, company_id=place.company))
        for place in world.places.values()
    ]
    assert sum(seen) == SEEN[role]


def test_a_manager_reopens_no_sheet_of_another_company(world):
    """Each sheet to reopen is checked, because the caller names them."""
    foreign = world.places[FOREIGN]
    manager = world.clients["manager"]
    with pytest.raises(RpcError) as refusal:
        values = reason_values("tianyuan.rating:action_reopen", foreign.confirmed, reason="A mistake")
        manager.call(REASON, "action_apply", [manager.create(REASON, **values)])
    assert refusal.value.kind == "AccessError"
    [sheet] = world.do(foreign, "tianyuan.rating", "read", [foreign.confirmed], ["state"])
    assert sheet["state"] == "confirmed"


@pytest.mark.parametrize("role", ["sales", "leader", "specialist", "finance", "manager"])
def test_each_role_changes_its_own_request_only(world, role):
    own, client = world.places[OWN], world.clients[role]
    mine = a_borrow(world, own, borrower=client)
    assert granted(client.write, BORROW, mine, purpose="An audit")
    assert not granted(client.call, BORROW, "unlink", [mine])
    assert not granted(client.write, BORROW, mine, borrower_id=world.users["colleague"])
    client.call(BORROW, "action_request", [mine])
    assert not granted(client.call, BORROW, "action_approve", [mine])  # users can't decide on their own request
    others = {"sales", "leader", "finance"} - {role}
    assert not any(readable(world.clients[other], BORROW, mine, ["purpose"]) for other in others)


@pytest.mark.parametrize("role", [*ROLES, "admin"])
def test_nobody_changes_the_log(world, role):
    client = world.admin if role == "admin" else world.clients[role]
    row = the_record(world, LOG, world.places[OWN])
    [before] = world.do(world.places[OWN], LOG, "read", [row])
    attempts = {
        "create": lambda: client.create(LOG, number=99, company_id=world.places[OWN].company, action="returned"),
        "write": lambda: client.write(LOG, row, user_login="somebody"),
        "unlink": lambda: client.call(LOG, "unlink", [row]),
        "copy": lambda: client.call(LOG, "copy", [row]),
        "_append": lambda: client.call(LOG, "_append", "returned", []),
    }
    for name, attempt in attempts.items():
        with pytest.raises(RpcError) as refusal:
            attempt()
        assert refusal.value.kind in {"AccessError", "UserError"}, name
    assert world.do(world.places[OWN], LOG, "read", [row]) == [before]


def test_a_reader_of_profiles_reads_profiles_only(world):
    """A user with the profile group only, which specialists and managers have with their roles."""
    reader = world.clients["reader"]
    for place in (world.places[OWN], world.places[OTHER]):
        profile = the_record(world, PROFILE, place)
        assert readable(reader, PROFILE, profile, ["birthday", "note"])
        assert not granted(reader.write, PROFILE, profile, note="Known")
        assert not granted(reader.create, PROFILE, **profile_values(world, place))
        assert not granted(reader.call, PROFILE, "unlink", [profile])
        assert granted(reader.call, "res.partner", "action_tianyuan_contact_profiles", [place.customer])
    assert not readable(reader, PROFILE, the_record(world, PROFILE, world.places[FOREIGN]), ["birthday"])
    for row in (DOCUMENT, BORROW, FORM, GAP, LOG, "tianyuan.rating.line:sales", "res.partner:archive"):
        record = the_record(world, row, world.places[OWN])
        assert not readable(reader, model_of(row), record, RECIPES[row].fields), row


LACKING = {"sales": "yy-", "leader": "yy-", "specialist": "yy-", "finance": "yy-", "manager": "yy-"}


@pytest.mark.parametrize("role", ROLES)
def test_what_an_archive_lacks_is_told_to_readers_of_archives(world, role):
    """The place to drop files shows the same gaps as the archive's field, to readers of archives only."""
    client, told = world.clients[role], ""
    for customer in (world.places[OWN].customer, world.places[OTHER].customer, world.foreign_customer):
        try:
            answer = client.call(DOCUMENT, "upload_targets", customer)
        except RpcError as refusal:
            assert refusal.kind == "AccessError"
            told += "-"
        else:
            told += "y" if answer["missing"] else "-"
            assert answer["can_upload"] == (role == "specialist")
    assert told == LACKING.get(role, "---")


# Records that a role may change, with values that would move them to where the role may not create records.
MOVES = {
    ("tianyuan.rating:draft", "manager"): lambda world, place: {"company_id": place.company},
    ("tianyuan.bad.debt", "finance"): lambda world, place: {"company_id": place.company},
    ("tianyuan.bad.debt", "manager"): lambda world, place: {"company_id": place.company},
    ("tianyuan.rating.run", "manager"): lambda world, place: {"company_id": place.company},
    (IMPORT, "manager"): lambda world, place: {"company_id": place.company},
    ("tianyuan.rating.scheme", "manager"): lambda world, place: {"company_id": place.company},
    ("tianyuan.rating.scheme.line", "manager"): lambda world, place: {"scheme_id": a_scheme(world, place)},
    ("tianyuan.rating.threshold", "manager"): lambda world, place: {"scheme_id": a_scheme(world, place)},
    ("tianyuan.rating.level", "manager"): lambda world, place: {
        "scheme_line_id": level_values(world, place)["scheme_line_id"]
    },
    (POLICY, "manager"): lambda world, place: {"company_id": place.company},
    (DOCUMENT, "specialist"): lambda world, place: place.about_customer(),
    (TYPE, "specialist"): lambda world, place: {"company_id": place.company},
    (TYPE, "manager"): lambda world, place: {"company_id": place.company},
    (PROFILE, "specialist"): lambda world, place: {"company_id": place.company},
    (BORROW, "sales"): lambda world, place: place.about_customer(),
    (FORM, "sales"): lambda world, place: place.about_customer(),
    (VISIT, "sales"): lambda world, place: place.about_customer(),
    (VISIT, "manager"): lambda world, place: place.about_customer(),
    (FINDING, "sales"): lambda world, place: {"visit_id": the_record(world, VISIT, place)},
    (INSIGHT, "sales"): lambda world, place: {"company_id": place.company},
    (INSIGHT, "manager"): lambda world, place: {"company_id": place.company},
    (CONTRACT, "sales"): lambda world, place: place.about_customer(),
    (CONTRACT, "manager"): lambda world, place: place.about_customer(),
    (TEMPLATE, "manager"): lambda world, place: {"company_id": place.company},
}


@pytest.mark.parametrize(("row", "role"), MOVES)
def test_nothing_is_moved_to_another_company(world, row, role):
    recipe, place = RECIPES[row], world.places[OWN]
    if row in (BORROW, FORM, INSIGHT):  # only the owner may change it at all
        record = recipe.record(world, place)
    else:
        record = world.make(place, model_of(row), **recipe.values(world, place))
    values = MOVES[row, role](world, world.places[FOREIGN])
    assert not granted(world.clients[role].write, model_of(row), record, **values)


OUTCOMES = {
    "tianyuan.rating": {
        "state": "confirmed",
        "score": 100,
        "sales_done": True,
        "tier_id": "AAA",
        "customer_class": "key",
        "is_major_account": True,
        "has_bad_debt": False,
        "annual_purchase": 1e9,
    },
    "res.partner": {
        "tianyuan_tier_id": "AAA",
        "tianyuan_score": 100,
        "tianyuan_customer_class": "key",
        "tianyuan_is_major_account": True,
        "tianyuan_archive_completeness": 100,
        "tianyuan_first_deal_date": "2020-01-01",
        "tianyuan_supply_priority": "high",
    },
    BORROW: {
        "state": "out",
        "name": "BR/1",
        "borrower_id": 1,
        "requested_on": "2024-01-01 00:00:00",
        "decided_by_id": 1,
        "handed_out_by_id": 1,
        "refusal_reason": "None",
    },
    FORM: {"state": "accepted", "user_id": 1, "reviewed_by_id": 1, "reject_reason": "None", "is_prospect": True},
    DOCUMENT: {"checksum": "0", "mimetype": "text/html", "file_size": 1, "reminded": "expired"},
    PROFILE: {"birthday_reminded_for": "2024-01-01"},
    VISIT: {
        "state": "reported",
        "name": "HF/1",
        "is_auto": True,
        "reported_on": "2024-01-01",
        "report_due_on": "2999-01-01",
        "chased": "leader",
        "activity_id": 1,
    },
    FINDING: {"state": "done", "name": "FK/1", "chased": True, "told_product": True, "closed_on": "2024-01-01"},
    INSIGHT: {"state": "shared", "shared_on": "2024-01-01"},
    CONTRACT: {
        "state": "signed",
        "name": "HT/1",
        "date_signed": "2024-01-01",
        "signed_by_id": 1,
        "amount_total": 1,
        "template_version": 9,
        "cancel_reason": "None",
    },
    CHECK: {"checked_by_id": 1, "checked_on": "2024-01-01 00:00:00", "kind": "credit", "contract_id": 1},
    TEMPLATE: {"version": 9, "approved_by_id": 1, "approved_on": "2024-01-01 00:00:00"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", OUTCOMES)
def test_outcomes_are_written_by_nobody(world, model, role):
    """Nobody can write an outcome, neither on sheets, customers nor an archive's records; confirming sets it."""
    place = world.places[OWN]
    record = {"tianyuan.rating": place.assessing, "res.partner": place.customer}.get(model)
    record = record or the_record(world, model, place)
    tier = world.find(place, "tianyuan.rating.tier", ("name", "=", "AAA"))
    written = [
        field
        for field, value in OUTCOMES[model].items()
        if granted(world.clients[role].write, model, record, **{field: tier if value == "AAA" else value})
    ]
    assert not written


# -- other ways to the same records ------------------------------------------------------------------------------

SHOWN = {"display_name": {}}
# Models without create_uid.
READ = {
    "tianyuan.rating.analysis": "rating_id",
    "tianyuan.contract.analysis": "contract_id",
    LICENCE_SALE: "type_id",
    GAP: "partner_id",
    SUGGESTION: "partner_id",
    LOG: "company_id",
    HEAD: "company_id",
}
SEARCHES = {
    "search_read": lambda call, domain, field: call("search_read", domain, ["display_name"]),
    "search_count": lambda call, domain, field: call("search_count", domain),
    "web_search_read": lambda call, domain, field: call("web_search_read", domain, SHOWN)["records"],
    "name_search": lambda call, domain, field: call("name_search", "", domain),
    "read_group": lambda call, domain, field: call("read_group", domain, [field], [field]),
    "formatted_read_group": lambda call, domain, field: call("formatted_read_group", domain, [field], ["__count"]),
    "web_read_group": lambda call, domain, field: call("web_read_group", domain, [field])["groups"],
    "aggregate": lambda call, domain, field: call("formatted_read_group", domain, [], ["__count"])[0]["__count"],
}
DIRECT = {
    "read": lambda call, record, field: call("read", [record], [field]),
    "web_read": lambda call, record, field: call("web_read", [record], SHOWN),
    "export_data": lambda call, record, field: call("export_data", [record], ["display_name"]),
    "copy": lambda call, record, field: call("copy", [record]),
    "web_save": lambda call, record, field: call("web_save", [record], {}, SHOWN),
}
LOOKING = ("sales", "specialist", "manager", "insider", "portal")


def hidden(*texts):
    """Return models and roles with the places where they can't read, taking the first of rows with equal rights."""
    for text in texts:
        rows = table(text)
        first = {model_of(row): row for row, _role in reversed(rows)}
        for (row, role), cells in rows.items():
            if row != first[model_of(row)]:
                continue
            names = {1: (OWN,), 2: COMPANY_PLACES, 3: CUSTOMER_PLACES}[len(cells)]
            places = [name for name, cell in zip(names, cells) if "r" not in cell]
            if places and role in LOOKING and row.startswith("tianyuan."):
                if role in ("insider", "portal"):
                    places = places[:1]  # the model refuses them in all places
                yield pytest.param(row, role, places, id=f"{row}-{role}")


def what_shows(client, model, record):
    """Return the remote calls that would show a record."""

    def call(method, *args):
        return client.call(model, method, *args)

    shows = []
    for ways, argument in ((SEARCHES, [("id", "=", record)]), (DIRECT, record)):
        for name, way in ways.items():
            try:
                if way(call, argument, READ.get(model, "create_uid")):
                    shows.append(name)
            except RpcError as refusal:
                # Portal users can't export, and nobody can duplicate or change some records.
                expected = {"AccessError"}
                if name in ("export_data", "copy", "web_save"):
                    expected.add("UserError")
                if model in QUERIED:
                    expected.add("MissingError")
                assert refusal.kind in expected, f"{name}: {refusal.kind}: {refusal}"
    return shows


@pytest.mark.parametrize(("row", "role", "places"), hidden(RECORDS_OF_CUSTOMERS, RECORDS_OF_COMPANIES, COMMON_RECORDS))
def test_what_is_not_read_shows_nowhere(world, row, role, places):
    for name in places:
        record = the_record(world, row, world.places[name])
        assert not what_shows(world.clients[role], model_of(row), record), name


@pytest.mark.parametrize("role", LOOKING)
@pytest.mark.parametrize("model", OPENINGS)
def test_what_others_opened_shows_nowhere(world, model, role):
    assert not what_shows(world.clients[role], model, opened_by_another(world, model, role))


SECRETS = {
    "tianyuan_tier_id": ("!=", False),
    "tianyuan_score": (">", 0),
    "tianyuan_customer_class": ("!=", False),
    "tianyuan_channel": ("=", "direct"),
    "tianyuan_legal_representative": ("!=", False),
    "tianyuan_archive_number": ("=", False),
    "tianyuan_archive_completeness": (">=", 0),
    "tianyuan_rating_ids": ("!=", False),
}


@pytest.mark.parametrize("role", ["insider", "portal"])
@pytest.mark.parametrize("field", SECRETS)
@pytest.mark.parametrize("model", ["res.partner", "res.users"])  # users have the fields of their partners
def test_protected_fields_show_nowhere(world, role, field, model):
    """Users without a role can't read the fields, nor find out values by searching, sorting or grouping."""
    client = world.clients[role]
    record = client.uid
    if model == "res.partner":
        record = world.places[OWN].customer  # the portal user's own company
        assert client.read(model, record, "name")
    condition = [(field, *SECRETS[field])]
    attempts = {
        "read": lambda: client.read(model, record, field),
        "web_read": lambda: client.call(model, "web_read", [record], {field: {}}),
        "search": lambda: client.search(model, condition),
        "name_search": lambda: client.call(model, "name_search", "", condition),
        "search_count": lambda: client.call(model, "search_count", condition),
        "formatted_read_group": lambda: client.call(model, "formatted_read_group", [], [field], ["__count"]),
        "aggregate": lambda: client.call(model, "formatted_read_group", [], [], [f"{field}:count_distinct"]),
        "order": lambda: client.call(model, "search", [], order=f"{field} desc"),
        "through a relation": lambda: client.search("res.partner", [(f"parent_id.{field}", *SECRETS[field])]),
    }
    if role == "insider":  # portal users can't export at all
        attempts["export_data"] = lambda: client.call(model, "export_data", [record], [field])
    shows = [name for name, attempt in attempts.items() if granted(attempt)]
    assert field not in client.call(model, "fields_get", [field])
    assert not shows


def test_a_colleagues_customers_are_not_found_by_their_sheets(world):
    """A condition on unreadable sheets finds nothing, so that searching doesn't reveal the score."""
    sales, other = world.clients["sales"], world.places[OTHER].customer
    assert sales.read("res.partner", other, "name")
    for domain in (
        [("tianyuan_rating_ids.score", ">=", 0)],
        [("tianyuan_rating_ids", "any", [("state", "=", "confirmed")])],
        [("tianyuan_rating_ids.line_ids.points", ">=", 0)],
    ):
        assert world.places[OWN].customer in sales.search("res.partner", domain)
        assert other not in sales.search("res.partner", domain)
    assert not sales.read("res.partner", other, "tianyuan_rating_ids")["tianyuan_rating_ids"]


# Models with a discussion, and a field of each.
TALKED_ABOUT = {
    "tianyuan.rating": "score",
    BORROW: "purpose",
    FORM: "city",
    PROFILE: "birthday",
    VISIT: "summary",
    FINDING: "description",
    CONTRACT: "subject",
}
HIDDEN_FROM = ("sales", "insider", "portal")


def hidden_records(world, model):
    places = [world.places[OTHER], world.places[FOREIGN]]
    return [place.confirmed if model == "tianyuan.rating" else the_record(world, model, place) for place in places]


@pytest.mark.parametrize("about", TALKED_ABOUT)
@pytest.mark.parametrize("model", ["mail.message", "mail.activity"])
@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_what_is_said_about_hidden_records_is_hidden(world, model, role, about):
    link = ("model" if model == "mail.message" else "res_model", "=", about)
    try:
        assert not world.clients[role].search(model, [link, ("res_id", "in", hidden_records(world, about))])
    except RpcError as refusal:
        assert refusal.kind == "AccessError"


@pytest.mark.parametrize("model", ["tianyuan.rating", FORM, PROFILE, CONTRACT, VISIT])
@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_a_hidden_record_is_not_printed(world, role, model):
    client = world.clients[role]
    report = world.admin.call("ir.actions.report", "search_read", [("model", "=", model)], ["report_name"])
    for record in hidden_records(world, model):
        url = f"{client.url}/report/html/{report[0]['report_name']}/{record}"
        answer = client.session.get(url, timeout=60)
        assert not answer.ok, f"{record}: {answer.text[:500]}"


@pytest.mark.parametrize("model", TALKED_ABOUT)
@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_nobody_talks_on_a_hidden_record(world, role, model):
    client = world.clients[role]
    for record in hidden_records(world, model):
        assert not granted(client.call, model, "message_post", [record], body="Hello")
        # Odoo ignores followers without read access instead of raising; profiles have no followers at all.
        client.call(model, "message_subscribe", [record], [world.partners[role]])
        followers = [("res_model", "=", model), ("res_id", "=", record), ("partner_id", "=", world.partners[role])]
        assert not world.admin.search("mail.followers", followers)
        assert not granted(client.call, model, "activity_schedule", [record], summary="Look")
        assert not granted(client.call, model, "onchange", [record], {}, [], {TALKED_ABOUT[model]: {}})


def test_the_public_gets_nothing(world, server):
    """No model answers without a login, neither to the web client's calls nor to those of other programs."""
    rows = {model_of(row) for text in (RECORDS_OF_CUSTOMERS, COMMON_RECORDS, OPENED_RECORDS) for row, _ in table(text)}
    for model in sorted(rows):
        params = {"model": model, "method": "search", "args": [[]], "kwargs": {}}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = requests.post(f"{server.url}/web/dataset/call_kw/{model}/search", json=body, timeout=30).json()
        assert answer["error"]["data"]["name"] == "odoo.http.SessionExpiredException"
        answer = requests.post(f"{server.url}/json/2/{model}/search", json={"domain": []}, timeout=30)
        assert answer.status_code == requests.codes.unauthorized
