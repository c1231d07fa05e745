import { xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";

/**
 * Chooses a stored field of another model, and shows it by its label.
 *
 * The option "types" lists the types to choose from. The option "model" is a field with the model's name, or the name
 * itself.
 */
export class TypedFieldSelectorField extends FieldSelectorField {
    static template = xml`
        <ModelFieldSelector t-if="resModel" t-props="selectorProps"/>
        <span t-else="" t-esc="formattedValue"/>
    `;
    static props = { ...FieldSelectorField.props, types: { type: Array, optional: true } };

    filter(fieldDef) {
        const offered = super.filter(fieldDef) && fieldDef.store && fieldDef.name !== "id";
        return offered && (!this.props.types || this.props.types.includes(fieldDef.type));
    }

    get resModel() {
        const { record, resModel } = this.props;
        return resModel in record.data ? record.data[resModel] : resModel;
    }

    get selectorProps() {
        return { ...super.selectorProps, allowEmpty: true };
    }
}

registry.category("fields").add("tianyuan_typed_field_selector", {
    ...fieldSelectorField,
    component: TypedFieldSelectorField,
    displayName: _t("Field of a Type"),
    extractProps({ options }, dynamicInfo) {
        return { ...fieldSelectorField.extractProps(...arguments), types: options.types };
    },
});
