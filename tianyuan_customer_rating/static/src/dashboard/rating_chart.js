import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** A Chart.js chart whose bars open what they count. */
export class RatingChart extends Component {
    static template = "tianyuan_customer_rating.RatingChart";
    static props = {
        config: Object, // of Chart.js: type, data, options
        label: String, // what the chart shows, for those who can't see it
        onClick: Function, // (dataset index, index of the bar)
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                const chart = new Chart(this.canvas.el, this.withClicks(config));
                return () => chart.destroy();
            },
            () => [this.props.config]
        );
    }

    withClicks(config) {
        return {
            ...config,
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                ...config.options,
                onClick: (_event, [bar]) => bar && this.props.onClick(bar.datasetIndex, bar.index),
                onHover: (event, [bar]) => {
                    event.native.target.style.cursor = bar ? "pointer" : "default";
                },
            },
        };
    }
}
