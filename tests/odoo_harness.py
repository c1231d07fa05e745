"""Drives a real Odoo from outside: databases, servers, remote calls. Doesn't import Odoo."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import psycopg2
import requests

ADDON = "tianyuan_customer_rating"
WINGS = tuple(f"tianyuan_customer_{name}" for name in ("contract", "insight", "order_guard", "visit", "policy"))
REPO = Path(__file__).parents[1]
STATE = Path(os.environ["TIANYUAN_STATE"])
CONFIG = STATE / "odoo.conf"
FILESTORE = STATE / "filestore" / "filestore"
START_TIMEOUT = 90


def execute(database, query, params=None):
    """Execute one SQL statement in a transaction of its own, and return its rows, if any."""
    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall() if cursor.description else None


@cache
def xmlid(name):
    """Return the external id of a record, in whichever of the addons has that name."""
    for path in sorted(REPO.glob("tianyuan_customer_*/[!t]*/**/*.xml")):
        if f'id="{name}"' in path.read_text():
            return f"{path.relative_to(REPO).parts[0]}.{name}"
    raise KeyError(name)


def unpack(archive, folder):
    """Unpack an archive safely; Debian 12's Python has no filter for that."""
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)


def drop_database(name):
    execute("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def copy_database(source, target):
    drop_database(target)
    execute("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if (FILESTORE / source).exists():
        shutil.copytree(FILESTORE / source, FILESTORE / target)


def odoo_command(command, database, *args):
    script = os.environ["TIANYUAN_ODOO_SCRIPT"]
    named = ["-d", database] if database else []
    return [sys.executable, "-W", "ignore", script, command, "-c", str(CONFIG), *named, *args]


def odoo_environment():
    return {**os.environ, "PYTHONPATH": os.environ["TIANYUAN_ODOO_PATH"]}


def run_odoo(command, database, *args, script=None, timeout=900):
    """Run Odoo to its end, and return its log. `odoo shell` executes ``script``."""
    done = subprocess.run(
        odoo_command(command, database, "--no-http", *args),
        input=script,
        env=odoo_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def change_modules(database, *args, install=(), update=(), script=""):
    """Install or update modules as the server's ``-i`` and ``-u`` do, and then run a script for `odoo shell`.

    This takes one start of Odoo instead of two.

    :return: the log
    """
    before = f"""
import odoo, threading
from odoo.modules.registry import Registry
threading.current_thread().dbname = {database!r}
registry = Registry.new({database!r}, install_modules={list(install)!r}, upgrade_modules={list(update)!r})
cursor = registry.cursor()
env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {{}})
env = env(context=env['res.users'].context_get())
"""
    return run_odoo("shell", None, *args, script=f"{before}{script}\ncursor.close()\n")


def problems(log):
    """Return the lines that a log must not contain."""
    return [
        line
        for line in log.splitlines()
        if re.search(r" (WARNING|ERROR|CRITICAL) |^Traceback", line) and "Running as user 'root'" not in line
    ]


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """An Odoo server of one database on a free port, optionally with a scheduler."""

    def __init__(self, database, cron_threads=0, options=()):
        self.database = database
        self.has_scheduler = bool(cron_threads)
        self.options = [f"--max-cron-threads={cron_threads}", *options]
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = STATE / f"{database}.log"

    def __enter__(self):
        port = self.url.rpartition(":")[2]
        options = [f"--http-port={port}", f"--db-filter=^{self.database}$", *self.options]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                odoo_command("server", self.database, *options),
                env=odoo_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        give_up = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.__exit__()
                raise AssertionError(f"The server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.3)
        return self

    def __exit__(self, *_exc):
        self._let_the_scheduler_end()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _let_the_scheduler_end(self):
        """Wait for running jobs, because a server that is stopped during a job logs an error."""
        working = """
            SELECT 1 FROM pg_stat_activity
             WHERE datname = %s AND xact_start < now() AND pid <> pg_backend_pid() AND application_name LIKE 'odoo%%'
        """
        give_up, idle = time.monotonic() + 20, 0
        with suppress(psycopg2.OperationalError):
            while self.has_scheduler and idle < 3 and self.process.poll() is None and time.monotonic() < give_up:
                idle = 0 if execute(self.database, working, [self.database]) else idle + 1
                time.sleep(0.2)

    def wake_scheduler(self):
        """Make the scheduler look for jobs now; after its start it would wait a minute."""
        execute("postgres", "SELECT pg_notify('cron_trigger', %s)", [self.database])

    def kill(self):
        """End the server at once, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def _answers(self):
        try:
            return requests.get(f"{self.url}/web/login", timeout=30).ok
        except requests.ConnectionError:
            return False

    def login(self, login, password=None):
        return Client(self, login, password or login)


class RpcError(Exception):
    """An error of the server; ``kind`` is the name of its exception class."""

    def __init__(self, error):
        super().__init__(error["data"]["message"])
        self.kind = error["data"]["name"].rpartition(".")[2]


class Client:
    """A user's session, which calls the same JSON-RPC routes as the web client."""

    def __init__(self, server, login, password):
        self.url = server.url
        self.session = requests.Session()
        params = {"db": server.database, "login": login, "password": password}
        session = self._post("/web/session/authenticate", params)
        self.uid = session["uid"]
        self.context = session["user_context"]

    def _post(self, route, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.url + route, json=body, timeout=120).json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")  # absent when a method returns nothing

    def call(self, model, method, *args, **kwargs):
        kwargs["context"] = {**self.context, **kwargs.get("context", {})}
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def create(self, model, **values):
        return self.call(model, "create", [values])[0]

    def write(self, model, record, **values):
        return self.call(model, "write", [record], values)

    def read(self, model, record, *fields):
        return self.call(model, "read", [record], list(fields))[0]

    def search(self, model, domain):
        return self.call(model, "search", domain)

    def ref(self, xmlid):
        module, _, name = xmlid.partition(".")
        domain = [("module", "=", module), ("name", "=", name)]
        [row] = self.call("ir.model.data", "search_read", domain, ["res_id"])
        return row["res_id"]
