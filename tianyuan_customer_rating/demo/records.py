"""Finds and creates demo records by external id, so that loading the demo twice creates them once."""
MODULE = 'tianyuan_customer_rating'
# No module has this name, so uninstalling the addon keeps the demo's users, products and documents.
NAMESPACE = 'tianyuan_demo'


def xml_id(name):
    return f'{NAMESPACE}.{name}'


def ref(env, name):
    """Return the demo record of this name, or None."""
    return env.ref(xml_id(name), raise_if_not_found=False)


def as_user(env, name):
    """Return the environment of a demo user, with the user's own rights."""
    return env(user=ref(env, f'user_{name}').id, su=False)


def ensure(env, model, rows):
    """Create the missing ones of ``rows``, pairs of name and values, in one batch as the environment's user.

    :return: the records of all rows, in their order
    """
    missing = [(name, vals) for name, vals in rows if not ref(env, name)]
    created = env[model].create([vals for _name, vals in missing])
    env['ir.model.data'].sudo()._update_xmlids([
        # noupdate: otherwise the next upgrade would delete the records, since it doesn't load the demo.
        {'xml_id': xml_id(name), 'record': record, 'noupdate': True}
        for (name, _vals), record in zip(missing, created, strict=True)
    ])
    return env[model].browse([ref(env, name).id for name, _vals in rows])
