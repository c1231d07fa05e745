"""Makes the web client's calls in the process of the tests, which the access matrix with its thousand cells needs.

A call goes through the function of Odoo's own routes (``call_kw``), as a real user, in a transaction of its own, and
with values as they come out of JSON. Requests other than method calls go over HTTP to the server in the same process.
"""

import json
from functools import cached_property, partial

from odoo_harness import Client, RpcError


class InProcessServer:
    """Replaces :class:`odoo_harness.Server`, with the database that pytest was started with."""

    def __init__(self):
        from odoo.tools import config

        from odoo.addons.base.models import res_users

        # Odoo hashes a password in 600,000 rounds, which take as long as ten calls. Its own tests take one as well.
        res_users.MIN_ROUNDS = 1
        [self.database] = config["db_name"]
        self.url = f"http://127.0.0.1:{config['http_port']}"

    def login(self, login, password=None):
        return InProcessClient(self, login, password or login)


class InProcessClient(Client):
    def __init__(self, server, login, password):
        from odoo.modules.registry import Registry

        self.server, self.url = server, server.url
        self.credentials = login, password
        self.registry = Registry(server.database)
        self.context, self.uid = {}, 1
        [self.uid] = self.call("res.users", "search", [("login", "=", login)], context={"active_test": False})
        self.context = self.call("res.users", "context_get")

    @cached_property
    def session(self):
        return Client(self.server, *self.credentials).session

    def call(self, model, method, *args, **kwargs):
        from odoo import api
        from odoo.service.model import call_kw, retrying
        from odoo.tools import json_default

        kwargs["context"] = {**self.context, **kwargs.get("context", {})}
        args, kwargs = json.loads(json.dumps([args, kwargs]))
        try:
            with self.registry.cursor() as cursor:
                env = api.Environment(cursor, self.uid, {})
                result = retrying(partial(call_kw, env[model], method, args, kwargs), env)
        except Exception as error:  # any error: a client also gets its class name
            name = f"{type(error).__module__}.{type(error).__name__}"
            raise RpcError({"data": {"name": name, "message": str(error)}}) from error
        return json.loads(json.dumps(result, default=json_default))
