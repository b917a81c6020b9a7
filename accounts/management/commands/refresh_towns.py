"""Write accounts/data/communes.tsv.gz again from @etalab/decoupage-administratif (Licence Ouverte).

`npm pack @etalab/decoupage-administratif` fetches the package, from the registry that the machine is set up for.
"""

import gzip
import json
import tarfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.towns import DATA

MEMBER = "package/data/communes.json"


class Command(BaseCommand):
    help = "Refait l’extrait des communes et codes postaux à partir du paquet npm @etalab/decoupage-administratif."

    def add_arguments(self, parser):
        parser.add_argument("package", type=Path, help="le paquet (.tgz) que « npm pack » a téléchargé")
        parser.add_argument("--to", type=Path, default=DATA, help="le fichier à écrire")

    def handle(self, *args, package, to, **options):
        lines = lines_of(self._read(package))
        if not lines:
            raise CommandError("Le paquet ne contient aucune commune.")
        # No date in the archive: the same towns give the same file.
        to.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
        self.stdout.write(f"{len(lines)} communes écrites dans {to}.")

    def _read(self, package):
        try:
            with tarfile.open(package) as files:
                return json.load(files.extractfile(MEMBER))
        except (OSError, tarfile.TarError, KeyError, ValueError) as error:
            raise CommandError(f"Ce n’est pas le paquet attendu : {error}") from error


def lines_of(towns):
    """Return the lines of the extract for the package's list `towns`: today's towns, the most populous first."""
    current = [town for town in towns if town["type"] == "commune-actuelle" and town.get("codesPostaux")]
    current.sort(key=lambda town: (-town.get("population", 0), town["code"]))
    return [f"{town['nom']}\t{' '.join(town['codesPostaux'])}\n" for town in current]
