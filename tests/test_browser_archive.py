"""An archive on the screens, in Chinese: starting and filing it, its documents, proposals from a phone, a borrowing."""

import base64
import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from archive_papers import chosen, drop, pdf, pdf_text, reddish
from conftest import SHOTS
from odoo_harness import ADDON, execute
from playwright.sync_api import expect
from screens import cell, choose_gear, drop_filters, field, log_in, open_list, rows
from world import Builder

COLLECTION = "tianyuan.archive.collection"
BORROW = "tianyuan.archive.borrow"
DOCUMENT = "tianyuan.archive.document"
DOOR = "/tianyuan/archive/document"
CARD = ".o_kanban_record:not(.o_kanban_ghost)"
NAME_ON_FILE = "ORIGINAL 370700"
COUNTER = itertools.count(1)


@dataclass
class Archive:
    """An archive of the sales user's customer."""

    id: int
    name: str


@pytest.fixture
def archive(server, world):
    """A customer of the sales user without an archive."""
    name = f"齐鲁第{next(COUNTER)}化工厂"
    return Archive(Builder(server).customer(name, world.users["sales"], world.company), name)


def as_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    # OdooBot's greeting would cover a small screen.
    chat = page.locator(".o-mail-ChatWindow-header")
    page.add_locator_handler(chat, lambda header: header.locator("button").last.click())


def assert_fits(page):
    """Check that the page isn't wider than the screen."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def press_stat_button(page, name):
    """Press a button at the top of the form; some of them are in a menu if there is no room."""
    button = page.locator(f"button[name={name}]:visible")
    expect(page.locator(".o_form_view .o-form-buttonbox, .o_cp_bottom, .o_button_more").first).to_be_attached()
    if not button.count():
        page.locator(".o_button_more:visible").click()
    button.first.click()


def open_customer(page, server, archive):
    page.goto(f"{server.url}/odoo/res.partner/{archive.id}")
    expect(page.locator(".o_form_view .o_field_widget[name=name]:visible").first).to_be_visible()


def open_archive_page(page):
    page.locator(".o_notebook .nav-link[name=tianyuan_archive]").click()


def current_status(page, name):
    return field(page, name).locator(".o_arrow_button_current")


def test_a_specialist_files_an_archive_and_finds_it_by_number(page, server, world, archive):
    log_in(page, server, "specialist")
    open_customer(page, server, archive)
    open_archive_page(page)
    page.click("button[name=action_tianyuan_start_archive]")
    expect(current_status(page, "tianyuan_archive_state")).to_have_text("资料搜集中")
    expect(page.locator(".alert-warning:visible")).to_contain_text("营业执照")

    # The first document's type is recognised by the file's name.
    press_stat_button(page, "action_tianyuan_documents")
    expect(page.locator(".o_tianyuan_missing")).to_have_count(2)
    with page.expect_file_chooser() as chooser:
        page.click(".o_tianyuan_upload")
    chooser.value.set_files(chosen("齐鲁营业执照.pdf", pdf("Licence of Qilu")))
    card = page.locator(CARD)
    expect(card).to_have_count(1)
    expect(card.locator("[name=type_id], .fw-bolder").first).to_have_text("营业执照")
    expect(page.locator(".o_tianyuan_missing")).to_have_count(1)
    # The second one gets the type of the clicked gap, whatever its name.
    with page.expect_file_chooser() as chooser:
        page.click(".o_tianyuan_missing")
    chooser.value.set_files(chosen("scan0001.pdf", pdf(NAME_ON_FILE)))
    expect(card).to_have_count(2)
    expect(card.filter(has_text="身份证")).to_have_count(1)
    expect(page.locator(".o_tianyuan_missing")).to_have_count(0)

    # The document can be read without leaving the page.
    card.filter(has_text="营业执照").locator(".o_tianyuan_preview").click()
    reader = page.frame_locator(".o-FileViewer iframe")
    expect(reader.locator(".textLayer")).to_contain_text("Licence of Qilu")
    page.screenshot(path=SHOTS / "archive_preview.png")
    page.keyboard.press("Escape")
    expect(page.locator(".o-FileViewer")).to_have_count(0)

    # filed under a number
    open_customer(page, server, archive)
    open_archive_page(page)
    expect(field(page, "tianyuan_archive_specialist_id").locator("input")).to_have_value("Specialist")
    page.click("button[name=action_tianyuan_file_archive_or_ask]:visible")
    question = page.locator(".modal-dialog")
    expect(question).to_contain_text("注册资金")
    page.screenshot(path=SHOTS / "archive_file_question.png")
    question.locator("button[name=action_apply]").click()
    expect(current_status(page, "tianyuan_archive_state")).to_have_text("已建档")
    expect(page.locator(".o-mail-Message").filter(has_text="注册资金").first).to_be_visible()
    number = world.clients["specialist"].read("res.partner", archive.id, "tianyuan_archive_number")
    number = number["tianyuan_archive_number"]
    assert number
    expect(field(page, "tianyuan_archive_number").locator("input")).to_have_value(number)
    expect(field(page, "tianyuan_archive_specialist_id").locator("input")).to_have_value("Specialist")

    # The search box finds the customer by the number.
    open_list(page, server, "res_partner_action_archives")
    expect(rows(page, archive.name)).to_have_count(1)
    drop_filters(page)
    page.fill(".o_searchview_input", number)
    page.locator(".o_searchview_autocomplete .o-dropdown-item", has_text=number).first.click()
    expect(page.locator(".o_searchview_facet")).to_contain_text(number)
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text([archive.name])


def test_a_question_that_is_cancelled_files_nothing(page, server, world, archive):
    log_in(page, server, "specialist")
    open_customer(page, server, archive)
    open_archive_page(page)
    page.click("button[name=action_tianyuan_file_archive_or_ask]:visible")
    page.locator(".modal-dialog button[special=cancel], .modal-dialog .btn-secondary").first.click()
    expect(page.locator(".modal-dialog")).to_have_count(0)
    found = world.clients["specialist"].read("res.partner", archive.id, "tianyuan_archive_state")
    assert found["tianyuan_archive_state"] == "none"


def test_a_new_request_that_is_never_saved_leaves_nothing_behind(page, server, world, archive):
    """Odoo's own form would save it with its defaults when the page is reloaded or hidden."""
    sales = world.clients["sales"]
    everything = [(BORROW, []), (COLLECTION, [])]
    before = [sales.call(model, "search_count", domain) for model, domain in everything]
    log_in(page, server, "sales")
    open_customer(page, server, archive)
    choose_gear(page, "申请查借阅")
    expect(field(page, "partner_id").locator("input")).to_have_value(archive.name)
    page.reload()
    page.wait_for_selector(".o_main_navbar")

    open_customer(page, server, archive)
    choose_gear(page, "新建资料搜集表")
    expect(field(page, "customer_name").locator("input, textarea")).to_have_value(archive.name)
    hide(page)
    page.reload()
    page.wait_for_selector(".o_main_navbar")
    page.wait_for_timeout(500)
    assert [sales.call(model, "search_count", domain) for model, domain in everything] == before


