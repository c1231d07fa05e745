#!/usr/bin/env bash
# Exports the terms of the addons and merges them into the translations. Existing translations stay, unused terms are
# removed. Terms without a translation are listed, and make the script fail.
#
#   I18N_DB  exports from this database, after upgrading its addons, instead of from a fresh one
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

OUT=$TIANYUAN_STATE/i18n-$$
database=${I18N_DB:-tianyuan_i18n_$$}
mkdir -p "$OUT"

cleanup() {
    [ -n "${I18N_DB:-}" ] || drop_db "$database"
    rm -rf "$OUT"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

pg_start
if [ -z "${I18N_DB:-}" ]; then
    make_base_db
    copy_db "$(base_db)" "$database"
fi

# export_terms ADDON: leaves the demo out, because its names are data, not terms.
export_terms() {
    local addon=$1 install=-i
    [ -z "${I18N_DB:-}" ] || install=-u
    if ! odoo server -d "$database" "$install" "$addon" --without-demo --no-http --stop-after-init --log-level=warn --logfile="$OUT/log" 2>>"$OUT/log"; then
        tail -n 40 "$OUT/log"
        return 1
    fi
    # "odoo i18n" expects its options after the subcommand.
    PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore "$(odoo_script)" i18n export -c "$TIANYUAN_STATE/odoo.conf" -d "$database" -l pot \
        -o "$OUT/$addon.pot" "$addon" >>"$OUT/log" 2>&1 || { tail -n 40 "$OUT/log"; return 1; }
}

is_wanted() {
    [ -z "${I18N_DB:-}" ] || [ "$(psql -d "$database" -Atc "SELECT state FROM ir_module_module WHERE name = '$1'")" = installed ]
}

merge_terms() {
    "$PYTHON" - "$OUT/$1.pot" "$REPO/$1" <<'PY'
import ast
import sys
from pathlib import Path

import polib

exported, root = polib.pofile(sys.argv[1]), Path(sys.argv[2])
addon, folder = root.name, root / 'i18n'
LANGUAGES = {
    'zh_CN': {'Language-Team': 'Chinese (Simplified)', 'Language': 'zh_CN', 'Plural-Forms': 'nplurals=1; plural=0;'},
}


def add_manifest():
    """Name and summary in the list of apps: Odoo counts them as terms of "base", so it doesn't export them."""
    manifest = ast.literal_eval((root / '__manifest__.py').read_text(encoding='utf-8'))
    for key, field in (('name', 'shortdesc'), ('summary', 'summary')):
        place = (f'model:ir.module.module,{field}:base.module_{addon}', '')
        entry = exported.find(manifest[key])
        if entry is None:
            entry = polib.POEntry(msgid=manifest[key], comment=f'module: {addon}')
            exported.append(entry)
        entry.occurrences = sorted([*entry.occurrences, place])
    exported.sort(key=lambda entry: entry.msgid)


def terms(po):
    return [(e.msgid, e.msgstr, e.comment, e.occurrences) for e in po]


def save(po, path, metadata):
    """Write the file, unless only its date would change."""
    po.header = exported.header
    po.metadata = {**exported.metadata, 'Content-Transfer-Encoding': '8bit', **metadata}
    if path.exists():
        old = polib.pofile(str(path))
        if terms(old) == terms(po) and old.metadata.keys() == po.metadata.keys():
            return
    path.write_text(f'{po}\n', encoding='utf-8')


add_manifest()
folder.mkdir(exist_ok=True)
save(exported, folder / f'{addon}.pot', {})
missing = False
for language, metadata in LANGUAGES.items():
    path = folder / f'{language}.po'
    known = {e.msgid: e.msgstr for e in polib.pofile(str(path)) if not e.fuzzy} if path.exists() else {}
    po = polib.POFile()
    po.extend(
        polib.POEntry(msgid=e.msgid, msgstr=known.get(e.msgid, ''), comment=e.comment, occurrences=e.occurrences)
        for e in exported
    )
    save(po, path, metadata)
    for msgid in sorted(set(known) - {e.msgid for e in po}):
        print(f'{language}: no longer used: {msgid!r} → {known[msgid]!r}')
    for entry in po.untranslated_entries():
        missing = True
        print(f'{language}: missing: {entry.msgid!r}')
    print(f'{language}: {len(po.translated_entries())} of {len(po)} terms are translated')
sys.exit(missing)
PY
}

missing=0
for addon in $ADDONS; do    # the bridges last, because they install other modules
    is_wanted "$addon" || continue
    echo "$addon"
    export_terms "$addon"
    merge_terms "$addon" || missing=1
done
exit "$missing"
