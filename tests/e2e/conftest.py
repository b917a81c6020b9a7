"""The whole portal as `make demo` serves it: its own processes, database, worker and payment stand-in."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items):
    """One portal serves all the journeys: they run in one process, in order."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("portal"))


@dataclass
class Portal:
    address: str
    environment: dict
    welcome: str

    def manage(self, *arguments):
        """Run `manage.py` on the portal's data and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    @property
    def password(self):
        return re.search(r"mot de passe : (\S+)", self.welcome).group(1)

    def code(self, email):
        """The one-time code of a demo staff member, as its telephone would show it."""
        return re.search(r"\d{6}", self.manage("demo_code", email)).group()


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """`make demo` on a free port and an empty disk; its address, and what it printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("portal")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORTAL_URL")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "cms.settings.development",
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "DEBUG": "0",
        "PYTHONUNBUFFERED": "1",
    }
    output = folder / "demo.log"
    command = [sys.executable, "manage.py", "demo", "--serve"]
    with output.open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _wait_until_ready(process, address, output)
        yield Portal(address, environment, output.read_text())
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(process, address, output, seconds=240):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"make demo stopped:\n{output.read_text()}")
        try:
            # While it loads, the demonstration serves its payment stand-in at the same address.
            loaded = "Parvis est prêt" in output.read_text()
            if loaded and urllib.request.urlopen(f"{address}/readyz", timeout=5).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"make demo was not ready after {seconds} s:\n{output.read_text()}")
