import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RatingDashboard } from "../dashboard/rating_dashboard";
import { SetupChecklist } from "../setup/setup_checklist";
import { AssessmentRow } from "./assessment_row";

/** What waits for the user, as cards of each of their roles; the results of the last quarter stand below. */
export class Workbench extends Component {
    static template = "tianyuan_customer_rating.Workbench";
    static components = { Layout, AssessmentRow, RatingDashboard, SetupChecklist };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, withResults: false });
        onWillStart(() => this.load());
        // The work is on the screen before the results are asked for.
        onMounted(() => {
            this.state.withResults = true;
        });
    }

    async load() {
        this.state.data = await this.orm.silent.call("tianyuan.workbench", "get_data", []);
    }

    /** The cards of each role: plain numbers first, then what is worked on here, with short lists beside it. */
    get roles() {
        return this.state.data.roles.map(({ key, name, cards }) => {
            const isMain = (card) => Boolean(card.lines?.length || card.complete || card.table?.rows.length);
            const isList = (card) => !isMain(card) && Boolean(card.rows?.length);
            return {
                key,
                name,
                numbers: cards.filter((card) => !isMain(card) && !isList(card)),
                main: cards.filter(isMain),
                lists: cards.filter(isList),
            };
        });
    }

    isWarning(card) {
        return card.warning && card.value > 0;
    }

    submitLabel(card) {
        return _t("Submit %s complete sheets", card.complete);
    }

    money(value) {
        return value ? formatMonetary(value, { currencyId: this.state.data.company.currency_id, digits: [16, 0] }) : "";
    }

    change(value) {
        return (value > 0 ? "+" : "") + formatFloat(value, { digits: [16, 2], trailingZeros: false });
    }

    // -- what opens what -----------------------------------------------------------------------

    async openList(card) {
        const action = await this.action.loadAction(card.action);
        return this.action.doAction({ ...action, display_name: card.title, name: card.title, domain: card.domain, context: {} });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
            target: "current",
        });
    }

    /** Submit the sheets whose lines are all assessed; those that are refused stay, with the reason. */
    async submitComplete(card) {
        const { submitted, refused } = await this.orm.call(card.model, "submit_complete", [card.domain]);
        if (submitted) {
            this.notification.add(_t("%s sheets submitted", submitted), { type: "success" });
        }
        for (const reason of refused) {
            this.notification.add(reason, { type: "danger" });
        }
        await this.load();
    }

    async callButton(row, button) {
        const action = await this.orm.call(row.model, button.method, [[row.id]]);
        if (action && action.type) {
            await this.action.doAction(action, { onClose: () => this.load() });
        }
        await this.load();
    }
}

registry.category("actions").add("tianyuan_workbench", Workbench);
