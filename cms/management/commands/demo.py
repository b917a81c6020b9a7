import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from cms import demo


class Command(BaseCommand):
    help = "Prépare la démonstration (base, contenu, habitants) et, avec --serve, sert le portail et sa file d’attente."

    def add_arguments(self, parser):
        parser.add_argument("--serve", action="store_true", help="sert ensuite le portail sur le port PORT (8000)")

    def handle(self, *, serve, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("La démonstration ne se charge qu’avec les réglages de développement.")
        self._check_port()
        call_command("migrate", verbosity=0)
        if not demo.loaded():
            self.stdout.write("Chargement de la démonstration…")
            demo.load()
        self.stdout.write(demo.welcome())
        if serve:
            self._serve()

    def _check_port(self):
        """The port must be free: the demonstration pays its first invoices through its own address."""
        port = urlsplit(settings.PORTAL_URL).port or 80
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError as error:
                message = f"Le port {port} est déjà pris. Choisissez-en un autre : PORT=8001 make demo"
                raise CommandError(message) from error

    def _serve(self):
        """Run the web server and the worker until one stops or the terminal says so; then stop both."""
        environment = {"DEBUG": "0", **os.environ}
        commands = [
            [sys.executable, "manage.py", "qcluster"],
            [
                sys.executable,
                "-m",
                "gunicorn",
                "cms.wsgi",
                "--config",
                "cms/gunicorn.py",
                "--workers",
                "1",
                "--threads",
                "8",
            ],
        ]
        children = [subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR) for command in commands]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while all(child.poll() is None for child in children):
                try:
                    children[0].wait(timeout=1)
                except subprocess.TimeoutExpired:
                    continue
        except KeyboardInterrupt:
            self.stdout.write("Arrêt de la démonstration.")
        finally:
            for child in children:
                if child.poll() is None:
                    child.terminate()
            for child in children:
                try:
                    child.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    child.kill()
