# Other vendors' addons for comparison: downloaded when needed, never part of this repository. Sourced after env.sh.

_peers_id=$(sha256sum "$REPO/scripts/peers.txt" | cut -c1-10)
PEERS_ROOT=$TIANYUAN_CACHE/peers-$_peers_id
PEERS_ADDONS=$PEERS_ROOT/odoo/addons
PEERS_MODULES=account_financial_risk,partner_time_to_pay

# They only require Odoo, which isn't on PyPI, and Odoo's own addons.
get_peers() {
    [ -e "$PEERS_ROOT/.complete" ] && return
    rm -rf "$PEERS_ROOT"
    "$VENV/bin/pip" install --quiet --quiet --disable-pip-version-check --no-deps --target "$PEERS_ROOT" -r "$REPO/scripts/peers.txt" &&
        touch "$PEERS_ROOT/.complete"
}

# install_peers DATABASE: makes their columns beforehand, so that Odoo doesn't spend minutes filling them for every entry
# and customer; bench_peers.py computes them where it measures.
install_peers() {
    psql -q -d "$1" -c "ALTER TABLE account_move ADD full_reconcile_payment_date date" \
        -c "ALTER TABLE res_partner ADD d2r_life double precision, ADD d2r_ytd double precision, ADD d2r_ly double precision,
            ADD d2p_life double precision, ADD d2p_ytd double precision, ADD d2p_ly double precision" &&
        odoo server -d "$1" --addons-path="$REPO,$PEERS_ADDONS" -i "$PEERS_MODULES" --no-http --stop-after-init \
            --logfile="$LOG" 2>>"$LOG"
}
