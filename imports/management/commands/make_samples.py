from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from imports.samples import write_all


class Command(BaseCommand):
    help = "Écrit des fichiers d’exemple (abonnés, relèves, factures), comme les exporterait un ancien logiciel."

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, default=240, help="nombre d’abonnés (240)")
        parser.add_argument("--to", type=Path, default=Path("var/samples"), help="dossier où écrire (var/samples)")
        parser.add_argument("--clean", action="store_true", help="sans les défauts des vrais exports")

    def handle(self, *args, rows, to, clean, **options):
        if rows < 2:
            raise CommandError("Il faut au moins 2 abonnés (--rows 2).")
        for sample in write_all(to, rows=rows, messy=not clean):
            self.stdout.write(
                f"{sample.path} : {sample.records} enregistrements, {sample.repeats} répétés, {sample.mistakes} fautifs"
            )
