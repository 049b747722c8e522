-- Energy over accounting windows: what an inference costs at a fixed rate, the waiting between two of them included. In a step of the
-- rollup: what ended in it, of the last activity, model and sensor; net of idle counts where the idle board was measured.
ALTER TABLE sample ADD COLUMN account TEXT;

ALTER TABLE rollup ADD COLUMN account_activity       TEXT;
ALTER TABLE rollup ADD COLUMN account_model          TEXT;
ALTER TABLE rollup ADD COLUMN account_provenance     TEXT;
ALTER TABLE rollup ADD COLUMN account_windows        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_seconds        REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_busy_s         REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_joules         REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_inferences     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_net_sum        REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_net_weight     REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_idle_sum       REAL    NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN account_idle_weight    REAL    NOT NULL DEFAULT 0;

-- What was asked of a device, so that it can be asked again when the first time was lost.
ALTER TABLE benchmark ADD COLUMN request TEXT;

-- A measured figure beyond what was predicted. What a model measured while a warning of it stood calibrates nothing.
CREATE TABLE drift_warning (
    device_id  TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    cleared_at INTEGER,
    warning    TEXT    NOT NULL,
    PRIMARY KEY (device_id, model, kind, since)
) STRICT, WITHOUT ROWID;
