"""What is held on a person, and erasing the person, as the addons' tests use them."""


def held_on(person, title, company):
    """The rows under a title of what is exported of a person, in English."""
    sections = {name: rows for name, _headings, rows in person.sudo().with_context(
        lang='en_US', allowed_company_ids=company.ids)._tianyuan_personal_data()}
    return sections[title]


def erase(person, keeper, manager, company):
    """The request of a keeper after a manager carried it out."""
    company.partner_id.lang = 'en_US'    # the person's new name is in the company's language
    request = person.env['tianyuan.personal.erasure'].with_user(keeper).create({
        'partner_id': person.id, 'reason': "A letter", 'company_id': company.id,
    })
    request.with_user(manager).action_erase()
    person.env.invalidate_all()
    return request
