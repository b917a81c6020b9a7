from django.core.management import BaseCommand

from cms.demo.content import load_skeleton
from cms.demo.space import load_space


class Command(BaseCommand):
    help = "Crée les pages d’un nouveau portail, à compléter dans l’espace des agents ; laisse celles qui existent."

    def handle(self, **options):
        load_skeleton()
        load_space()
        self.stdout.write(self.style.SUCCESS("Les pages du portail sont en place."))
