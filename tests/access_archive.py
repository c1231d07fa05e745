"""The archive's part of the access matrix: its records, made by the users who would make them, and the calls to try.

The functions have the parameters of recipes: the world and the place.
"""

import base64

from access_records import Opening, Recipe
from odoo_harness import RpcError, execute

DOCUMENT, TYPE, FILE = "tianyuan.archive.document", "tianyuan.archive.document.type", "tianyuan.archive.file"
BORROW, LOG, HEAD = "tianyuan.archive.borrow", "tianyuan.archive.access.log", "tianyuan.archive.access.head"
VERIFY = "tianyuan.archive.access.verify"
DESTRUCTION, DESTRUCTION_LINE = "tianyuan.archive.destruction", "tianyuan.archive.destruction.line"
HOLD, TRANSFER = "tianyuan.archive.hold", "tianyuan.archive.transfer"
FORM, FORM_LINE = "tianyuan.archive.collection", "tianyuan.archive.collection.line"
PROFILE, GAP, REQUIREMENT = "tianyuan.contact.profile", "tianyuan.archive.document.gap", "tianyuan.archive.requirement"
ERASURE, NUMBER = "tianyuan.personal.erasure", "tianyuan.archive.number"
RENEWAL, JOINING = "tianyuan.profile.renewal", "tianyuan.group.joining"
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
STEPS = ("action_request", "action_approve", "action_hand_out")


def salesperson(world, place):
    """Return the user who proposes and borrows in the place; in another company a user of that company."""
    return world.clients[{"own": "sales", "other": "colleague", "foreign": "stranger"}[place.name]]


# -- papers --------------------------------------------------------------------------------------------------------


def a_type(world, place):
    """A document type of all companies that no archive requires."""
    if "document type" not in world.records:
        world.records["document type"] = world.make(place, TYPE, name=world.name())
    return world.records["document type"]


def document_values(world, place, **values):
    return {**place.about_customer(), "type_id": a_type(world, place), "name": world.name(), **values}


def a_paper(world, place, **values):
    """A document with its file."""
    content = base64.b64encode(PDF).decode()
    return world.make(place, DOCUMENT, **document_values(world, place, file_name="scan.pdf", upload=content, **values))


def door(world, document):
    return f"{world.admin.url}/tianyuan/archive/document/{document}"


def file_of(world, document):
    """Read the file's id by SQL, because not even the administrator finds it by remote calls."""
    query = "SELECT id FROM tianyuan_archive_file WHERE document_id = %s"
    return execute(world.database, query, [document])[0][0]


def attachment_of(world, file):
    query = "SELECT id FROM ir_attachment WHERE res_model = %s AND res_id = %s AND res_field = 'content'"
    return execute(world.database, query, [FILE, file])[0][0]


def a_gap(world, place):
    """Return the gap of the business licence, which is required and wasn't uploaded."""
    customer = place.customer if place.name != "foreign" else world.foreign_customer
    return world.find(place, GAP, ("partner_id", "=", customer), ("problem", "=", "missing"))


def logged(world, place):
    """Have the administrator open a document, which is logged."""
    paper = a_paper(world, place)
    assert world.admin.session.get(door(world, paper), timeout=60).ok
    return world.find(place, LOG, ("document_id", "=", paper))


def end_of_log(world, place):
    logged(world, place)
    query = "SELECT id FROM tianyuan_archive_access_head WHERE company_id = %s"
    return execute(world.database, query, [place.company])[0][0]


def requirement_values(world, place, pick=max):
    """Values of a field that isn't required yet: one field to create, another one for the record to try."""
    required = world.do(place, REQUIREMENT, "search_read", [], ["field_name"])
    known = world.do(place, REQUIREMENT, "fields_get", ["field_name"])["field_name"]["selection"]
    free = {name for name, _label in known} - {row["field_name"] for row in required}
    return {"field_name": pick(free)}


# -- retention -----------------------------------------------------------------------------------------------------


