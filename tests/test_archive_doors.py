"""Every role tries all routes by which files enter or leave an archive (design §7, §10)."""

import re
from dataclasses import replace

import pytest
import requests
from access_archive import (
    BORROW,
    DOCUMENT,
    PDF,
    a_begun_archive,
    a_borrow,
    a_paper,
    a_type,
    attachment_of,
    door,
    file_of,
)
from access_records import GROUPS

PLACES = ("own", "other", "foreign")

# own customer / a colleague's / another company
OPENED = """
              plain        confidential
sales         200/404/404  403/404/404
leader        200/404/404  403/404/404
specialist    200/200/404  200/200/404
finance       200/200/404  403/403/404
manager       200/200/404  200/200/404
insider       404/404/404  404/404/404
portal        404/404/404  404/404/404
"""
UPLOADS = {"specialist": [200, 200, 403]}  # all other roles are refused


@pytest.fixture(scope="module")
def world(access_world):
    return access_world


@pytest.fixture(scope="module")
def archives(world):
    """Places with customers without borrowings; the other company's customer isn't shared."""
    return {name: replace(place, customer=a_begun_archive(world, place)) for name, place in world.places.items()}


@pytest.fixture(scope="module")
def papers(world, archives):
    return {
        (kind, name): a_paper(world, archives[name], confidential=kind == "confidential")
        for kind in ("plain", "confidential")
        for name in PLACES
    }


def rows():
    header, *lines = [line.split() for line in OPENED.strip().splitlines()]
    assert [line[0] for line in lines] == list(GROUPS)
    for role, *columns in lines:
        for kind, codes in zip(header, columns, strict=True):
            yield pytest.param(role, kind, [int(code) for code in codes.split("/")], id=f"{role}-{kind}")


def fetch(client, url):
    return client.session.get(url, timeout=60, allow_redirects=False)


@pytest.mark.parametrize(("role", "kind", "expected"), rows())
def test_papers_open_for_whoever_may(world, papers, role, kind, expected):
    answers = [fetch(world.clients[role], door(world, papers[kind, name])) for name in PLACES]
    assert [answer.status_code for answer in answers] == expected
    assert [answer.content == PDF for answer in answers] == [code == requests.codes.ok for code in expected]


def test_a_paper_that_does_not_exist_looks_like_a_hidden_one(world, papers):
    hidden, absent = (
        fetch(world.clients["sales"], door(world, paper)) for paper in (papers["plain", "other"], 999_999_999)
    )
    assert hidden.status_code == absent.status_code == requests.codes.not_found
    assert hidden.text == absent.text


@pytest.mark.parametrize("role", ["sales", "finance"])
def test_a_confidential_paper_opens_while_it_is_borrowed(world, archives, papers, role):
    """It opens for the borrower only, and only until it is returned."""
    own, client = archives["own"], world.clients[role]
    paper = papers["confidential", "own"]
    values = {"scope": "documents", "document_ids": [(6, 0, [paper])]}
    a_borrow(world, own, 2, borrower=client, **values)  # approved, but not handed out yet
    assert fetch(client, door(world, paper)).status_code == requests.codes.forbidden
    borrow = a_borrow(world, own, 3, borrower=client, **values)
    assert fetch(client, door(world, paper)).content == PDF
    for other in {"sales", "leader", "finance"} - {role}:
        assert fetch(world.clients[other], door(world, paper)).status_code == requests.codes.forbidden
    world.do(own, BORROW, "action_return", [borrow])
    assert fetch(client, door(world, paper)).status_code == requests.codes.forbidden


def test_the_public_gets_no_paper(world, papers):
    for paper in papers.values():
        answer = requests.get(door(world, paper), timeout=60, allow_redirects=False)
        assert answer.status_code == requests.codes.see_other
        assert "/web/login" in answer.headers["Location"]


def test_bytes_have_no_other_door(world, papers):
    """Not even the administrator gets the file by another route, because only this route logs the opening."""
    paper = papers["plain", "own"]
    file = file_of(world, paper)
    attachment = attachment_of(world, file)
    ways = (
        f"/web/content/tianyuan.archive.file/{file}/content",
        f"/web/content?model=tianyuan.archive.file&id={file}&field=content",
        f"/web/image/tianyuan.archive.file/{file}/content",
        f"/web/content/tianyuan.archive.document/{paper}/upload",
        f"/web/content/{attachment}",
        f"/web/content/ir.attachment/{attachment}/raw",
    )
    for role, client in {**world.clients, "admin": world.admin}.items():
        for way in ways:
            answer = fetch(client, client.url + way)
            assert PDF not in answer.content, f"{role}: {way}"
            if "/web/image" not in way and "/upload" not in way:  # /web/image answers with a placeholder
                assert answer.status_code in {403, 404}, f"{role}: {way}"


# -- uploading -------------------------------------------------------------------------------------------------------


def upload(client, role, **values):
    """Upload a file as the web client does for dropped files."""
    page = client.session.get(client.url + ("/my" if role == "portal" else "/odoo"), timeout=60)
    [token] = re.findall(r'csrf_token: "(\w+)"', page.text)[:1]
    files = {"ufile": ("scan.pdf", PDF, "application/pdf")}
    url = f"{client.url}/tianyuan/archive/upload"
    return client.session.post(url, data={"csrf_token": token, **values}, files=files, timeout=60)


def papers_of(world, place):
    return set(world.do(place, DOCUMENT, "search", [("partner_id", "=", place.customer)]))


@pytest.mark.parametrize("role", GROUPS)
def test_files_are_taken_from_specialists_only(world, archives, role):
    expected, codes = UPLOADS.get(role, [403, 403, 403]), []
    for name in PLACES:
        place = archives[name]
        before = papers_of(world, place)
        answer = upload(world.clients[role], role, partner_id=place.customer, type_id=a_type(world, place))
        codes.append(answer.status_code)
        assert papers_of(world, place) - before == set(answer.json()["documents"])
    assert codes == expected


def test_no_file_goes_to_another_company(world):
    """The company has to be one of the user's, because the caller names it."""
    foreign = world.places["foreign"]  # a place with a customer shared with us
    before = papers_of(world, foreign)
    answer = upload(world.clients["specialist"], "specialist", partner_id=foreign.customer, company_id=foreign.company)
    assert answer.status_code == requests.codes.forbidden
    assert papers_of(world, foreign) == before


def test_a_file_dropped_from_elsewhere_is_refused(world, archives):
    """Another site can't make a specialist's browser add files, because it doesn't know the session's token."""
    client = world.clients["specialist"]
    answer = client.session.post(
        f"{client.url}/tianyuan/archive/upload",
        data={"partner_id": archives["own"].customer},
        files={"ufile": ("scan.pdf", PDF, "application/pdf")},
        timeout=60,
    )
    assert answer.status_code == requests.codes.bad_request
