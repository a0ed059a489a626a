/** One input that is missing, wrong, or contradicts another. */
export interface InputProblem {
  readonly input: string;
  /** What is wrong with it and what was expected, as the end of the sentence "`input` …". */
  readonly message: string;
  /** Where it was written when it came from the policy: `file:line:column`. */
  readonly where?: string;
}

/** The user's mistake: every wrong input at once. Thrown before anything is called. */
export class InputError extends Error {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'InputError';
    this.problems = problems;
  }
}

function describeProblem(problem: InputProblem): string {
  const where = problem.where ? ` (${problem.where})` : '';
  return `  ${problem.input}${where}: ${problem.message}`;
}

export interface OutsideFailure {
  /** What happened and to which resource: "alias `live` of `orders` could not be updated". */
  readonly what: string;
  /** Why, if it is known. */
  readonly why?: string;
  /** What to do about it. */
  readonly remedy: string;
  /** What had been changed before, so that nobody has to guess. */
  readonly changed?: string;
  /** The service and operation that answered, such as `Lambda UpdateAlias`. */
  readonly operation?: string;
  /** The service's own code, such as `ResourceNotFoundException` or `HTTP 403`. */
  readonly code?: string;
  readonly requestId?: string;
  /** The request was not answered and may have taken effect: whoever repeats it must look first. */
  readonly unsure?: boolean;
  readonly cause?: unknown;
}

/** The outside world is not as it must be, or did not answer: told with the service's code, the request ID and a remedy. */
export class OutsideError extends Error {
  readonly failure: OutsideFailure;

  constructor(failure: OutsideFailure) {
    super(describeFailure(failure), { cause: failure.cause });
    this.name = 'OutsideError';
    this.failure = failure;
  }

  /** The same failure, saying also what had been changed before it. */
  after(changed: string): OutsideError {
    return new OutsideError({ ...this.failure, changed });
  }

  /** The same failure as the reason of another: why `what` could not be done. */
  asReasonOf(what: string): OutsideError {
    const { failure } = this;
    const why = failure.why ? `${failure.what}: ${failure.why}` : failure.what;
    return new OutsideError({ ...failure, what, why });
  }
}

function describeFailure(failure: OutsideFailure): string {
  const answered = [
    failure.operation,
    failure.code,
    failure.requestId && `request ID ${failure.requestId}`,
  ].filter(Boolean);
  const sentences = [sentence(reasoned(failure))];
  if (answered.length > 0) sentences.push(`(${answered.join(', ')})`);
  if (failure.changed) sentences.push(sentence(`Changed before this: ${failure.changed}`));
  sentences.push(sentence(failure.remedy));
  return sentences.join(' ');
}

/** What happened and why: in one sentence, unless the why is a sentence of its own, as a service's message is. */
function reasoned({ what, why = '' }: OutsideFailure): string {
  if (why === '') return what;
  const goesOn = /^[^A-Z]/.test(why) && !/[.!?:]$/.test(what.trim());
  return goesOn ? `${what.trim()}: ${why}` : `${sentence(what)} ${why}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
