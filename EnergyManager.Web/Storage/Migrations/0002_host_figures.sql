-- More of what a device sees of itself. Samples and steps from before have none of it.

ALTER TABLE sample ADD COLUMN swap_percent           REAL;
ALTER TABLE sample ADD COLUMN gpu_percent            REAL;
ALTER TABLE sample ADD COLUMN cpu_frequency_mhz      REAL;
ALTER TABLE sample ADD COLUMN network_rx_bytes_per_s REAL;
ALTER TABLE sample ADD COLUMN network_tx_bytes_per_s REAL;
ALTER TABLE sample ADD COLUMN throttled              INTEGER;

ALTER TABLE rollup ADD COLUMN swap_sum          REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN swap_weight       REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN gpu_sum           REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN gpu_weight        REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN frequency_sum     REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN frequency_weight  REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN network_rx_sum    REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN network_rx_weight REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN network_tx_sum    REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN network_tx_weight REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN throttled_sum     REAL NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN throttled_weight  REAL NOT NULL DEFAULT 0;
