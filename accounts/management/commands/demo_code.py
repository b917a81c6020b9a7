import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_otp.oath import TOTP

from accounts.models import User
from accounts.models.users import normalise_email
from accounts.second_factor import device_of


class Command(BaseCommand):
    help = "Show the one-time code of a member of the demonstration's staff (development only)."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("Cette commande ne sert qu’à la démonstration.")
        user = User.objects.filter(email=normalise_email(email), is_staff=True).first()
        device = device_of(user) if user else None
        if device is None:
            raise CommandError(f"{email} n’est pas un agent muni d’un second facteur.")
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = time.time()
        # A code serves once: the next one is accepted already (tolerance of one step).
        if totp.t() <= device.last_t:
            totp.time += device.step * (device.last_t - totp.t() + 1)
        self.stdout.write(f"{totp.token():06d}")
