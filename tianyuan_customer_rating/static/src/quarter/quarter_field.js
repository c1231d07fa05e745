import { Component, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The quarter of its first or last day, by its name: 2026 Q3. */
export class QuarterField extends Component {
    static template = xml`<span class="text-nowrap" t-out="text"/>`;
    static props = { ...standardFieldProps };

    get text() {
        const day = this.props.record.data[this.props.name];
        return day ? `${day.year} Q${day.quarter}` : "";
    }
}

registry.category("fields").add("tianyuan_quarter", {
    component: QuarterField,
    displayName: _t("Quarter"),
    supportedTypes: ["date"],
    listViewWidth: [70, 70],
});
