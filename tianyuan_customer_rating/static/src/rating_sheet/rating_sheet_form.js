import { SIZES } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { CarefulFormController } from "../careful_form/careful_form";

const WIDE = "o_xxl_form_view h-100";

/** The rows of a sheet need the whole width: on a wide screen, too, the chatter is below. */
export class RatingSheetFormController extends CarefulFormController {
    get className() {
        const { [WIDE]: _wide, ...others } = super.className;
        return others;
    }
}

export class RatingSheetFormRenderer extends FormRenderer {
    setup() {
        super.setup();
        const ui = this.uiService;
        // The layout asks only for the size, and puts the chatter aside from XXL on.
        this.uiService = {
            get size() {
                return Math.min(ui.size, SIZES.XL);
            },
        };
    }
}

registry.category("views").add("tianyuan_rating_sheet", {
    ...formView,
    Controller: RatingSheetFormController,
    Renderer: RatingSheetFormRenderer,
});
