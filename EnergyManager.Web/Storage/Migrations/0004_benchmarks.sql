-- Measurements that devices made of their models on request. The figures that calibrate are columns, everything else is in the report.
CREATE TABLE benchmark (
    device_id     TEXT    NOT NULL,
    benchmark_id  TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    requested_at  INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    model         TEXT,
    latency_s     REAL,
    energy_mj     REAL,
    energy_spread REAL,
    energy_source TEXT,
    report        TEXT    NOT NULL,
    PRIMARY KEY (device_id, benchmark_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX benchmark_by_time ON benchmark (device_id, requested_at);
