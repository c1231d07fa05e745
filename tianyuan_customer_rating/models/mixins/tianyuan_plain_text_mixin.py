from odoo import api, models
from odoo.exceptions import ValidationError

LINE_BREAKS = ('\n', '\r')


class TianyuanPlainTextMixin(models.AbstractModel):
    """Refuses texts that can't be stored or sent, with a readable message.

    PostgreSQL can't store NUL characters and would raise a programming error. A name with line breaks may become the
    subject of a mail, which then can't be sent.
    """

    _name = 'tianyuan.plain.text.mixin'
    _description = "Texts That Can Be Stored"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_texts(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_texts(vals)
        return super().write(vals)

    @api.model
    def _check_texts(self, vals):
        """Refuse values with NUL characters, and one-line texts of users with line breaks.

        :raise ValidationError: there are some
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if not isinstance(value, str) or field is None:
                continue
            if '\0' in value:
                raise ValidationError(self.env._(
                    "“%(field)s” contains a character that can't be stored (NUL). Delete it, or type the text anew.",
                    field=field._description_string(self.env),
                ))
            # Allow superusers several lines: code may store longer texts, such as error messages.
            if field.type == 'char' and not self.env.su and any(character in value for character in LINE_BREAKS):
                raise ValidationError(self.env._(
                    "“%(field)s” is one line. Delete the line breaks.", field=field._description_string(self.env),
                ))
