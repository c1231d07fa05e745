import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const MODEL = "tianyuan.setup";
const POLL_EVERY = 3000;

/** The checklist of a company that starts from nothing; it shows nothing to others, and once a quarter is confirmed. */
export class SetupChecklist extends Component {
    static template = "tianyuan_customer_rating.SetupChecklist";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: { finished: true, steps: [] }, busy: false });
        onWillStart(async () => {
            const [isManager, isAdministrator] = await Promise.all([
                user.hasGroup("tianyuan_customer_rating.group_manager"),
                user.hasGroup("base.group_system"),
            ]);
            if (isManager || isAdministrator) {
                await this.load();
            }
        });
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
        });
    }

    get progressText() {
        const { steps } = this.state.data;
        return _t("%(done)s of %(total)s steps done", {
            done: steps.filter((step) => step.done).length,
            total: steps.length,
        });
    }

    get next() {
        return this.state.data.steps.find((step) => !step.done && this.isOpen(step));
    }

    isOpen(step) {
        return Boolean(step.action || step.method);
    }

    async load() {
        browser.clearTimeout(this.timer);
        const data = await this.orm.silent.call(MODEL, "checklist", []);
        if (this.isGone) {
            return;
        }
        this.state.data = data;
        if (data.steps.some((step) => step.progress)) {
            this.timer = browser.setTimeout(() => this.load(), POLL_EVERY);
        }
    }

    /** Does what a step's button says, and looks at the steps again when a dialog closes. */
    async open(step) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const action = step.method ? await this.orm.call(MODEL, step.method, [[]]) : step.action;
            if (action) {
                await this.action.doAction(action, { onClose: () => this.load() });
            }
        } finally {
            this.state.busy = false;
            if (!this.isGone) {
                await this.load();
            }
        }
    }

    async dismiss() {
        await this.orm.call(MODEL, "action_dismiss", [[]]);
        await this.load();
    }
}
