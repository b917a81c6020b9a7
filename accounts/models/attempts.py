from django.db import models


class Attempt(models.Model):
    """One try of something throttled: a scope (`link`, `attach_contract` …) and a digest of who or what was tried."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["scope", "key", "at"], name="attempt_window")]

    def __str__(self):
        return f"{self.scope} {self.at:%Y-%m-%d %H:%M}"
