"""Help text and copying of the licences that products and product categories need (policy 9.1: 经营权)."""

HELP = (
    "What a customer's archive must hold, valid on the order's day, for the product to be sold to them, such as the "
    "licence for hazardous chemicals."
)


def copy_licences(sources, copies):
    """Copy the needed licences from the sources to their copies, whatever the user's access."""
    # sudo: users without a role may duplicate products, too
    for source, duplicate in zip(sources.sudo(), copies.sudo(), strict=True):
        if source.tianyuan_licence_type_ids:
            duplicate.tianyuan_licence_type_ids = source.tianyuan_licence_type_ids
