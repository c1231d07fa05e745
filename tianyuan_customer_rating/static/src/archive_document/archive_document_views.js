import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { ArchiveDocumentUpload } from "./archive_document_upload";

/** Lists that show one customer's documents take files. */
const withUpload = (Controller, template) =>
    class extends Controller {
        static template = template;
        static components = { ...Controller.components, ArchiveDocumentUpload };

        get archivePartnerId() {
            return this.props.context.default_partner_id;
        }

        async loadDocuments() {
            await this.model.root.load();
        }
    };

registry.category("views").add("tianyuan_archive_document_kanban", {
    ...kanbanView,
    Controller: withUpload(KanbanController, "tianyuan_customer_rating.ArchiveDocumentKanban"),
});

registry.category("views").add("tianyuan_archive_document_list", {
    ...listView,
    Controller: withUpload(ListController, "tianyuan_customer_rating.ArchiveDocumentList"),
});
