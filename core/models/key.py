"""What shows that the key file at hand is the one this database was sealed with."""

from django.db import models


class KeyWitness(models.Model):
    """A known text sealed with one key, kept from the key's first use on (security chapter, F24)."""

    number = models.PositiveSmallIntegerField("密钥编号", primary_key=True)
    sealed = models.TextField("封存的样本")

    class Meta:
        verbose_name = verbose_name_plural = "密钥样本"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number}号密钥"
