"""A quarter's run survives power cuts, restarts, a full disk, and other users at work."""

import os
import threading
import time
from contextlib import closing, contextmanager, suppress

import psycopg2
import pytest
from many_customers import QUARTER, fill
from odoo_harness import RpcError, Server, copy_database, drop_database, execute, problems
from own_cluster import OwnCluster

RUN = "tianyuan.rating.run"
CUSTOMERS = 6_000  # three batches
PATIENCE = 240


@pytest.fixture(scope="module")
def filled():
    """A database with many customers, which is copied for each test."""
    database = f"{os.environ['TIANYUAN_TEST_DB']}_many"
    copy_database(os.environ["TIANYUAN_TEST_DB"], database)
    try:
        yield database, *fill(database, CUSTOMERS - 1)
    finally:
        drop_database(database)


class Place:
    """A copy of the database, its server with a scheduler, and its users."""

    def __init__(self, database, company, customers, options=()):
        self.database, self.company, self.customers = database, company, customers
        self.server = Server(database, cron_threads=1, options=options)

    def sql(self, query, *params):
        return execute(self.database, query, params)

    def new_run(self, client):
        date_from, date_to = QUARTER
        return client.create(RUN, company_id=self.company, date_from=date_from, date_to=date_to)

    def state(self, run):
        return self.sql("SELECT state, done_count FROM tianyuan_rating_run WHERE id = %s", run)[0]

    def wait_until(self, happened, what):
        give_up = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < give_up, f"{what} didn't happen:\n{self.server.log.read_text()[-3000:]}"
            time.sleep(0.2)

    def wait_for_end(self, run):
        def is_done():
            self.server.wake_scheduler()
            return self.state(run)[0] == "done"

        self.wait_until(is_done, "the end of the run")

    def wait_until_stuck(self):
        """Wait until some batches are committed, and the present one waits for a row that the test locks."""
        waiting = """
            SELECT count(*) FROM pg_stat_activity
             WHERE datname = %s AND wait_event_type = 'Lock' AND state = 'active'
        """
        self.wait_until(lambda: self.sql(waiting, self.database)[0][0], "the wait")

    @contextmanager
    def held(self, customer):
        """Lock the customer's row, so that nobody can make a sheet that refers to the customer."""
        with closing(psycopg2.connect(dbname=self.database)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT FROM res_partner WHERE id = %s FOR UPDATE", [customer])
            yield
            # the test may have restarted the database
            with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
                connection.rollback()

    def check_whole(self, run, failed=()):
        """Check that every customer has one sheet of nine lines with the points of the one invoice."""
        state, done = self.state(run)
        rated = sorted(set(self.customers) - set(failed))
        assert (state, done) == ("done", len(rated))
        sheets = self.sql("SELECT partner_id, id FROM tianyuan_rating WHERE run_id = %s ORDER BY partner_id", run)
        assert [partner for partner, _sheet in sheets] == rated
        lines = self.sql(
            """
            SELECT DISTINCT r.state, count(*), count(DISTINCT l.indicator_id), sum(l.computed_points)
              FROM tianyuan_rating r JOIN tianyuan_rating_line l ON l.rating_id = r.id
             WHERE r.run_id = %s GROUP BY r.id
            """,
            run,
        )
        # 1,000,000 in one month: 6 points for the volume, 0 for the balance of 1.4142, 2 for a month of cooperation.
        assert [(state, lines, indicators) for state, lines, indicators, _points in lines] == [("assessing", 9, 9)]
        assert lines[0][3] == 8


@pytest.fixture
def place(filled, request):
    template, company, customers = filled
    database = f"{template}_{request.node.name[5:25]}"
    copy_database(template, database)
    place = Place(database, company, customers)
    place.server.log.unlink(missing_ok=True)
    try:
        yield place
    finally:
        drop_database(database)
        place.server.log.unlink(missing_ok=True)


def test_killed_in_the_middle_it_goes_on_when_started_again(place):
    with place.held(place.customers[-1]):
        server = place.server.__enter__()
        boss = server.login("boss")
        run = place.new_run(boss)
        boss.call(RUN, "action_start", [run])
        place.wait_until_stuck()
        server.kill()
    state, done = place.state(run)
    assert state == "running"
    assert 0 < done < len(place.customers)
    with place.server:
        place.wait_for_end(run)
    place.check_whole(run)


def test_it_goes_on_when_postgresql_was_restarted_in_the_middle(filled, monkeypatch):
    database, company, customers = filled
    with OwnCluster() as cluster:
        cluster.take(database)
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        place = Place(database, company, customers, cluster.odoo_options)
        with place.server as server:
            boss = server.login("boss")
            with place.held(customers[-1]):
                run = place.new_run(boss)
                boss.call(RUN, "action_start", [run])
                place.wait_until_stuck()
                cluster.restart()
        state, done = place.state(run)
        assert state == "running"
        assert 0 < done < len(customers)
        # A server that loses its database ends, and a service manager restarts it.
        with place.server:
            place.wait_for_end(run)
        place.check_whole(run)


def test_of_two_started_at_once_one_wins_and_the_other_is_told(place):
    answers = []
    with place.server as server:
        people = [server.login(login) for login in ("boss", "chief")]
        runs = [place.new_run(client) for client in people]
        together = threading.Barrier(2)

        def start(client, run):
            together.wait()
            try:
                answers.append((run, client.call(RUN, "action_start", [run])))
            except RpcError as error:
                answers.append((run, error))

        threads = [threading.Thread(target=start, args=pair) for pair in zip(people, runs, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [winner] = [run for run, answer in answers if answer is True]
        [refusal] = [answer for _run, answer in answers if answer is not True]
        assert "already running" in str(refusal)
        place.wait_for_end(winner)
    place.check_whole(winner)
    [loser] = set(runs) - {winner}
    assert place.state(loser)[0] == "draft"


def test_others_work_on_while_it_runs(place):
    """Users post invoices and edit customers during the run: nothing is lost, and nobody gets an error."""
    early, late = place.customers[1], place.customers[-2]
    posted, errors = [], []
    with place.server as server:
        boss, clerk = server.login("boss"), server.login("clerk")
        run = place.new_run(boss)
        done = threading.Event()

        def work():
            number = 0
            while not done.is_set() or number < 3:
                number += 1
                try:
                    for customer in (early, late):
                        clerk.write("res.partner", customer, city=f"City {number}")
                        invoice = clerk.create(
                            "account.move",
                            move_type="out_invoice",
                            partner_id=customer,
                            invoice_date="2026-01-15",
                            invoice_line_ids=[[0, 0, {"name": "Peroxide", "price_unit": 10, "tax_ids": []}]],
                        )
                        clerk.call("account.move", "action_post", [invoice])
                        posted.append(invoice)
                except RpcError as error:
                    errors.append(str(error))
            posted.append(number)

        worker = threading.Thread(target=work)
        worker.start()
        boss.call(RUN, "action_start", [run])
        place.wait_for_end(run)
        done.set()
        worker.join()
    number = posted.pop()
    assert not errors
    assert len(posted) == 2 * number >= 6
    cities = place.sql("SELECT DISTINCT city FROM res_partner WHERE id IN (%s, %s)", early, late)
    assert cities == [(f"City {number}",)]
    states = place.sql("SELECT count(*) FROM account_move WHERE id = ANY(%s) AND state = 'posted'", posted)
    assert states == [(len(posted),)]
    place.check_whole(run)
    assert not problems(place.server.log.read_text())


def test_a_customer_who_cant_be_rated_is_listed_and_the_others_go_on(place):
    bad = place.customers[CUSTOMERS // 2]
    place.sql(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.partner_id = {bad} THEN RAISE EXCEPTION 'broken data'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON tianyuan_rating FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    with place.server as server:
        boss = server.login("boss")
        run = place.new_run(boss)
        boss.call(RUN, "action_start", [run])
        place.wait_for_end(run)
        [error] = boss.call(f"{RUN}.error", "search_read", [("run_id", "=", run)], ["partner_id", "message"])
    assert error["partner_id"][0] == bad
    assert "broken data" in error["message"]
    place.check_whole(run, failed=[bad])


@pytest.mark.parametrize(
    ("trouble", "remedy"),
    [
        # SQLSTATE of a full disk, when the last customer's sheet is written
        (
            """
            CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file: no space left' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER fill_disk BEFORE INSERT ON tianyuan_rating FOR EACH ROW WHEN (NEW.partner_id = {last})
            EXECUTE FUNCTION fill_disk()
            """,
            "DROP TRIGGER fill_disk ON tianyuan_rating",
        ),
        # Somebody locks the last customer's row for longer than the database waits.
        ("ALTER DATABASE {database} SET lock_timeout = '1s'", "ALTER DATABASE {database} RESET lock_timeout"),
    ],
    ids=["disk_full", "lock_timeout"],
)
def test_the_databases_trouble_leaves_a_run_that_goes_on(place, trouble, remedy):
    last = place.customers[-1]
    place.sql(trouble.format(last=last, database=place.database).replace("%", "%%"))
    with place.held(last) if "lock_timeout" in trouble else place.held(1), place.server as server:
        boss = server.login("boss")
        run = place.new_run(boss)
        boss.call(RUN, "action_start", [run])
        place.wait_until(lambda: problems(place.server.log.read_text()), "the trouble")
        assert place.state(run)[0] == "running", problems(place.server.log.read_text())
        assert 0 < place.state(run)[1] < len(place.customers), problems(place.server.log.read_text())
        assert not boss.call(f"{RUN}.error", "search_count", [("run_id", "=", run)])
    place.sql(remedy.format(database=place.database))
    # The scheduler would retry a minute later.
    assert place.sql("UPDATE ir_cron_trigger SET call_at = now() AT TIME ZONE 'UTC' RETURNING id")
    with place.server:
        place.wait_for_end(run)
    place.check_whole(run)
