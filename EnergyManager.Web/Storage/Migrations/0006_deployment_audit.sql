-- What the energy gate decided, also where it refused and there is no deployment. Energies are of the standard run.
CREATE TABLE gate_decision (
    number           INTEGER PRIMARY KEY,
    time             INTEGER NOT NULL,
    requested_by     TEXT    NOT NULL,
    device_id        TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    verdict          TEXT    NOT NULL,
    message          TEXT    NOT NULL,
    predicted_mwh    REAL,
    predicted_source TEXT,
    calibrated       INTEGER NOT NULL,
    budget_mwh       REAL,
    deployment_id    TEXT
) STRICT;

CREATE INDEX gate_decision_by_deployment ON gate_decision (deployment_id);
CREATE INDEX gate_decision_by_device ON gate_decision (device_id, number);

ALTER TABLE deployment ADD COLUMN retry_of TEXT;
