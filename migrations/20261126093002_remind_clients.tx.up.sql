-- A client is reminded before an invoice is due and when it should have been paid, each for itself. The days are the
-- organization's.
ALTER TABLE invoice
    ADD reminder_custom_days integer
        CONSTRAINT invoice_reminder_custom_days_in_range CHECK (reminder_custom_days BETWEEN 1 AND 365),
    ADD CONSTRAINT invoice_reminder_custom_has_days CHECK (reminder_frequency <> 'CUSTOM' OR reminder_custom_days IS NOT NULL),
    ADD reminded_before_on date,
    ADD reminded_after_on  date,
    ADD next_reminder_on   date; -- not after the day of the next one; null: there is none
CREATE INDEX invoice_next_reminder_on_idx ON invoice (org_id, next_reminder_on, id) WHERE next_reminder_on IS NOT NULL;
