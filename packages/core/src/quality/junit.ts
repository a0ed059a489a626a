import { oneLine } from '../foreign-text/index.ts';
import { type ElementReader, placeOf } from '../reports/index.ts';
import type { FailedTest, TestFacts } from './facts.ts';

/** So many failures are kept to be listed; all are counted. */
const kept = 20;
const enoughText = 1_000;

interface Case {
  readonly name: string;
  readonly place: string | undefined;
  outcome: 'passed' | 'failed' | 'skipped';
  message: string;
}

interface Suite {
  readonly name: string;
  /** Failures and errors by its attributes. */
  readonly declared: number;
  /** Failures that had been counted when it began. */
  readonly before: number;
}

/**
 * Reads JUnit XML, which no standard fixes: testsuites, testsuite (which may nest) and testcase, as Ant, Surefire, jest-junit,
 * pytest, gtest and Node write them. The tests are counted one by one; a suite that says it failed more often than
 * it lists contradicts itself. Surefire's `flakyFailure` is a test that passed in the end.
 */
export function junitReader(): ElementReader & { facts(): TestFacts } {
  const failures: FailedTest[] = [];
  const suites: Suite[] = [];
  let [total, skipped, failed] = [0, 0, 0];
  let test: Case | undefined;
  let failureText: string | undefined;
  let contradiction: string | undefined;

  const fail = (failure: FailedTest) => {
    failed += 1;
    if (failures.length < kept) failures.push(failure);
  };

  return {
    open(name, attributes) {
      if (name === 'testsuite' || name === 'testsuites') suites.push(suiteOf(attributes, failed));
      else if (name === 'testcase') test = caseOf(attributes);
      else if (name === 'skipped' && test?.outcome === 'passed') test.outcome = 'skipped';
      else if (name === 'failure' || name === 'error') {
        const message = attributes.message ?? attributes.type ?? '';
        if (!test) {
          fail({ name: suites.at(-1)?.name ?? 'the suite', message: oneLine(message || `its ${name}`) });
          return;
        }
        test.outcome = 'failed';
        test.message ||= message;
        failureText = '';
      }
    },
    text(piece) {
      if (failureText !== undefined && failureText.length < enoughText)
        failureText += piece.slice(0, enoughText);
    },
    close(name) {
      if ((name === 'failure' || name === 'error') && test && failureText !== undefined) {
        test.message ||= failureText;
        failureText = undefined;
      } else if (name === 'testcase' && test) {
        total += 1;
        if (test.outcome === 'skipped') skipped += 1;
        if (test.outcome === 'failed') fail(failedTest(test));
        test = undefined;
      } else if (name === 'testsuite' || name === 'testsuites') {
        const suite = suites.pop();
        const listed = failed - (suite?.before ?? failed);
        if (suite && suite.declared > listed)
          contradiction ??= `${suite.name} says that ${suite.declared} tests failed and lists ${listed}`;
      }
    },
    facts: () => ({
      kind: 'tests',
      format: 'JUnit',
      total,
      skipped,
      failed,
      failures,
      ...(contradiction === undefined ? {} : { contradiction }),
    }),
  };
}

function suiteOf(attributes: Readonly<Record<string, string>>, before: number): Suite {
  const number = (text: string | undefined) => (text && /^\d+$/.test(text) ? Number(text) : 0);
  return {
    name: oneLine(attributes.name ? `the suite ${attributes.name}` : 'a suite'),
    declared: number(attributes.failures) + number(attributes.errors),
    before,
  };
}

function caseOf({ name = '', classname, file, line, status }: Readonly<Record<string, string>>): Case {
  const full = classname && !name.startsWith(classname) ? `${classname} › ${name}` : name;
  return {
    name: oneLine(full) || 'a test without a name',
    place: placeOf(file, line),
    // GoogleTest lists what it was told not to run.
    outcome: status === 'notrun' ? 'skipped' : 'passed',
    message: '',
  };
}

function failedTest({ name, place, message }: Case): FailedTest {
  return { name, message: oneLine(message), ...(place === undefined ? {} : { place }) };
}
