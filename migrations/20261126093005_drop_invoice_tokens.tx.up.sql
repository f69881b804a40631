-- A client's link has a token of its own, of which only a hash is kept (portal_access_token), and is revoked there.
ALTER TABLE invoice DROP COLUMN public_token, DROP COLUMN public_link_enabled;
