"""A person's data on the screens, in Chinese: exported and asked to be erased by a specialist, erased by a manager."""

import io
import itertools
import re
import zipfile

import pytest
from odoo_harness import ADDON
from playwright.sync_api import expect
from screens import choose_gear, field, log_in

COUNTER = itertools.count(1)
ERASURE = "tianyuan.personal.erasure"
EXPORT, ASK = re.compile("导出个人信息|Export Personal Data"), re.compile("申请删除此人信息|Ask to Erase This Person")


@pytest.fixture
def person(server, world):
    """A contact of the sales user's customer, with a profile that the salesperson has opened."""
    admin = server.login("admin")
    name = f"王芳{next(COUNTER)}"
    contact = admin.create(
        "res.partner", name=name, parent_id=world.customer, phone="0531 8888 1234", type="contact"
    )
    profile = world.clients["specialist"].create(
        "tianyuan.contact.profile", partner_id=contact, company_id=world.company, hobbies="钓鱼"
    )
    world.clients["sales"].read("tianyuan.contact.profile", profile, "hobbies")
    return contact, name


def open_contact(page, server, contact):
    page.goto(f"{server.url}/odoo/res.partner/{contact}")
    expect(page.locator(".o_form_view .o_field_widget[name=name]:visible").first).to_be_visible()


def test_a_person_is_exported_and_erased_by_two_people(new_window, server, world, person):
    contact, name = person
    page = new_window()
    log_in(page, server, "specialist")
    open_contact(page, server, contact)
    with page.expect_download() as download:
        choose_gear(page, EXPORT)
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert archive.namelist() == [f"{name}.xlsx"]
    for role in ("sales", "finance", "colleague"):
        answer = world.clients[role].session.get(f"{server.url}/tianyuan/personal_data/{contact}", timeout=60)
        assert answer.status_code == 404, role

    choose_gear(page, ASK)
    expect(field(page, "partner_id")).to_contain_text(name)
    expect(field(page, "erased")).to_contain_text("1")
    field(page, "reason").locator("input").fill("5月3日来函")
    page.locator(".o_form_button_save").click()
    expect(field(page, "name")).to_contain_text("GX/")
    expect(page.locator("button[name=action_erase]")).to_have_count(0)
    [request] = world.clients["manager"].search(ERASURE, [("partner_id", "=", contact)])

    page = new_window()
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/{ERASURE}/{request}")
    page.locator("button[name=action_erase]").click()
    page.locator(".modal-footer .btn-primary").click()
    expect(field(page, "done_by_id")).to_be_visible()
    expect(field(page, "partner_id")).not_to_contain_text(name)

    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_archive_access_log_action")
    expect(page.locator(".o_list_view .o_data_row").first).to_be_visible()
    expect(page.locator(".o_list_view")).not_to_contain_text(name)
    page.locator("button[name=action_verify]").click()
    expect(page.locator(".o_notification_bar.bg-success")).to_be_visible()
    assert not server.login("admin").search("tianyuan.contact.profile", [("partner_id", "=", contact)])
