-- migrate:up
ALTER TABLE tenants ADD COLUMN region text;

-- migrate:down
ALTER TABLE tenants DROP COLUMN region;
