import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";

const ROUTE = "/tianyuan/archive/upload";

/**
 * The upload area above a customer's documents: drop files anywhere on the view, choose them with the button, or
 * choose the one for a required paper that is missing. Each file is sent for itself, so that a refused one doesn't
 * hinder the others; the server judges the files and says what it refuses.
 */
export class ArchiveDocumentUpload extends Component {
    static template = "tianyuan_customer_rating.ArchiveDocumentUpload";
    static props = {
        partnerId: Number,
        viewRef: Object,
        load: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.fileUpload = useService("file_upload");
        this.notification = useService("notification");
        this.input = useRef("input");
        this.state = useState({ missing: [], accept: "", canUpload: false });
        this.typeId = false;
        this.own = new Set();
        onWillStart(() => this.refresh());
        useDropzone(
            this.props.viewRef,
            (ev) => this.send(ev.dataTransfer.files),
            "o_tianyuan_dropzone",
            () => this.state.canUpload
        );
        for (const event of ["FILE_UPLOAD_LOADED", "FILE_UPLOAD_ERROR"]) {
            useBus(this.fileUpload.bus, event, ({ detail }) => this.onSent(detail.upload));
        }
    }

    async refresh() {
        const targets = await this.orm.call("tianyuan.archive.document", "upload_targets", [
            this.props.partnerId,
        ]);
        Object.assign(this.state, {
            missing: targets.missing,
            accept: targets.accept,
            canUpload: targets.can_upload,
        });
    }

    choose(typeId = false) {
        this.typeId = typeId;
        this.input.el.click();
    }

    async onChosen(ev) {
        const files = [...ev.target.files];
        ev.target.value = ""; // so that the same file can be chosen again
        await this.send(files, this.typeId);
    }

    async send(files, typeId = false) {
        for (const file of files) {
            const upload = await this.fileUpload.upload(ROUTE, [file], {
                buildFormData: (data) => {
                    data.append("partner_id", this.props.partnerId);
                    data.append("company_id", user.activeCompany.id);
                    if (typeId) {
                        data.append("type_id", typeId);
                    }
                },
            });
            this.own.add(upload.id);
        }
    }

    async onSent(upload) {
        if (!this.own.delete(upload.id)) {
            return;
        }
        const warning = this.warningOf(upload);
        if (warning) {
            this.notification.add(warning, { type: "warning", sticky: true });
        }
        if (!this.own.size) {
            await Promise.all([this.props.load(), this.refresh()]);
        }
    }

    /** What the server says of a file that it has taken but that can't be consulted. */
    warningOf(upload) {
        try {
            return JSON.parse(upload.xhr.response).warning?.message;
        } catch {
            return undefined; // an error page, of which the upload service tells
        }
    }
}
