import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { RatingChart } from "../dashboard/rating_chart";
import { NO_TIER_COLOR, TIER_COLORS } from "../tier_badge/tier_colors";

const PROVISIONAL_COLOR = "#e2e4e8";

/** Score and tier of a customer's last eight quarters, on their form and on a sheet. */
export class RatingHistory extends Component {
    static template = "tianyuan_customer_rating.RatingHistory";
    static components = { RatingChart };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ rows: [], config: null });
        useRecordObserver((record) => this.load(record));
    }

    /** A sheet's own score is read, so that the chart follows it. */
    async load({ resModel, resId, data }) {
        const isSheet = resModel === "tianyuan.rating";
        const partner = isSheet ? data.partner_id?.id : resId;
        const asked = isSheet && [
            data.company_id?.id, data.date_from && data.date_from.toISODate(), resId, data.score, data.is_provisional,
        ];
        const rows = partner
            ? await this.orm.silent.call("tianyuan.rating", "get_history", [partner], isSheet ? {
                company_id: asked[0] || false, until: asked[1] || false, sheet_id: resId || false,
            } : {})
            : [];
        this.state.rows = rows;
        this.state.config = rows.length ? this.makeConfig(rows) : null;
    }

    get label() {
        const named = this.state.rows.map(({ quarter, score, tier }) => `${quarter} ${this.number(score)} ${tier || ""}`);
        return _t("Score and tier of the last quarters: %s", named.join("; "));
    }

    number(score) {
        return formatFloat(score, { digits: [5, 2] });
    }

    makeConfig(rows) {
        return {
            type: "bar",
            data: {
                labels: rows.map((row) => [
                    row.is_provisional ? "" : row.tier || "–", row.quarter.slice(2).replace(" ", ""),
                ]),
                datasets: [
                    {
                        data: rows.map((row) => row.score),
                        backgroundColor: rows.map((row) => this.color(row)),
                        maxBarThickness: 26,
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => rows[item.dataIndex].quarter,
                            label: (item) => this.describe(rows[item.dataIndex]),
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { autoSkip: false, maxRotation: 0, font: { size: 10 } } },
                    y: { min: 0, max: 100, ticks: { stepSize: 50, font: { size: 10 } } },
                },
            },
        };
    }

    describe(row) {
        const score = this.number(row.score);
        if (row.is_provisional) {
            return _t("%s (provisional)", score);
        }
        const said = `${score} · ${row.tier || _t("no tier")}`;
        return row.is_imported ? _t("%s (imported)", said) : said;
    }

    color({ is_provisional, tier, color }) {
        if (is_provisional) {
            return PROVISIONAL_COLOR;
        }
        return tier ? TIER_COLORS[color % TIER_COLORS.length] : NO_TIER_COLOR;
    }

    open(index) {
        const { id } = this.state.rows[index];
        if (this.props.record.resModel === "tianyuan.rating" && this.props.record.resId === id) {
            return;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "tianyuan.rating",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("tianyuan_rating_history", { component: RatingHistory });
