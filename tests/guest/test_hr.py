"""An HR officer and an administrator without any of the addon's roles, where employees are kept in Odoo."""

from odoo.tests import Form, TransactionCase, new_test_user, tagged


@tagged("standard")
class TestHR(TransactionCase):
    def setUp(self):
        super().setUp()
        self.officer = new_test_user(self.env, "officer", "base.group_user,hr.group_hr_user", lang="en_US")
        self.administrator = new_test_user(
            self.env, "administrator", "base.group_user,base.group_system,hr.group_hr_user", lang="en_US"
        )

    def employee(self, user):
        with Form(self.env["hr.employee"].with_user(user)) as form:
            form.name = "Wang"
            form.work_email = "wang@example.com"
        return form.record

    def test_an_officer_creates_edits_and_archives_an_employee(self):
        employee = self.employee(self.officer)
        with Form(employee) as form:
            form.work_phone = "0512 1234"
        employee.active = False
        assert (employee.work_phone, employee.active) == ("0512 1234", False)
        assert employee.work_contact_id.sudo().tianyuan_archive_state == "none"

    def test_an_administrator_creates_the_user_of_an_employee(self):
        employee = self.employee(self.administrator)
        action = employee.action_create_user()
        users = self.env["res.users"].with_user(self.administrator)
        context = {**action["context"], "no_reset_password": True}
        with Form(users.with_context(**context), view="hr.view_users_simple_form") as form:
            form.login = "wang@example.com"
        assert employee.user_id.login == "wang@example.com"
        assert employee.user_id.partner_id == employee.work_contact_id

    def test_an_employee_who_is_a_customer_keeps_the_archive(self):
        """The user is created for the employee's contact, to which Odoo writes the user's values."""
        customer = self.env["res.partner"].create(
            {"name": "Li", "email": "li@example.com", "tianyuan_channel": "direct", "tianyuan_archive_state": "filed"}
        )
        employee = self.env["hr.employee"].create({"name": "Li", "work_contact_id": customer.id})
        action = employee.with_user(self.administrator).action_create_user()
        users = self.env["res.users"].with_user(self.administrator)
        user = users.with_context(**action["context"], no_reset_password=True).create(
            {"name": "Li", "login": "li@example.com", "partner_id": customer.id}
        )
        assert user.partner_id == customer
        assert customer.tianyuan_archive_state == "filed"
        assert customer.tianyuan_channel == "direct"
        assert customer.tianyuan_archive_number
