import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * A form that saves a new record only when the user does so. Odoo's form also saves one that the user has never touched,
 * as soon as its defaults are valid and the page is reloaded, closed or hidden behind another tab.
 */
export class CarefulFormController extends FormController {
    beforeVisibilityChange() {
        return this.model.root.isNew ? undefined : super.beforeVisibilityChange(...arguments);
    }

    async beforeUnload(ev) {
        if (!this.model.root.isNew) {
            return super.beforeUnload(...arguments);
        }
        if (this.model.root.dirty) {
            ev.preventDefault(); // the browser asks whether to leave the page
            ev.returnValue = "Unsaved changes";
        }
    }
}

registry.category("views").add("tianyuan_careful_form", { ...formView, Controller: CarefulFormController });
