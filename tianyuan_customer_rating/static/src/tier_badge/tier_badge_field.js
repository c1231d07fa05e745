import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** A tier in its color, which is read once for each tier of a list. */
export class TierBadgeField extends BadgeField {
    get badgeClass() {
        return `o_badge_color_${this.props.record.data[this.props.name]?.color || 0}`;
    }
}

registry.category("fields").add("tianyuan_tier_badge", {
    ...badgeField,
    component: TierBadgeField,
    supportedTypes: ["many2one"],
    additionalClasses: ["o_field_badge"],
    relatedFields: [{ name: "color", type: "integer", readonly: true }],
});
