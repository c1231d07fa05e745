import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { CarefulFormController } from "../careful_form/careful_form";

const POLL_EVERY = 3000;

/** Calls a function every few seconds as long as a run is processed. */
function usePolling(isRunning, reload) {
    let timer, isGone;
    const tick = async () => {
        if (isRunning()) {
            await reload();
        }
        if (!isGone) {
            timer = browser.setTimeout(tick, POLL_EVERY);
        }
    };
    onMounted(() => {
        timer = browser.setTimeout(tick, POLL_EVERY);
    });
    onWillUnmount(() => {
        isGone = true;
        browser.clearTimeout(timer);
    });
}

export class RatingRunFormController extends CarefulFormController {
    setup() {
        super.setup();
        usePolling(
            () => this.model.root.data.state === "running" && !this.model.root.dirty && !document.hidden,
            () => this.model.root.load()
        );
    }
}

export class RatingRunListController extends ListController {
    setup() {
        super.setup();
        usePolling(
            () =>
                !document.hidden &&
                !this.model.root.isGrouped &&
                !this.model.root.selection.length &&
                this.model.root.records.some((run) => run.data.state === "running"),
            () => this.model.root.load()
        );
    }
}

registry.category("views").add("tianyuan_rating_run_form", { ...formView, Controller: RatingRunFormController });
registry.category("views").add("tianyuan_rating_run_list", { ...listView, Controller: RatingRunListController });
