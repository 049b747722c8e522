-- Which sequences of a boot are settled (stored or rejected), as ranges: '1-500,801-900'. What is in them is a duplicate, also
-- after retention has removed the samples themselves. A device sends its newest samples first after a time offline.
ALTER TABLE boot ADD COLUMN settled TEXT NOT NULL DEFAULT '';
UPDATE boot SET settled = '1-' || stored_sequence WHERE stored_sequence > 0;
ALTER TABLE boot DROP COLUMN stored_sequence;
