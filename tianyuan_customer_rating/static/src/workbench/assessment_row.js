import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { parseFloat } from "@web/views/fields/parsers";

/** A line of a sheet to assess in place: a click on a level, or a number and Enter. */
export class AssessmentRow extends Component {
    static template = "tianyuan_customer_rating.AssessmentRow";
    static props = {
        line: Object, // of the workbench: id, customer, indicator, levels …
        onAssessed: Function, // called after the line has been saved
        onOpen: Function, // opens the line's sheet
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ saving: false });
    }

    assessLevel(level) {
        return this.save({ level_id: level.id });
    }

    assessNumber(event) {
        const text = event.target.value.trim();
        if (!text) {
            return;
        }
        let value;
        try {
            value = parseFloat(text);
        } catch {
            this.notification.add(_t("Enter a number, for example 35."), { type: "danger" });
            return;
        }
        return this.save({ metric_value: value });
    }

    async save(values) {
        if (this.state.saving) {
            return;
        }
        this.state.saving = true;
        try {
            await this.orm.write("tianyuan.rating.line", [this.props.line.id], values);
            await this.props.onAssessed();
        } finally {
            this.state.saving = false;
        }
    }
}
