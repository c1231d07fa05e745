import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { NO_TIER_COLOR, TIER_COLORS } from "../tier_badge/tier_colors";
import { RatingChart } from "./rating_chart";

// this quarter and the one before
const NOW = "#714b67";
const BEFORE = "#c8b9c4";
const ICONS = {
    rated: "fa-users", score: "fa-star-half-o", major: "fa-trophy", key: "fa-key", bad_debt: "fa-exclamation-triangle",
    up: "fa-arrow-up", down: "fa-arrow-down",
};
// what is wrong when it isn't zero
const WARNINGS = ["bad_debt"];
// Chinese readers count large amounts in 万 and 亿.
const CHINESE_UNITS = [[1e8, "亿"], [1e4, "万"]];
const EXPORT_URL = "/tianyuan/dashboard/xlsx";

function shortNumber(value) {
    const units = localization.code.startsWith("zh") ? CHINESE_UNITS : [];
    const [size, unit] = units.find(([limit]) => Math.abs(value) >= limit) || [];
    return unit
        ? formatFloat(value / size, { digits: [16, 1], trailingZeros: false }) + unit
        : formatFloat(value, { humanReadable: !units.length, decimals: 0, digits: [16, 0] });
}

/** How the last rated quarter turned out: the results below the work on the workbench. */
export class RatingDashboard extends Component {
    static template = "tianyuan_customer_rating.RatingDashboard";
    static components = { RatingChart };
    static props = {
        dateFrom: { type: String, optional: true }, // first day of the quarter that was shown before
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, charts: null });
        // whoever comes back from a list finds the quarter they had chosen
        useSetupAction({ getLocalState: () => ({ date_from: this.data.quarter && this.data.quarter.date_from }) });
        onWillStart(() => this.load(this.props.dateFrom));
    }

    /** @param {string} [dateFrom] first day of the quarter to show */
    async load(dateFrom) {
        const data = await this.orm.call("tianyuan.rating.dashboard", "get_data", [dateFrom || false]);
        this.state.charts = data.quarter && this.makeCharts(data);
        this.state.data = data;
    }

    get data() {
        return this.state.data;
    }

    get exportUrl() {
        const params = { company_id: this.data.company.id, date_from: this.data.quarter.date_from };
        return `${EXPORT_URL}?${new URLSearchParams(params)}`;
    }

    get changedOn() {
        return formatDateTime(deserializeDateTime(this.data.changed_on));
    }

    get lists() {
        const titles = { up: _t("Moved Up"), down: _t("Moved Down") };
        return Object.keys(titles).map((key) => ({
            key,
            title: titles[key],
            tile: this.data.results.find((tile) => tile.key === key),
            rows: this.data.movers[key],
        }));
    }

    // -- words and numbers ---------------------------------------------------------------------

    icon(tile) {
        return ICONS[tile.key] || "fa-circle-o";
    }

    isWarning(tile) {
        return Boolean(tile.value) && WARNINGS.includes(tile.key);
    }

    tileValue(tile) {
        return tile.key === "score" ? this.number(tile.value) : String(tile.value);
    }

    number(value, digits = 1) {
        return value === false ? "–" : formatFloat(value, { digits: [16, digits] });
    }

    change(value) {
        return (value > 0 ? "+" : "") + this.number(value, 2);
    }

    percent(value) {
        return value === false ? "–" : `${this.number(value)} %`;
    }

    money(value, humanReadable = false) {
        return formatMonetary(value, {
            currencyId: this.data?.company.currency_id,
            digits: [16, 0],
            humanReadable,
        });
    }

    // -- what opens what -----------------------------------------------------------------------

    open(name, model, domain, views = ["list", "form"]) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: views.map((view) => [false, view]),
            domain,
            target: "current",
        });
    }

    openTile(tile) {
        if (["up", "down"].includes(tile.key)) {
            return this.openMovers(tile);
        }
        return this.open(tile.label, "tianyuan.rating", tile.domain);
    }

    async openMovers(tile) {
        const action = await this.action.loadAction("tianyuan_customer_rating.tianyuan_rating_action_movers");
        return this.action.doAction({ ...action, display_name: tile.label, domain: tile.domain, context: {} });
    }

    openTier(row) {
        return this.open(row.name, "tianyuan.rating", row.domain);
    }

    openSheet(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "tianyuan.rating",
            res_id: row.id,
            views: [[false, "form"]],
            target: "current",
        });
    }

    openCategory(name, domain) {
        return this.open(name, "tianyuan.rating.analysis", domain, ["list", "pivot", "graph"]);
    }

    openRuns() {
        return this.action.doAction("tianyuan_customer_rating.tianyuan_rating_run_action");
    }

    // -- charts --------------------------------------------------------------------------------

    makeCharts(data) {
        return [this.tierChart(data), this.categoryChart(data), this.purchaseChart(data), this.onTimeChart(data)];
    }

    tierChart({ tiers }) {
        return {
            key: "tiers",
            title: _t("Customers by Tier"),
            config: {
                type: "bar",
                data: {
                    labels: tiers.quarters,
                    datasets: tiers.series.map((series) => ({
                        label: series.name,
                        data: series.counts.map((count) => count.value),
                        backgroundColor: this.color(series.color),
                        maxBarThickness: 60,
                    })),
                },
                options: {
                    scales: {
                        x: { stacked: true, grid: { display: false } },
                        y: { stacked: true, beginAtZero: true, ticks: { precision: 0 } },
                    },
                },
            },
            onClick: (series, quarter) =>
                this.open(
                    `${tiers.quarters[quarter]} ${tiers.series[series].name}`,
                    "tianyuan.rating",
                    tiers.series[series].counts[quarter].domain
                ),
        };
    }

    categoryChart({ categories, quarter }) {
        const series = [
            { label: quarter.name, field: "share", domain: "domain", backgroundColor: NOW },
            { label: _t("Quarter before"), field: "previous_share", domain: "previous_domain", backgroundColor: BEFORE },
        ];
        return {
            key: "categories",
            title: _t("Points by Category (% of the Maximum)"),
            config: {
                type: "bar",
                data: {
                    labels: categories.map((row) => row.name),
                    datasets: series.map(({ label, field, backgroundColor }) => ({
                        label,
                        backgroundColor,
                        data: categories.map((row) => (row[field] === false ? null : row[field])),
                        maxBarThickness: 30,
                    })),
                },
                options: {
                    scales: { x: { grid: { display: false } }, y: { min: 0, max: 100 } },
                },
            },
            onClick: (dataset, index) =>
                this.openCategory(categories[index].name, categories[index][series[dataset].domain]),
        };
    }

    purchaseChart(data) {
        return this.byTierChart(data, {
            key: "purchases",
            title: _t("Purchases of the Quarter by Tier"),
            field: "purchases",
            tick: shortNumber,
            format: (value) => this.money(value),
        });
    }

    onTimeChart(data) {
        return this.byTierChart(data, {
            key: "on_time",
            title: _t("On-Time Payment by Tier (Mean of Customers)"),
            field: "on_time_rate",
            max: 100,
            tick: (value) => `${value} %`,
            format: (value) => this.percent(value),
        });
    }

    byTierChart({ by_tier: rows }, { key, title, field, max, tick, format }) {
        return {
            key,
            title,
            config: {
                type: "bar",
                data: {
                    labels: rows.map((row) => row.name),
                    datasets: [
                        {
                            data: rows.map((row) => (row[field] === false ? null : row[field])),
                            backgroundColor: rows.map((row) => this.color(row.color)),
                            maxBarThickness: 60,
                        },
                    ],
                },
                options: {
                    plugins: {
                        legend: { display: false },
                        tooltip: { callbacks: { label: (item) => format(item.parsed.y) } },
                    },
                    scales: {
                        x: { grid: { display: false } },
                        y: { beginAtZero: true, max, ticks: { callback: tick } },
                    },
                },
            },
            onClick: (_dataset, index) => this.openTier(rows[index]),
        };
    }

    color(index) {
        return index < 0 ? NO_TIER_COLOR : TIER_COLORS[index % TIER_COLORS.length];
    }
}
