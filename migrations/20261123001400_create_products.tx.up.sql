CREATE TABLE product (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(255)  NOT NULL CONSTRAINT product_name_not_blank CHECK (btrim(name) <> ''),
    description text,
    sku         varchar(100),
    category    varchar(100),
    price       numeric(12,2) NOT NULL DEFAULT 0 CONSTRAINT product_price_not_negative CHECK (price >= 0),
    currency    varchar(3)    CONSTRAINT product_currency_known CHECK (currency IN (
                    'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    is_active   boolean       NOT NULL DEFAULT true, -- false: no longer offered, stays on what was sold

    sku_key text GENERATED ALWAYS AS (NULLIF(lower(btrim(sku)), '')) STORED,
    CONSTRAINT product_sku_unique UNIQUE (org_id, sku_key)
);

CREATE INDEX product_created_at_idx ON product (org_id, created_at DESC, id DESC);
CREATE INDEX product_name_idx ON product (org_id, name, id);
CREATE INDEX product_category_idx ON product (org_id, category);

SELECT protect_tenant_table('product');
