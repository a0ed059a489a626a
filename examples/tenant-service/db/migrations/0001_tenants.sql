-- migrate:up
CREATE TABLE tenants (
  id text PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL DEFAULT 'free'
);

-- migrate:down
DROP TABLE tenants;
