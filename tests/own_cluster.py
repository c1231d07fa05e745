"""A separate PostgreSQL server for tests that restart it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

OWNER = "tianyuan"
PORT = "5432"
SETTINGS = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nlisten_addresses = ''\n"


def program(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


class OwnCluster:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.data = self.folder / "data"

    def __enter__(self):
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        settings = self.data / "postgresql.conf"
        settings.write_text(settings.read_text() + SETTINGS + f"unix_socket_directories = '{self.folder}'\n")
        self._control("start")
        return self

    def __exit__(self, *_exc):
        with contextlib.suppress(subprocess.CalledProcessError):
            self._control("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self):
        """End all connections at once, and start again."""
        self._control("restart", "-m", "fast")

    def take(self, database):
        """Copy a database from the tests' server."""
        subprocess.run(["createdb", *self.client, database], check=True)
        dump = subprocess.Popen([program("pg_dump"), "-Fc", "-Z0", "--no-owner", database], stdout=subprocess.PIPE)
        restore = [program("pg_restore"), *self.client, "--no-owner", "-d", database]
        subprocess.run(restore, stdin=dump.stdout, check=True)
        assert dump.wait() == 0

    @property
    def client(self):
        return ["-h", str(self.folder), "-p", PORT, "-U", OWNER]

    @property
    def environment(self):
        return {"PGHOST": str(self.folder), "PGPORT": PORT, "PGUSER": OWNER}

    @property
    def odoo_options(self):
        return [f"--db_host={self.folder}", f"--db_port={PORT}", f"--db_user={OWNER}"]

    def _control(self, *command):
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", *command)

    def _run(self, name, *args):
        command = [program(name), *map(str, args)]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)