def an_old_paper(world, place, **values):
    """A document whose retention has run out."""
    if "type that runs out" not in world.records:
        rule = {"retention": "after_expiry", "retention_years": 1}
        world.records["type that runs out"] = world.make(place, TYPE, name=world.name(), **rule)
    kind = world.records["type that runs out"]
    return a_paper(world, place, **{"type_id": kind, "valid_from": "2001-01-01", "valid_until": "2002-01-01", **values})


def a_paper_to_destroy(world, place):
    """A document of a new customer, whose archive nobody has borrowed."""
    customer = world.builder.customer(world.name(), world.users["sales"], place.company)
    return an_old_paper(world, place, partner_id=customer)


def a_paper_to_check(world, place):
    if "type to check" not in world.records:
        values = {"name": world.name(), "delete_once_checked": True}
        world.records["type to check"] = world.make(place, TYPE, **values)
    return a_paper(world, place, type_id=world.records["type to check"])


def a_destruction(world, place):
    """A draft of the administrator's."""
    return world.make(place, DESTRUCTION, company_id=place.company, line_ids=[
        (0, 0, {"document_id": a_paper_to_destroy(world, place)})
    ])


def a_proposed_destruction(world, place):
    destruction = a_destruction(world, place)
    world.do(place, DESTRUCTION, "action_propose", [destruction])
    return destruction


def an_approved_destruction(world, place):
    """Proposed by the administrator, approved by a manager of both companies."""
    destruction = a_proposed_destruction(world, place)
    here = {"allowed_company_ids": [place.company]}
    world.clients["keeper"].call(DESTRUCTION, "action_approve", [destruction], context=here)
    return destruction


def destruction_line_values(world, place):
    return {
        "destruction_id": world.make(place, DESTRUCTION, company_id=place.company),
        "document_id": a_paper_to_destroy(world, place),
    }


def hold_values(world, place):
    """Values of a legal hold on one document, so that it stops nothing else."""
    paper = an_old_paper(world, place)
    return {**place.about_customer(), "document_ids": [(6, 0, [paper])], "reason": "Lawsuit"}


# -- borrowing -----------------------------------------------------------------------------------------------------


def borrow_values(world, place):
    return {
        **place.about_customer(),
        "scope": "archive",
        "mode": "borrow",
        "purpose": "A contract",
        "date_due": "2999-12-31 00:00:00",
        "pledge_accepted": True,
    }


def a_borrow(world, place, steps=0, borrower=None, **values):
    """A borrowing of the salesperson, taken some steps further by the salesperson and the administrator."""
    borrower = borrower or salesperson(world, place)
    borrow = borrower.create(BORROW, **{**borrow_values(world, place), **values})
    for step in STEPS[:steps]:
        if step == "action_request":
            borrower.call(BORROW, step, [borrow])
        else:
            world.do(place, BORROW, step, [borrow])
    return borrow


# -- collection forms ----------------------------------------------------------------------------------------------


def form_values(world, place):
    return {**place.about_customer(), "city": world.name()}


def prospect_values(world, place):
    return {"company_id": place.company, "customer_name": world.name()}


def a_form(world, place, submitted=False):
    form = salesperson(world, place).create(FORM, **form_values(world, place))
    if submitted:
        salesperson(world, place).call(FORM, "action_submit", [form])
    return form


def a_submitted_form(world, place):
    return a_form(world, place, submitted=True)


def a_prospect(world, place):
    return salesperson(world, place).create(FORM, **prospect_values(world, place))


def a_form_line(world, place):
    form = a_submitted_form(world, place)
    return world.find(place, FORM_LINE, ("collection_id", "=", form))


# -- profiles and archives -----------------------------------------------------------------------------------------


def profile_values(world, place):
    """Values for a new contact of the customer, because a contact has one profile."""
    contact = world.make(place, "res.partner", name=world.name(), parent_id=place.customer)
    return {"partner_id": contact, "company_id": place.company, "birthday": "1980-05-17"}


def a_profile(world, place):
    return world.make(place, PROFILE, **profile_values(world, place))


