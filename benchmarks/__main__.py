"""`make bench`: each benchmark in a process of its own, on a PostgreSQL database made for it and dropped after."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.postgres import LOCAL

DATABASE = "parvis_bench"
BENCHMARKS = ["benchmarks.web", "benchmarks.imports", "benchmarks.worklist"]


def main(names):
    server = os.environ.get("TEST_DATABASE_URL") or LOCAL
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        sys.exit(f"The benchmarks need PostgreSQL (TEST_DATABASE_URL, or 127.0.0.1:5432): {error}")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    with connection:
        for name in names or BENCHMARKS:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
            try:
                subprocess.run([sys.executable, "-m", name], env=environment, check=True)
            finally:
                connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main(sys.argv[1:])
