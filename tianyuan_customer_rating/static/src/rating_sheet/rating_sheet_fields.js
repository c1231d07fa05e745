import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { formatFloat } from "@web/views/fields/formatters";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";
import { AssessedNumberField } from "../assessment_list/assessed_number_field";

const POINTS = { digits: [5, 2] };

/** Points as a bar up to the maximum, with a mark where the last quarter was. */
export class PointsField extends FloatField {
    static template = "tianyuan_customer_rating.PointsField";

    get data() {
        return this.props.record.data;
    }

    get isMissing() {
        return this.data.origin === "missing";
    }

    get maximum() {
        return formatFloat(this.data.max_points, POINTS);
    }

    get lastTitle() {
        return _t("Last quarter: %s", formatFloat(this.data.previous_points, POINTS));
    }

    percent(points) {
        return this.data.max_points ? Math.min(100, (100 * points) / this.data.max_points) : 0;
    }
}

/** A value with its unit, as the server writes it; what is edited is the plain number. */
export class ValueField extends AssessedNumberField {
    static template = "tianyuan_customer_rating.ValueField";
}

/** The reason for a line's points; while it is edited, the note that is part of it. */
export class ReasonField extends CharField {
    static template = "tianyuan_customer_rating.ReasonField";
}

/** A sheet's score; with lines missing it is a range, in grey. */
export class ScoreField extends FloatField {
    static template = "tianyuan_customer_rating.ScoreField";

    get isProvisional() {
        return this.props.record.data.is_provisional;
    }

    get range() {
        const { state, possible_score: possible } = this.props.record.data;
        return state === "draft" ? "–" : `${this.formattedValue}–${formatFloat(possible, POINTS)}`;
    }
}

export class SheetLinesRenderer extends ListRenderer {
    /** A line above the first row of each category. */
    getRowClass(record) {
        const isFirst = record.data.category_label ? " o_tianyuan_category" : "";
        return super.getRowClass(record) + isFirst;
    }
}

/**
 * The rows of a sheet: what is entered is saved as soon as the row is left, so that points, score and range follow.
 * On a phone, what is entered on a card is saved with the form.
 */
export class SheetLinesField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: SheetLinesRenderer };

    setup() {
        super.setup();
        if (this.props.viewMode === "kanban") {
            return;
        }
        let before = this.entered;
        useEffect(
            (isEditing, entered) => {
                if (!isEditing && entered !== before) {
                    before = entered;
                    this.save();
                }
            },
            () => [Boolean(this.list.editedRecord), this.entered]
        );
    }

    async save() {
        const { record } = this.props;
        if (record.resId && (await record.isDirty())) {
            await record.save();
        }
    }

    get entered() {
        return JSON.stringify(
            this.list.records.map(({ resId, data }) => [
                resId, data.metric_value, data.level_id?.id, data.points, data.note,
            ])
        );
    }
}

const fields = registry.category("fields");
fields.add("tianyuan_points", { ...floatField, component: PointsField });
fields.add("tianyuan_value", { ...floatField, component: ValueField });
fields.add("tianyuan_reason", { ...charField, component: ReasonField });
fields.add("tianyuan_score", { ...floatField, component: ScoreField });
fields.add("tianyuan_sheet_lines", { ...x2ManyField, component: SheetLinesField });
