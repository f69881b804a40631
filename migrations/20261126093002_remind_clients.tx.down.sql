ALTER TABLE invoice
    DROP next_reminder_on, DROP reminded_after_on, DROP reminded_before_on,
    DROP CONSTRAINT invoice_reminder_custom_has_days, DROP reminder_custom_days;