def erasure_values(world, place):
    """Values for a new contact of the customer, because a person is erased once."""
    contact = world.make(place, "res.partner", name=world.name(), parent_id=place.customer)
    return {"partner_id": contact, "company_id": place.company, "reason": "A letter"}


def an_erasure(world, place):
    return world.make(place, ERASURE, **erasure_values(world, place))


def a_former_number(world, place):
    """Change the number of a new customer, which keeps the former one."""
    customer = a_begun_archive(world, place)
    for _time in range(2):
        world.admin.write("res.partner", customer, tianyuan_archive_number=world.name())
    return world.find(place, NUMBER, ("partner_id", "=", customer))


def a_begun_archive(world, place):
    """An archive of a new customer, for buttons that change its state."""
    owner = world.users["colleague" if place.name == "other" else "sales"]
    customer = world.builder.customer(world.name(), owner, place.company)
    world.admin.write("res.partner", customer, tianyuan_archive_state="collecting")
    return customer


def wizard(model, values):
    """Return a function that opens a button's dialog, or returns None if the user may not."""

    def create(world, client):
        try:
            return client.create(model, **values(world))
        except RpcError as refusal:
            assert refusal.kind == "AccessError"
            return None

    return create


def kept(world, name, make):
    """The record a wizard is about, made once. Its draft state refuses the step, but only to users with access."""
    if name not in world.records:
        world.records[name] = make(world, world.places["own"])
    return world.records[name]


ARCHIVE_RECIPES = {
    TYPE: Recipe(
        lambda world, place: {"name": world.name(), "company_id": place.company},
        lambda world, place, role: {"sequence": 99},
    ),
    DOCUMENT: Recipe(
        document_values, lambda world, place, role: {"note": "Known"}, a_paper, fields=("display_name", "upload")
    ),
    FILE: Recipe(
        lambda world, place: {
            "document_id": world.make(place, DOCUMENT, **document_values(world, place)),
            "content": base64.b64encode(PDF).decode(),
        },
        lambda world, place, role: {"content": base64.b64encode(PDF).decode()},
        lambda world, place: file_of(world, a_paper(world, place)),
    ),
    GAP: Recipe(
        lambda world, place: {**place.about_customer(), "problem": "missing"},
        lambda world, place, role: {"problem": "expired"},
        a_gap,
    ),
    # Another test checks that nobody can add to the log or change it.
    LOG: Recipe(None, None, logged, tries="rd", fields=("user_login", "partner_name", "hash")),
    HEAD: Recipe(
        lambda world, place: {"company_id": place.company},
        lambda world, place, role: {"number": 0},
        end_of_log,
    ),
    BORROW: Recipe(borrow_values, lambda world, place, role: {"purpose": "An audit"}, a_borrow),
    FORM: Recipe(form_values, lambda world, place, role: {"note": "Seen there"}, a_form),
    f"{FORM}:prospect": Recipe(prospect_values, lambda world, place, role: {"note": "Seen there"}, a_prospect),
    FORM_LINE: Recipe(
        lambda world, place: {"collection_id": a_form(world, place), "key": "city", "new_value": ["Jinan"]},
        lambda world, place, role: {"state": "accepted"},
        a_form_line,
    ),
    HOLD: Recipe(hold_values, lambda world, place, role: {"reason": "Another"}),
    DESTRUCTION: Recipe(
        lambda world, place: {"company_id": place.company, "reason": world.name()},
        lambda world, place, role: {"reason": "Another"},
        a_destruction,
    ),
    DESTRUCTION_LINE: Recipe(destruction_line_values, lambda world, place, role: {"reason": "A copy"}),
    PROFILE: Recipe(
        profile_values,
        lambda world, place, role: {"hobbies": "Fishing"},
        fields=("display_name", "birthday", "age", "note"),
    ),
    ERASURE: Recipe(
        erasure_values,
        lambda world, place, role: {"reason": "Another letter"},
        an_erasure,
        fields=("display_name", "partner_id", "erased"),
    ),
    NUMBER: Recipe(
        lambda world, place: {"number": world.name(), "partner_id": place.customer},
        lambda world, place, role: {"number": "FX99999"},
        a_former_number,
    ),
    REQUIREMENT: Recipe(
        requirement_values,
        lambda world, place, role: {"sequence": 99},
        lambda world, place: world.make(place, REQUIREMENT, **requirement_values(world, place, min)),
    ),
}

