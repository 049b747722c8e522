-- Balena device that a device runs on: told by its agent, or known from the enrolment.
ALTER TABLE device ADD COLUMN balena_uuid TEXT;
