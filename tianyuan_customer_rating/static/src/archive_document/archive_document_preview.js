import { registry } from "@web/core/registry";
import { createFileViewer } from "@web/core/file_viewer/file_viewer_hook";

const viewer = createFileViewer();

/**
 * Show an archive document over the page. The file viewer knows attachments only; an archive document comes
 * from its own route, which checks and logs every opening.
 */
function previewArchiveDocument(env, action) {
    const { name, mimetype, url } = action.params;
    const isPdf = mimetype === "application/pdf";
    viewer.open({
        name,
        mimetype,
        isPdf,
        isImage: !isPdf,
        isViewable: true,
        defaultSource: isPdf
            ? `/web/static/lib/pdfjs/web/viewer.html?file=${encodeURIComponent(url)}#pagemode=none`
            : url,
        downloadUrl: `${url}?download=1`,
    });
}

registry.category("actions").add("tianyuan_archive_preview", previewArchiveDocument);
