"""Giving the reason of a step in the dialog that asks for it."""


def give_reason(records, method, reason):
    """As the records' user."""
    values = {'res_model': records._name, 'res_ids': records.ids, 'method': method, 'reason': reason}
    return records.env['tianyuan.reason'].create(values).action_apply()


def answer(env, action, reason):
    """In the dialog that an action opens, as the environment's user."""
    return env[action['res_model']].with_context(action['context']).create({'reason': reason}).action_apply()
