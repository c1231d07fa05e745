import { ActivityMenu } from "@mail/core/web/activity_menu";
import { patch } from "@web/core/utils/patch";

/** Activities on ratings ask for many sheets at once: they open the lines to assess. */
patch(ActivityMenu.prototype, {
    async openActivityGroup(group, filter, newWindow) {
        if (group.model === "tianyuan.rating") {
            const action = await this.env.services.orm.call("mail.activity", "tianyuan_open_assessments", []);
            if (action) {
                this.dropdown.close();
                return this.action.doAction(action, { newWindow, clearBreadcrumbs: true });
            }
        }
        return super.openActivityGroup(...arguments);
    },
});
