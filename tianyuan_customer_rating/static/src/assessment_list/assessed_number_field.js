import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/** A number that nobody has entered yet is blank, and zero can be entered: a plain float field takes it for no change. */
export class AssessedNumberField extends FloatField {
    setup() {
        this.zeroEntered = false;
        super.setup();
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", (ev) => {
            ev.detail.proms.push(this.commitZero());
        });
        useEffect(
            (input) => {
                const onInput = () => {
                    this.zeroEntered = this.isZero(input.value);
                };
                input?.addEventListener("input", onInput);
                return () => input?.removeEventListener("input", onInput);
            },
            () => [this.inputRef.el]
        );
    }

    get formattedValue() {
        const blank = !this.value && !this.props.record.data.has_value && !this.zeroEntered;
        return blank ? "" : super.formattedValue;
    }

    isZero(text) {
        try {
            return text.trim() !== "" && this.parse(text) === 0;
        } catch {
            return false;
        }
    }

    async commitZero() {
        const { record, name } = this.props;
        if (this.zeroEntered && !this.value && !record.data.has_value) {
            await record.update({ [name]: 0 });
        }
        this.zeroEntered = false;
    }
}

registry.category("fields").add("tianyuan_assessed_number", {
    ...floatField,
    component: AssessedNumberField,
});
