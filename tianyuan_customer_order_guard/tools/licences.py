"""What products and their categories have in common that need a licence (policy 9.1: 经营权)."""

HELP = (
    "What a customer's archive must hold, valid on the order's day, for the product to be sold to them, such as the "
    "licence for hazardous chemicals."
)


def copy_licences(sources, copies):
    """Have copies need what their sources need, whoever duplicates them."""
    # sudo: who has no role may duplicate a product, too
    for source, duplicate in zip(sources.sudo(), copies.sudo(), strict=True):
        if source.tianyuan_licence_type_ids:
            duplicate.tianyuan_licence_type_ids = source.tianyuan_licence_type_ids
