"""How long entries of the safety record hold, as a file."""

from common.exchange import CatalogueResource
from patients.models import AskAgain


class AskAgainResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = AskAgain
        import_id_fields = ("kind",)
        fields = ("kind", "valid_days")
