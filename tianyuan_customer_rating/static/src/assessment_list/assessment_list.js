import { Component, onWillStart, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** How much is left to assess, and how many customers can be submitted. */
export class AssessmentProgress extends Component {
    static template = "tianyuan_customer_rating.AssessmentProgress";
    static props = { progress: Object };

    setup() {
        this.progress = useState(this.props.progress);
    }

    get percent() {
        const { total, missing } = this.progress;
        return total ? Math.floor((100 * (total - missing)) / total) : 100;
    }

    get parts() {
        const { total, missing, customers, ready } = this.progress;
        const parts = [_t("%(missing)s of %(total)s lines left", { missing, total })];
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
        this.progress = reactive({ total: 0, missing: 0, customers: 0, ready: 0 });
        this.lastProgress = new KeepLast();
        super.setup();
        this.orm = useService("orm");
        onWillStart(() => this.refreshProgress());
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
        Object.assign(this.progress, progress);
    }
}

registry.category("views").add("tianyuan_assessment_list", {
    ...listView,
    Controller: AssessmentListController,
});
