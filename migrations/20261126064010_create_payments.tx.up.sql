-- Payments are recorded and deleted, never changed. Their sum stands on the invoice, which is locked while it changes.
CREATE TABLE payment (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    invoice_id       uuid          NOT NULL,
    amount           numeric(12,2) NOT NULL CONSTRAINT payment_amount_positive CHECK (amount > 0),
    currency         varchar(3)    NOT NULL CONSTRAINT payment_currency_known CHECK (currency IN ( -- the invoice's
                         'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    payment_date     date          NOT NULL,
    payment_method   varchar(20)   NOT NULL CONSTRAINT payment_payment_method_known CHECK (payment_method IN (
                         'CASH', 'CHECK', 'CREDIT_CARD', 'BANK_TRANSFER', 'PAYPAL', 'STRIPE', 'OTHER')),
    reference_number varchar(100),
    notes            text,

    CONSTRAINT payment_invoice_id_fkey FOREIGN KEY (org_id, invoice_id)
        REFERENCES invoice (org_id, id) ON DELETE CASCADE
);

CREATE INDEX payment_invoice_id_idx ON payment (org_id, invoice_id, payment_date DESC, id DESC);
CREATE INDEX payment_payment_date_idx ON payment (org_id, payment_date DESC, id DESC);

SELECT protect_tenant_table('payment');
