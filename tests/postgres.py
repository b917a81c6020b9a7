"""Print the address of a PostgreSQL server for the tests that need one; nothing when none answers.

`make test-postgres` hands it to pytest as DATABASE_URL; with none, these tests are skipped, by name.
REQUIRE_POSTGRES makes that a failure: in CI they must run.
"""

import os
import sys

import psycopg

LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


def main():
    url = os.environ.get("TEST_DATABASE_URL") or LOCAL
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        print(f"PostgreSQL does not answer: {error}", file=sys.stderr)
        sys.exit(1 if os.environ.get("REQUIRE_POSTGRES") or os.environ.get("TEST_DATABASE_URL") else 0)
    print(url)


if __name__ == "__main__":
    main()
