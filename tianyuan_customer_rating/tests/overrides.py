"""Which methods of Odoo's own models an addon replaces or extends."""


def overridden(registry, addon):
    """The methods that an addon has put in front of others' on models that aren't the addon's own.

    :param str addon: its technical name
    :return: set of (model, method)
    """
    package = f'odoo.addons.{addon}.'
    return {
        (model, name)
        for model, cls in registry.items() if not model.startswith('tianyuan.')
        for layer in cls.__mro__ if layer.__module__.startswith(package)
        for name, value in vars(layer).items() if callable(value) and not name.startswith('__')
        if any(
            name in vars(other) for other in cls.__mro__
            if other.__module__.startswith('odoo.') and not other.__module__.startswith('odoo.addons.tianyuan_')
        )
    }
