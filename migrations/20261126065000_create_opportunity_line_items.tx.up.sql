-- What a deal is about. While there are lines, the deal's amount is their sum.
CREATE TABLE opportunity_line_item (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    opportunity_id uuid NOT NULL,
    sort_order  integer      NOT NULL DEFAULT 0
                CONSTRAINT opportunity_line_item_sort_order_not_negative CHECK (sort_order >= 0),
    product_id  uuid,
    name        varchar(255) NOT NULL -- copied from the product, so that the line outlives it
                CONSTRAINT opportunity_line_item_name_not_blank CHECK (btrim(name) <> ''),
    description varchar(500),
    currency    varchar(3)   NOT NULL CONSTRAINT opportunity_line_item_currency_known CHECK (currency IN ( -- the opportunity's
                    'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),

    quantity        numeric(10,2) NOT NULL DEFAULT 1
                    CONSTRAINT opportunity_line_item_quantity_positive CHECK (quantity > 0),
    unit_price      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT opportunity_line_item_unit_price_not_negative CHECK (unit_price >= 0),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT opportunity_line_item_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)
                    CONSTRAINT opportunity_line_item_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2),
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    total           numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT opportunity_line_item_total_not_negative CHECK (total >= 0),

    CONSTRAINT opportunity_line_item_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT opportunity_line_item_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    CONSTRAINT opportunity_line_item_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE CASCADE,
    CONSTRAINT opportunity_line_item_product_id_fkey FOREIGN KEY (org_id, product_id)
        REFERENCES product (org_id, id) ON DELETE SET NULL (product_id)
);

CREATE INDEX opportunity_line_item_opportunity_id_idx ON opportunity_line_item (org_id, opportunity_id, sort_order, id);
CREATE INDEX opportunity_line_item_product_id_idx ON opportunity_line_item (org_id, product_id);

SELECT protect_tenant_table('opportunity_line_item');
