ALTER TABLE tenants ADD COLUMN region text;
