"""A management command on a migrated database of its own: `python -m tests.support.on_servers COMMAND ...`.

For checks that need a real server. The settings module is the one in the environment, else the tests'.
"""

import os
import subprocess
import sys

from config.embedded.errors import CannotStart
from config.fingerprint import ROOT
from tests.support.servers import RunServers


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    servers = RunServers()
    try:
        servers.start()
        env = {"DJANGO_SETTINGS_MODULE": "config.settings.test", **os.environ}
        return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=False).returncode
    except CannotStart as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line
        return 1
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