OPENED_IN_ARCHIVE = {
    VERIFY: lambda world: {"seal": "None that was mailed"},
    f"{FORM}.duplicate": lambda world: {"collection_id": kept(world, "prospect", a_prospect)},
    TRANSFER: lambda world: {"partner_ids": [(6, 0, [world.places["own"].customer])], "taken_by": "Archive room"},
    RENEWAL: lambda world: {"profile_id": kept(world, "profile", a_profile), "legal_basis": "contract"},
    # A customer is no group of its own, but only users with access are told.
    JOINING: lambda world: dict.fromkeys(("partner_id", "group_id"), world.places["own"].customer),
}
CHANGES = {
    VERIFY: {"seal": "Another"},
    f"{FORM}.duplicate": {"partner_id": False},
    TRANSFER: {"taken_by": "Another"},
    RENEWAL: {"purpose": "Another"},
    JOINING: {"choice": "own"},
}
ARCHIVE_OPENINGS = {
    model: Opening(wizard(model, values), values, CHANGES[model]) for model, values in OPENED_IN_ARCHIVE.items()
}


def a_requested_borrow(world, place):
    return a_borrow(world, place, 1)


def an_approved_borrow(world, place):
    return a_borrow(world, place, 2)


def a_borrow_that_is_out(world, place):
    return a_borrow(world, place, 3)


# The record each button is tried on, in a state in which the button does something.
ARCHIVE_BUTTONS = {
    DOCUMENT: a_paper,
    GAP: a_gap,
    LOG: logged,
    PROFILE: a_profile,
    ERASURE: an_erasure,
    "res.config.settings": lambda world, place: world.make(place, "res.config.settings"),
    f"{BORROW}:action_request": a_borrow,
    f"{BORROW}:action_accept_pledge": a_borrow,
    f"{BORROW}:action_approve": a_requested_borrow,
    f"{BORROW}:action_refuse": a_requested_borrow,
    f"{BORROW}:action_hand_out": an_approved_borrow,
    f"{BORROW}:action_return": a_borrow_that_is_out,
    f"{BORROW}:action_lose": a_borrow_that_is_out,
    f"{BORROW}:action_cancel": a_requested_borrow,
    **{f"{BORROW}:{step}": a_borrow_that_is_out for step in (
        "action_ask_prolong", "action_prolong", "action_refuse_prolong")},
    f"{DOCUMENT}:action_check": a_paper_to_check,
    f"{DOCUMENT}:action_ask_check": a_paper_to_check,
    f"{DOCUMENT}:action_propose_destruction": an_old_paper,
    HOLD: lambda world, place: world.make(place, HOLD, **hold_values(world, place)),
    DESTRUCTION: a_proposed_destruction,
    f"{DESTRUCTION}:action_propose": a_destruction,
    f"{DESTRUCTION}:action_ask_destroy": an_approved_destruction,
    f"{DESTRUCTION}:action_destroy": an_approved_destruction,
    f"{FORM}:action_submit": a_form,
    f"{FORM}:action_take_back": a_submitted_form,
    f"{FORM}:action_accept": a_submitted_form,
    f"{FORM}:action_reject": a_submitted_form,
    f"{FORM}:action_ask_reject": a_submitted_form,
    FORM_LINE: a_form_line,
    **{
        f"res.partner:action_tianyuan_{step}_archive": a_begun_archive
        for step in ("start", "file", "review", "close", "reopen")
    },
    "res.partner:action_tianyuan_file_archive_or_ask": a_begun_archive,
    "res.partner:action_tianyuan_file_incomplete": a_begun_archive,
    "res.partner:action_tianyuan_propose_destruction": a_begun_archive,
    "res.partner:action_tianyuan_hand_over_papers": a_begun_archive,
}
