export {
  type AddComment,
  type ChangeResult,
  type CreateTicket,
  changeGate,
  type LinkTicket,
  type MoveTicket,
  type Operation,
  type Promotion,
  type Verify,
} from './gate.ts';
export { ticketFields } from './input.ts';
export type { ScheduleRule } from './judge.ts';
export type {
  Approval,
  Comment,
  NewTicket,
  ScheduleFields,
  Status,
  Ticket,
  TicketLink,
  TicketSystem,
  Transition,
} from './ports.ts';
