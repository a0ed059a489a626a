export { changeGate, type Operation, type Promotion, type Verify } from './gate.ts';
export { ticketFields } from './input.ts';
export type { Approval, Comment, ScheduleFields, Status, Ticket, TicketSystem, Transition } from './ports.ts';
