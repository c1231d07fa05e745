"""Which methods of Odoo's own models the addons replace or extend."""

OWN = 'odoo.addons.tianyuan_'


def overridden(registry):
    """The methods that the installed addons have put in front of others' on models that aren't theirs.

    :return: set of (model, method)
    """
    return {
        (model, name)
        for model, cls in registry.items() if not model.startswith('tianyuan.')
        for layer in cls.__mro__ if layer.__module__.startswith(OWN)
        for name, value in vars(layer).items() if callable(value) and not name.startswith('__')
        if any(
            name in vars(other) for other in cls.__mro__
            if other.__module__.startswith('odoo.') and not other.__module__.startswith(OWN)
        )
    }
