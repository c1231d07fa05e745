# Starts and ends the demo server. Sourced after env.sh.

PID_FILE=$TIANYUAN_STATE/demo.pid
PORT_FILE=$TIANYUAN_STATE/demo.port
SERVER_LOG=$TIANYUAN_STATE/demo.log

# Prints the pid of this checkout's running demo server, or nothing. The pid file isn't enough, because its pid may belong
# to another program by now.
demo_pid() {
    local pid command
    pid=$(cat "$PID_FILE" 2>/dev/null) || return 0
    command=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || return 0
    case $command in
        *" server -c $TIANYUAN_STATE/odoo.conf -d $DEMO_DB "*) echo "$pid" ;;
    esac
}

demo_stop() {
    local pid waited=0
    pid=$(demo_pid)
    if [ -n "$pid" ]; then
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 100 ]; do
            sleep 0.1
            waited=$((waited + 1))
        done
        ! kill -0 "$pid" 2>/dev/null || kill -9 "$pid"
    fi
    rm -f "$PID_FILE" "$PORT_FILE"
}

port_must_be_free() {
    if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
        echo "Port $PORT is taken by another program. Choose a free one: make demo PORT=$((PORT + 1))" >&2
        return 1
    fi
}

answers() {
    "$PYTHON" -c "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=20)" "http://127.0.0.1:$PORT/web/login" 2>/dev/null
}

demo_start() {
    local waited=0
    port_must_be_free
    # The server must not keep the terminal, a pipe or a lock open: the caller would wait for it for ever.
    (
        for fd in /proc/self/fd/*; do
            fd=${fd##*/}
            [ "$fd" -le 2 ] || eval "exec $fd>&-"
        done
        PYTHONPATH=$(odoo_path) exec setsid "$PYTHON" -W ignore "$(odoo_script)" server -c "$TIANYUAN_STATE/odoo.conf" -d "$DEMO_DB" \
            --db-filter "^$DEMO_DB\$" --http-port "$PORT" --pidfile "$PID_FILE" </dev/null >>"$SERVER_LOG" 2>&1
    ) &
    disown
    echo "$PORT" >"$PORT_FILE"
    until answers; do
        waited=$((waited + 1))
        if [ "$waited" -gt 60 ] || { [ "$waited" -gt 5 ] && [ -z "$(demo_pid)" ]; }; then
            echo "The server does not answer; the end of $SERVER_LOG:" >&2
            tail -n 20 "$SERVER_LOG" >&2
            return 1
        fi
        sleep 1
    done
}
