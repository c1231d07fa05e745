#!/usr/bin/env bash
# Static checks: shell syntax, ruff, pylint with the Odoo plugin, and the checks Odoo runs on its own addons.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$REPO"

failed=0
check() {
    local name=$1
    shift
    if "$@"; then echo "lint: $name ok"; else echo "lint: $name FAILED"; failed=1; fi
}

shell_syntax() {
    local file status=0
    for file in scripts/*.sh .ci/run; do bash -n "$file" || status=1; done
    return $status
}

pylint_odoo() {
    # Two disabled rules are for addons of the Odoo Community Association only. Three others are broken on purpose here:
    # catalogues of a dozen rows, methods that raise instead of calling super(), and overrides of methods that return
    # nothing.
    PYTHONPATH=$(odoo_path) "$VENV/bin/pylint" --rcfile=pyproject.toml --score=n \
        --disable=manifest-required-author,missing-readme \
        --disable=no-search-all,method-required-super,missing-return $ADDONS
}

odoo_lint() {
    PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore scripts/odoo_lint.py "$TIANYUAN_STATE/odoo.conf" "" $ADDONS
}

check 'shell syntax' shell_syntax
check ruff "$VENV/bin/ruff" check --quiet .
check pylint-odoo pylint_odoo
check 'Odoo lint' odoo_lint
exit $failed
