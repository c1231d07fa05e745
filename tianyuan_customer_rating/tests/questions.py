"""Answering the question before a step."""


def confirm(env, action):
    """In the dialog that an action opens, as the environment's user."""
    dialog = env[action['res_model']].with_context(action['context']).create({})
    dialog.details    # noqa: B018 read before the step, as the form does
    dialog.action_apply()
    return dialog