def hide(page):
    """Let the page believe that another tab is in front of it."""
    page.evaluate(
        """() => {
            Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.wait_for_timeout(500)


def test_a_file_of_the_wrong_kind_is_named_and_hinders_no_other(page, server, world, archive):
    log_in(page, server, "specialist")
    open_customer(page, server, archive)
    press_stat_button(page, "action_tianyuan_documents")
    expect(page.locator(".o_tianyuan_upload")).to_be_visible()
    drop(
        page,
        ".o_kanban_renderer",
        {
            "授权委托书.pdf": pdf("Authorisation"),
            "价格.exe": b"MZ not a paper",
            "营业执照.pdf": b"MZ not what its name says",
            "框架合同.pdf": pdf("Contract"),
        },
    )
    card = page.locator(CARD)
    expect(card).to_have_count(2)
    notes = page.locator(".o_notification")
    expect(notes.filter(has_text="价格.exe")).to_contain_text("PDF")
    expect(notes.filter(has_text="营业执照.pdf")).to_have_count(1)
    expect(card.filter(has_text="授权委托书")).to_have_count(1)
    expect(card.filter(has_text="框架合同")).to_have_count(1)
    kept = world.clients["specialist"].call(
        DOCUMENT, "search_read", [("partner_id", "=", archive.id)], ["file_name", "type_id"], order="id"
    )
    assert {document["file_name"] for document in kept} == {"授权委托书.pdf", "框架合同.pdf"}


def test_what_is_proposed_on_a_phone_is_accepted_in_part(new_window, server, world, archive):
    specialist = world.clients["specialist"]
    specialist.write("res.partner", archive.id, tianyuan_legal_representative="王建国", tianyuan_qq="10001")

    # on the phone, from the customer
    page = new_window()
    as_phone(page)
    log_in(page, server, "sales")
    open_customer(page, server, archive)
    choose_gear(page, re.compile("新建资料搜集表|New Collection Form"))
    expect(field(page, "customer_name").locator("input, textarea")).to_have_value(archive.name)
    expect(field(page, "qq").locator("input")).to_have_value("10001")
    field(page, "legal_representative").locator("input").fill("李爱华")
    field(page, "qq").locator("input").fill("20002")
    assert_fits(page)
    page.screenshot(path=SHOTS / "collection_phone.png")
    page.locator("button[name=action_submit]:visible").click()
    proposals = page.locator(f"div[name=line_ids] {CARD}")
    expect(proposals).to_have_count(2)
    expect(proposals.filter(has_text="李爱华")).to_contain_text("王建国")
    expect(proposals.filter(has_text="20002")).to_contain_text("10001")
    assert_fits(page)
    page.screenshot(path=SHOTS / "collection_phone_submitted.png")
    current = world.clients["sales"].read("res.partner", archive.id, "tianyuan_legal_representative")
    assert current["tianyuan_legal_representative"] == "王建国"

    # on the specialist's desk
    page = new_window()
    log_in(page, server, "specialist")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_archive_collection_action_review")
    rows(page, archive.name).locator("td[name=customer_name]").click()
    lines = page.locator("div[name=line_ids] .o_data_row")
    expect(lines).to_have_count(2)
    lines.filter(has_text="李爱华").locator("button[name=action_accept]").click()
    expect(lines.filter(has_text="李爱华").locator("td[name=state]")).to_have_text("已采纳")
    lines.filter(has_text="20002").locator("button[name=action_ask_reject]").click()
    dialog = page.locator(".modal-dialog")
    dialog.locator("div[name=reason] :is(input, textarea)").first.fill("号码不存在")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog).to_have_count(0)
    expect(lines.filter(has_text="20002").locator("td[name=state]")).to_have_text("已驳回")
    expect(current_status(page, "state")).to_have_text("部分采纳")
    page.reload()
    expect(lines).to_have_count(2)
    expect(page.locator(".o-mail-Message").filter(has_text="号码不存在")).to_have_count(1)
    expect(page.locator(".o-mail-Activity")).to_have_count(0)  # the activity is done
    page.screenshot(path=SHOTS / "collection_decided.png")

    open_customer(page, server, archive)
    open_archive_page(page)
    expect(field(page, "tianyuan_legal_representative").locator("input")).to_have_value("李爱华")
    expect(field(page, "tianyuan_qq").locator("input")).to_have_value("10001")
    [form] = world.clients["sales"].call(
        f"{COLLECTION}.line", "search_read", [("collection_id.partner_id", "=", archive.id), ("state", "=", "rejected")]
    )
    assert form["reason"] == "号码不存在"


def ask_for_document(page, archive):
    """Request the customer's only confidential document from its locked card."""
    press_stat_button(page, "action_tianyuan_documents")
    card = page.locator(CARD)
    expect(card.locator(".o_tianyuan_preview")).to_have_count(0)
    card.locator("a[name=action_request_borrow]").click()
    expect(field(page, "partner_id").locator("input")).to_have_value(archive.name)
    expect(page.locator(f"div[name=document_ids] {CARD}").filter(has_text="身份证")).to_have_count(1)
    # The due date is filled in; all that is left is the purpose, where the cursor is, and the pledge on the button.
    due = date.today() + timedelta(days=7)
    expect(field(page, "date_due")).to_contain_text(f"{due.month}月{due.day}日 18:00")
    page.keyboard.type("续签年度合同")
    expect(field(page, "purpose").locator("input")).to_have_value("续签年度合同")
    assert_fits(page)
    page.screenshot(path=SHOTS / "borrow_phone.png")
    page.locator("button[name=action_accept_pledge]:visible").click()
    expect(page.locator(".o_statusbar_status button:visible")).to_have_text("已申请")


def assert_only_marked_copies(page, server, document, original):
    """Check that the user gets pictures of the pages with the watermark's colour, and never the uploaded file."""
    address = f"{server.url}{DOOR}/{document}"
    for query in ("", "?download=1"):
        answer = page.request.get(address + query)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        assert pdf_text(answer.body()) == ""
        assert reddish(answer.body()) > 1000
        assert answer.body() != original
    for way in (
        f"/web/content/{DOCUMENT}/{document}/upload",
        f"/web/content?model={DOCUMENT}&id={document}&field=upload&download=1",
    ):
        assert not page.request.get(server.url + way).body().startswith(b"%PDF")


def test_a_salesperson_consults_a_confidential_document_and_returns_it(new_window, server, world, archive):
    specialist, sales = world.clients["specialist"], world.clients["sales"]
    [confidential] = specialist.search(f"{DOCUMENT}.type", [("confidential", "=", True)])
    original = pdf(NAME_ON_FILE)
    document = specialist.create(
        DOCUMENT,
        partner_id=archive.id,
        company_id=world.company,
        type_id=confidential,
        file_name="身份证.pdf",
        upload=base64.b64encode(original).decode(),
    )
    address = f"{server.url}{DOOR}/{document}"

    # The user asks on the phone; nothing is granted yet.
    page = new_window()
    as_phone(page)
    log_in(page, server, "sales")
    assert page.request.get(address).status == 403
    open_customer(page, server, archive)
    ask_for_document(page, archive)
    [borrow] = sales.call(BORROW, "search_read", [("partner_id", "=", archive.id)], ["name", "state"])
    assert borrow["state"] == "requested"
    assert page.request.get(address).status == 403

    # granted and handed out at the desk
    page = new_window()
    log_in(page, server, "specialist")
    form = f"{server.url}/odoo/action-{ADDON}.tianyuan_archive_borrow_action/{borrow['id']}"
    page.goto(form)
    page.click("button[name=action_approve]")
    page.click("button[name=action_hand_out]")
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("借阅中")

    # consulted on the phone
    page = new_window()
    as_phone(page)
    log_in(page, server, "sales")
    page.goto(form)
    read = page.locator("div[name=covered_document_ids] button[name=action_open]")
    expect(read).to_be_visible()
    assert_fits(page)
    page.screenshot(path=SHOTS / "consult_phone.png")
    with page.context.expect_event("response", lambda answer: answer.url == address) as opened:
        read.click()
    assert opened.value.status == 200
    assert_only_marked_copies(page, server, document, original)

    # returned, it is closed again
    page.locator("button[name=action_return]:visible").click()
    expect(page.locator(".o_statusbar_status button:visible")).to_have_text("已归还")
    expect(read).to_have_count(0)
    assert page.request.get(address).status == 403

    # The log has all openings, and is valid.
    page = new_window()
    log_in(page, server, "manager")
    open_list(page, server, "tianyuan_archive_access_log_action")
    logged = rows(page, archive.name)
    expect(cell(logged, "action")).to_have_text(["拒绝打开", "已归还", *["打开副本"] * 3, "已发放", *["拒绝打开"] * 2])
    expect(cell(logged, "borrow_number").filter(has_text=borrow["name"])).to_have_count(5)
    page.click("button[name=action_verify]")
    expect(page.locator(".o_notification")).to_contain_text("完好")


def test_a_manager_checks_the_log_against_a_seal(new_window, server, world, archive):
    """The log contains the mailed seal until somebody replaces the row in the database."""
    admin = server.login("admin")
    admin.write("res.company", world.company, tianyuan_log_seal_email="seals@example.com")
    paper = admin.call(
        DOCUMENT,
        "create",
        [{"partner_id": archive.id, "company_id": world.company, "type_id": admin.search(f"{DOCUMENT}.type", [])[0],
          "name": "营业执照", "file_name": "licence.pdf", "upload": base64.b64encode(pdf("LICENCE")).decode()}],
        context={"allowed_company_ids": [world.company]},
    )[0]
    assert admin.session.get(f"{server.url}{DOOR}/{paper}", timeout=60).status_code == 200
    admin.call("ir.cron", "method_direct_trigger", [admin.ref(f"{ADDON}.ir_cron_seal_access_log")])
    sent = admin.call("mail.mail", "search_read", [("email_to", "=", "seals@example.com")], ["body_html"])
    mail = re.sub("<[^>]+>", " ", sent[0]["body_html"])

    def check(said):
        page = new_window()
        log_in(page, server, "manager")
        open_list(page, server, "tianyuan_archive_access_log_action")
        page.locator("button", has_text="核对封印").click()
        page.locator(".modal div[name=seal] textarea").fill(mail)
        page.locator(".modal button[name=action_verify]").click()
        expect(page.locator(".o_notification", has_text=said)).to_be_visible()

    check("与封印一致")
    rename = "UPDATE tianyuan_archive_access_log SET partner_name = %s WHERE document_ref = %s"
    execute(server.database, rename, ["Another", paper])
    check("校验不通过")
    execute(server.database, rename, [archive.name, paper])
