import { Component, onWillStart, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const ASSESSORS = ["group_sales_user", "group_finance_assessor", "group_manager"];

/** How much is left to assess, and how many customers can be submitted, with the button that submits them. */
export class AssessmentProgress extends Component {
    static template = "tianyuan_customer_rating.AssessmentProgress";
    static props = { progress: Object, submit: Function };

    setup() {
        this.progress = useState(this.props.progress);
    }

    get percent() {
        const { total, missing } = this.progress;
        return total ? Math.floor((100 * (total - missing)) / total) : 100;
    }

    get parts() {
        const { total, missing, customers, ready } = this.progress;
        if (!customers) {
            return [_t("All submitted: nothing is left to assess.")];
        }
        const parts = [];
        if (total) {
            parts.push(_t("%(missing)s of %(total)s lines left", { missing, total }));
        }
        if (customers > ready) {
            parts.push(_t("%s customers to complete", customers - ready));
        }
        if (ready) {
            parts.push(_t("%s customers ready to submit", ready));
        }
        return parts;
    }
}

export class AssessmentListController extends ListController {
    static template = "tianyuan_customer_rating.AssessmentListView";
    static components = { ...ListController.components, AssessmentProgress };

    setup() {
        // the model's hooks, which refresh it, are set up first
        this.progress = reactive({ isKnown: false, canSubmit: false, total: 0, missing: 0, customers: 0, ready: 0 });
        this.lastProgress = new KeepLast();
        super.setup();
        this.orm = useService("orm");
        this.notification = useService("notification");
        onWillStart(async () => {
            const groups = ASSESSORS.map((group) => user.hasGroup(`tianyuan_customer_rating.${group}`));
            const [memberships] = await Promise.all([Promise.all(groups), this.refreshProgress()]);
            this.progress.canSubmit = memberships.some(Boolean);
        });
    }

    get modelOptions() {
        const options = super.modelOptions;
        const refresh = () => {
            this.refreshProgress();
        };
        return { ...options, hooks: { ...options.hooks, onSavedMulti: refresh, onRootLoaded: refresh } };
    }

    /** What was saved counts at once; typing on doesn't wait for it. */
    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        this.refreshProgress();
    }

    async refreshProgress() {
        // the menu's own domain: searching and filtering don't change what is left
        const domain = this.env.searchModel.globalDomain;
        const progress = await this.lastProgress.add(
            this.orm.silent.call(this.props.resModel, "assessment_progress", [domain])
        );
        Object.assign(this.progress, progress, { isKnown: true });
    }

    /** Submits what is complete, without a selection, and shows what is left with what is missing. */
    async submitComplete() {
        if (!(await this.model.root.leaveEditMode())) {
            return;
        }
        const domain = this.env.searchModel.globalDomain;
        const { submitted, refused } = await this.orm.call(this.props.resModel, "submit_complete", [domain]);
        await this.refreshProgress();
        const left = this.progress.customers;
        const message = submitted
            ? _t("%s customers submitted.", submitted)
            : _t("None of the complete customers is yours to submit.");
        this.notification.add(left ? [message, _t("%s are left.", left)].join(" ") : message, {
            type: submitted ? "success" : "warning",
        });
        for (const reason of refused) {
            this.notification.add(reason, { type: "danger", sticky: true });
        }
        if (!(left && this.showMissing())) {
            await this.model.load();
        }
    }

    /** @returns {boolean} whether the filter wasn't on, so that the list is loaded again by it */
    showMissing() {
        const { searchModel } = this.env;
        const missing = Object.values(searchModel.searchItems).find(
            (item) => item.type === "filter" && item.name === "missing"
        );
        if (!missing || searchModel.query.some(({ searchItemId }) => searchItemId === missing.id)) {
            return false;
        }
        searchModel.toggleSearchItem(missing.id);
        return true;
    }
}

registry.category("views").add("tianyuan_assessment_list", {
    ...listView,
    Controller: AssessmentListController,
});
