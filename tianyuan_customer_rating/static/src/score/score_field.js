import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/** A customer's score; who hasn't been rated has none, which isn't zero. */
export class CustomerScoreField extends FloatField {
    get formattedValue() {
        const { tianyuan_tier_id: tier, tianyuan_customer_class: customerClass } = this.props.record.data;
        return this.value || tier || customerClass ? super.formattedValue : "–";
    }
}

registry.category("fields").add("tianyuan_customer_score", {
    ...floatField,
    component: CustomerScoreField,
    fieldDependencies: [
        { name: "tianyuan_tier_id", type: "many2one" },
        { name: "tianyuan_customer_class", type: "selection" },
    ],
});
