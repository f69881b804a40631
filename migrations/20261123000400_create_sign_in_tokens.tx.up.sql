-- Sign-in happens before any organization is known. Only hashes are stored: reading these tables gives no access.

CREATE TABLE magic_link_token (
    id         uuid        PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),

    -- An address, not a user: it may be new to the platform.
    email      varchar(254) NOT NULL
               CONSTRAINT magic_link_token_email_lower_case CHECK (email = lower(email) AND email <> ''),
    delivery   varchar(10)  NOT NULL
               CONSTRAINT magic_link_token_delivery_known CHECK (delivery IN ('link', 'code')),
    token_hash varchar(64)  CONSTRAINT magic_link_token_token_hash_unique UNIQUE,
    code_hash  varchar(256),
    attempts   smallint     NOT NULL DEFAULT 0
               CONSTRAINT magic_link_token_attempts_not_negative CHECK (attempts >= 0),

    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    invalidated_at timestamptz, -- a newer request, or too many wrong codes
    ip_address     inet,

    CONSTRAINT magic_link_token_has_secret CHECK (
        CASE delivery WHEN 'link' THEN token_hash IS NOT NULL ELSE code_hash IS NOT NULL END)
);

CREATE INDEX magic_link_token_email_created_at_idx ON magic_link_token (email, created_at);
CREATE INDEX magic_link_token_expires_at_idx ON magic_link_token (expires_at);

-- Which organization a session is in stands in the signed token, so it is no column here.
CREATE TABLE refresh_token (
    id         uuid        PRIMARY KEY, -- the token's own id
    created_at timestamptz NOT NULL DEFAULT now(),

    family_id  uuid        NOT NULL, -- all rotations of one sign-in: re-use of one revokes them all
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz
);

CREATE INDEX refresh_token_family_id_idx ON refresh_token (family_id);
CREATE INDEX refresh_token_user_id_idx ON refresh_token (user_id);
CREATE INDEX refresh_token_expires_at_idx ON refresh_token (expires_at);
