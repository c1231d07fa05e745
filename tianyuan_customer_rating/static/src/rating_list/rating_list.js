import { Component, onWillStart, onWillUnmount, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { formatInteger } from "@web/views/fields/formatters";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const CONFIRMATION = "tianyuan.rating.confirmation";
const FIELDS = ["name", "state", "total_count", "done_count", "error_count", "progress"];
const POLL_EVERY = 3000;

/** How far the scheduler has come with ratings that were confirmed from this list. */
export class ConfirmationProgress extends Component {
    static template = "tianyuan_customer_rating.ConfirmationProgress";
    static props = { confirmations: Object, open: Function, dismiss: Function };

    setup() {
        this.confirmations = useState(this.props.confirmations);
    }

    percent(confirmation) {
        return Math.floor(confirmation.progress);
    }

    text(confirmation) {
        const parts = [
            _t("%(name)s: %(done)s of %(total)s ratings confirmed", {
                name: confirmation.name,
                done: formatInteger(confirmation.done_count),
                total: formatInteger(confirmation.total_count),
            }),
        ];
        if (confirmation.error_count) {
            parts.push(_t("%s could not be confirmed", formatInteger(confirmation.error_count)));
        }
        if (confirmation.state === "stopped") {
            parts.push(_t("Stopped"));
        }
        return parts.join(" · ");
    }
}

export class RatingListController extends ListController {
    static template = "tianyuan_customer_rating.RatingListView";
    static components = { ...ListController.components, ConfirmationProgress };

    setup() {
        // the model's hooks, which refresh them, are set up first
        this.confirmations = reactive({ rows: [] });
        this.lastConfirmations = new KeepLast();
        this.watched = new Set();
        super.setup();
        onWillStart(async () => {
            this.isManager = await user.hasGroup("tianyuan_customer_rating.group_manager");
            await this.refreshConfirmations();
        });
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
        });
    }

    get modelOptions() {
        const options = super.modelOptions;
        const onRootLoaded = () => {
            this.refreshConfirmations();
        };
        return { ...options, hooks: { ...options.hooks, onRootLoaded } };
    }

    /** Shows what is running, and what has ended since the list was opened. */
    async refreshConfirmations() {
        if (!this.isManager || this.env.inDialog) {
            return;
        }
        browser.clearTimeout(this.timer);
        const running = this.confirmations.rows.filter((row) => row.state === "running");
        const rows = await this.lastConfirmations.add(
            this.orm.silent.searchRead(
                CONFIRMATION,
                ["|", ["state", "=", "running"], ["id", "in", [...this.watched]]],
                FIELDS
            )
        );
        if (this.isGone) {
            return;
        }
        rows.filter((row) => row.state === "running").forEach((row) => this.watched.add(row.id));
        this.confirmations.rows = rows;
        if (rows.some((row) => row.state === "running")) {
            this.timer = browser.setTimeout(() => this.refreshConfirmations(), POLL_EVERY);
        }
        const ended = running.some(({ id }) => rows.some((row) => row.id === id && row.state !== "running"));
        if (ended && !this.model.root.selection.length) {
            await this.model.load();
        }
    }

    openConfirmation(confirmation) {
        this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: CONFIRMATION,
            res_id: confirmation.id,
            views: [[false, "form"]],
        });
    }

    dismissConfirmation(confirmation) {
        this.watched.delete(confirmation.id);
        this.confirmations.rows = this.confirmations.rows.filter(({ id }) => id !== confirmation.id);
    }
}

registry.category("views").add("tianyuan_rating_list", {
    ...listView,
    Controller: RatingListController,
});
