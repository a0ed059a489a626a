export { createJira, type Jira, type JiraAddress } from './client.ts';
export { createTicketSystem } from './tickets.ts';
