/** A status of a ticket's workflow. */
export interface Status {
  readonly id: string;
  readonly name: string;
}

/** A change ticket as the system that keeps it shows it. */
export interface Ticket {
  readonly key: string;
  /** Where people look at it. */
  readonly url: string;
  readonly summary: string;
  readonly status: Status;
  /** As written in the ticket; null when the field is empty, undefined when the ticket has no such field. */
  readonly plannedStart?: string | null;
  readonly plannedEnd?: string | null;
}

/** The names or IDs of the fields that hold the planned times. */
export interface ScheduleFields {
  readonly start: string;
  readonly end: string;
}

/** One question to the people who approve changes, with their answer. */
export interface Approval {
  /** The step of the workflow that asked, such as `CAB`. */
  readonly name: string;
  /** `approved`, `declined`, `pending`, or what else the system says. */
  readonly decision: string;
  /** Epoch milliseconds when it was asked; later ones of a name replace earlier ones. */
  readonly asked: number;
}

export interface Transition {
  readonly id: string;
  readonly name: string;
  readonly to: Status;
}

export interface Comment {
  readonly id: string;
  readonly text: string;
}

/** A link from a ticket to something elsewhere; there is one of each `id` at most. */
export interface TicketLink {
  readonly id: string;
  readonly url: string;
  readonly title: string;
}

export interface NewTicket {
  readonly project: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly label: string;
  /** Further fields by their ID, as the system takes them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The system that change tickets live in. Texts are plain: paragraphs, lines, `- ` lists and addresses. */
export interface TicketSystem {
  find(key: string, fields: ScheduleFields): Promise<Ticket | undefined>;
  /** Every approval that was ever asked for; none means that nobody was asked. */
  approvals(key: string): Promise<readonly Approval[]>;
  /** What can be done with the ticket in its present status. */
  transitions(key: string): Promise<readonly Transition[]>;
  transition(key: string, id: string): Promise<void>;
  comments(key: string): Promise<readonly Comment[]>;
  addComment(key: string, text: string): Promise<void>;
  changeComment(key: string, id: string, text: string): Promise<void>;
  link(key: string, id: string): Promise<TicketLink | undefined>;
  /** Adds the link, or replaces the one with its ID. */
  putLink(key: string, link: TicketLink): Promise<void>;
  /** The oldest ticket of the project that carries the label. */
  labelled(project: string, label: string, fields: ScheduleFields): Promise<Ticket | undefined>;
  /** Makes a ticket and tells its key. */
  create(ticket: NewTicket): Promise<string>;
}
