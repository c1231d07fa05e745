import { patch } from "@web/core/utils/patch";
import { BaseImportModel } from "@base_import/import_model";

/**
 * Odoo reads a file without the context of the list it was loaded from. With this option it knows the headings of
 * customer archives, where the list is one of them.
 */
patch(BaseImportModel.prototype, {
    get importOptions() {
        const options = super.importOptions;
        options.tianyuan_archive_import = Boolean(this.context.tianyuan_archive_import);
        return options;
    },
});
