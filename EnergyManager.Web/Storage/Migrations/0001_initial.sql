-- Times are milliseconds since 1970-01-01 UTC. Absent figures are NULL, never 0.

CREATE TABLE device (
    key                   INTEGER PRIMARY KEY,
    device_id             TEXT    NOT NULL UNIQUE,
    name                  TEXT    NOT NULL,
    device_type           TEXT    NOT NULL,
    platform              TEXT,
    agent_version         TEXT,
    addresses             TEXT    NOT NULL DEFAULT '[]',
    sensors               TEXT    NOT NULL DEFAULT '[]',
    running_model         TEXT,
    running_deployment_id TEXT,
    first_seen            INTEGER NOT NULL,
    last_seen             INTEGER,
    desired_revision      INTEGER NOT NULL DEFAULT 0,
    desired_model         TEXT
) STRICT;

-- One start of an agent. stored_sequence is the highest sequence that is settled (stored or rejected): what comes at or
-- below it is a duplicate, also after retention has removed the samples themselves.
CREATE TABLE boot (
    key             INTEGER PRIMARY KEY,
    device          INTEGER NOT NULL REFERENCES device (key) ON DELETE CASCADE,
    boot_id         TEXT    NOT NULL,
    stored_sequence INTEGER NOT NULL,
    last_stored     INTEGER NOT NULL,
    UNIQUE (device, boot_id)
) STRICT;

CREATE TABLE sample (
    boot                    INTEGER NOT NULL REFERENCES boot (key) ON DELETE CASCADE,
    sequence                INTEGER NOT NULL,
    device                  INTEGER NOT NULL,
    time                    INTEGER NOT NULL,
    duration_s              REAL    NOT NULL,
    cpu_percent             REAL,
    ram_percent             REAL,
    temperature_c           REAL,
    storage_percent         REAL,
    battery_percent         REAL,
    power_mean_w            REAL,
    power_min_w             REAL,
    power_max_w             REAL,
    power_joules            REAL,
    power_samples           INTEGER,
    power_provenance        TEXT,
    model                   TEXT,
    deployment_id           TEXT,
    inferences              INTEGER,
    errors                  INTEGER,
    p50_ms                  REAL,
    p95_ms                  REAL,
    energy_per_inference_mj REAL,
    UNIQUE (boot, sequence)
) STRICT;

CREATE INDEX sample_by_time ON sample (device, time);

-- Steps of width seconds (60 or 3600) that begin at start. Sums with their weights, so that steps can be added up again.
CREATE TABLE rollup (
    device             INTEGER NOT NULL REFERENCES device (key) ON DELETE CASCADE,
    width              INTEGER NOT NULL,
    start              INTEGER NOT NULL,
    samples            INTEGER NOT NULL,
    cpu_sum            REAL NOT NULL, cpu_weight         REAL NOT NULL,
    ram_sum            REAL NOT NULL, ram_weight         REAL NOT NULL,
    temperature_sum    REAL NOT NULL, temperature_weight REAL NOT NULL,
    storage_sum        REAL NOT NULL, storage_weight     REAL NOT NULL,
    battery_sum        REAL NOT NULL, battery_weight     REAL NOT NULL,
    power_provenance   TEXT,
    power_joules       REAL NOT NULL, power_seconds      REAL NOT NULL,
    power_min_w        REAL NOT NULL, power_max_w        REAL NOT NULL,
    model              TEXT,
    inferences         INTEGER NOT NULL, errors          INTEGER NOT NULL,
    p50_sum            REAL NOT NULL, p50_weight         REAL NOT NULL,
    p95_sum            REAL NOT NULL, p95_weight         REAL NOT NULL,
    energy_sum         REAL NOT NULL, energy_weight      REAL NOT NULL,
    PRIMARY KEY (device, width, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE deployment (
    deployment_id     TEXT    PRIMARY KEY,
    device_id         TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    reason            TEXT,
    requested_by      TEXT    NOT NULL,
    requested_at      INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    ended_at          INTEGER,
    budget_mwh        REAL,
    overridden        INTEGER NOT NULL DEFAULT 0,
    predicted_mwh     REAL,
    predicted_source  TEXT,
    measured_mwh      REAL,
    measured_source   TEXT,
    artifact          TEXT,
    downloaded_bytes  INTEGER,
    rolls_back        TEXT
) STRICT;

CREATE INDEX deployment_by_device ON deployment (device_id, requested_at);

CREATE TABLE deployment_step (
    deployment_id TEXT    NOT NULL REFERENCES deployment (deployment_id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    time          INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    message       TEXT,
    PRIMARY KEY (deployment_id, number)
) STRICT, WITHOUT ROWID;

-- Secrets of API keys and devices: only SHA-256 of 256 random bits is kept.
CREATE TABLE credential (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('api', 'device')),
    name       TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
