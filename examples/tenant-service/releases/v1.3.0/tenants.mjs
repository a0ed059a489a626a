/** The tenants that this service knows; a real one would ask its table. */
const tenants = [
  { id: 'acme', name: 'Acme Ltd', plan: 'business', active: true },
  { id: 'globex', name: 'Globex plc', plan: 'enterprise', active: true },
  { id: 'initech', name: 'Initech', plan: 'starter', active: false },
];

export function listTenants() {
  return tenants;
}

export function findTenant(id) {
  return tenants.find((tenant) => tenant.id === id);
}
