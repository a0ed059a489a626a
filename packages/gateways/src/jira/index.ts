export { createJira, type Jira, type JiraAddress, type JiraOptions } from './client.ts';
export { createTicketSystem } from './tickets.ts';
