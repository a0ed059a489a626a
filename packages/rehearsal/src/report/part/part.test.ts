import { describe, expect, test } from '@jest/globals';
import type { Rehearsal } from '../../result/index.ts';
import { badCanary, cancelledRollout, goodRelease, refusedGate } from '../fixture/releases.ts';
import { Recording } from '../fixture/run.ts';
import { section } from '../fixture/structure.ts';
import { renderReport } from '../index.ts';

describe('at a glance', () => {
  const headline = (rehearsal: Rehearsal) => {
    const [, found = ''] = /<header class="([\s\S]*?)<\/header>/.exec(renderReport(rehearsal)) ?? [];
    return found;
  };

  test('a good release succeeded, as expected, in so much time', () => {
    const said = headline(goodRelease());
    for (const piece of [
      '<h1>Good release</h1>',
      'Succeeded',
      'as the scenario expects',
      'v1.4.0',
      'tenant-service',
      'CHG-101',
      '20 min 33 s',
      'virtual time, in 6.2 s',
      '2026-03-03 20:05:00 – 20:25:33 UTC',
    ]) {
      expect(said).toContain(piece);
    }
    expect(said).toMatch(/^headline good"/);
    expect(said).not.toContain('class="reasons"');
  });

  test('a bad canary failed, as expected, and why', () => {
    const said = headline(badCanary());
    expect(said).toMatch(/^headline good"/);
    expect(said).toContain('Failed');
    expect(said).toContain('<strong>evaluate-canary</strong>: error rate 9.02 %; must be at most 1 %');
    expect(said).toContain('<b>3 of 4</b> <span>gates passed</span>');
  });

  test('what stopped the run stands first, with its remedy, then what was expected otherwise', () => {
    const said = headline(refusedGate());
    expect(said).toMatch(/^headline bad"/);
    expect(said).toContain('2 of 3 expectations not met');
    const stopped = said.indexOf('No maintenance window of prod is open');
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(said.indexOf('outcome: expected success, seen failure'));
    expect(said).toContain('Run it again after 2026-03-05T20:00:00Z');
  });

  test('without a gate’s refusal the errors tell why, without errors the jobs’ notes', () => {
    expect(headline(cancelledRollout())).toContain(
      '<strong>Evaluate the canary</strong>: The operation was canceled.',
    );
    const run = new Recording({});
    run.job({ id: 'approval', conclusion: 'failure', notes: ['nobody who may review prod answered'] });
    expect(headline(run.end('failure'))).toContain('nobody who may review prod answered');
  });

  test('what a message puts between backticks is code, whatever it is', () => {
    const run = new Recording({});
    run.job({
      id: 'approval',
      conclusion: 'failure',
      notes: ['no `id-token: write`, `<b>` and one ` alone'],
    });
    expect(headline(run.end('failure'))).toContain(
      'no <code>id-token: write</code>, <code>&lt;b&gt;</code> and one ` alone',
    );
  });

  test('a rehearsal that has not ended says so', () => {
    const run = new Recording({});
    run.job({ id: 'build', status: 'running' });
    expect(headline(run.rehearsal)).toContain('Not ended');
  });
});

describe('the timeline', () => {
  const timeline = section(renderReport(goodRelease()), 'timeline');

  test('tells waiting for approval from running', () => {
    expect(timeline).toContain(
      'aria-label="Waiting for approval of prod-approval: ops-lead approved, 3 min"',
    );
    expect(timeline).toMatch(/class="bar approval"[^>]*style="left:0\.568%;width:14\.599%"/);
  });

  test('gives a row to the steps that took long, and counts the others', () => {
    expect(timeline).toContain('Evaluate the canary');
    expect(timeline).not.toContain('Check out the policy');
    expect(timeline).toContain('12 shorter steps');
  });

  test('names the jobs that never ran', () => {
    expect(section(renderReport(refusedGate()), 'timeline').match(/ skipped<\/span>/g)).toHaveLength(2);
  });

  test('stands even when no time passed', () => {
    const run = new Recording({});
    run.endJob(run.job({ id: 'quick' }));
    expect(renderReport(run.end('success'))).not.toContain('NaN');
  });
});

interface Drawn {
  readonly panes: readonly {
    readonly title: string;
    readonly x: readonly number[];
    readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  }[];
  readonly marks: readonly { readonly label: string }[];
}

describe('the canary', () => {
  const drawn = (rehearsal: Rehearsal): Drawn => {
    const [, json = ''] = /data-chart="([^"]*)"/.exec(section(renderReport(rehearsal), 'canary')) ?? [];
    return JSON.parse(
      json
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    );
  };

  test('is drawn beside the stable version and the limits, minute by minute', () => {
    const { panes, marks } = drawn(badCanary());
    expect(panes.map(({ title }) => title)).toEqual([
      'Errors, % of requests',
      'p95 of duration, ms',
      'Weight of the canary, % of requests',
    ]);
    const [errors, latency] = panes;
    expect(errors?.lines.map(({ label }) => label)).toEqual(['canary', 'stable', 'limit']);
    expect(errors?.lines[2]?.values).toEqual([1, 1, 1, 1, 1]);
    expect(errors?.lines[0]?.values[0]).toBeCloseTo((5 / 58) * 100);
    expect(latency?.lines[2]?.values[0]).toBe(500);
    expect(marks).toEqual([expect.objectContaining({ label: 'rollback' })]);
  });

  test('has its weight over time, down to nothing when it is undone and to all when it is completed', () => {
    expect(drawn(badCanary()).panes[2]?.lines[0]?.values).toEqual([10, 0, 0]);
    expect(drawn(goodRelease()).panes[2]?.lines[0]?.values).toEqual([10, 100, 100]);
  });

  test('takes the weights from the journal where it tells them', () => {
    const rehearsal = badCanary();
    const [at, subject] = [rehearsal.start, { function: 'tenant-service', alias: 'latest-prod' }];
    const call = {
      n: 1,
      service: 'lambda',
      operation: 'UpdateAlias',
      account: '222222222222',
      region: 'af-south-1',
      status: 200,
    };
    const journal = [
      { ...call, at, subject: { ...subject, version: '3', canary: '4', weight: '5' } },
      { ...call, at: at + 1000, subject: { ...subject, alias: 'other', version: '4' } },
      { ...call, at: at + 2000, subject: { ...subject, version: '3', canary: '4', weight: '50' } },
      {
        ...call,
        at: at + 3000,
        subject: { ...subject, version: '3', canary: '4', weight: '99' },
        status: 412,
      },
      { ...call, at: at + 4000, subject: { ...subject, version: '3' } },
    ];
    expect(drawn({ ...rehearsal, journal }).panes[2]?.lines[0]?.values).toEqual([5, 50, 0, 0]);
  });

  test('leaves a gap where nothing was seen, and has its numbers as a table', () => {
    const rehearsal = badCanary();
    const step = rehearsal.jobs
      .flatMap((job) => job.steps)
      .find(({ name }) => name === 'Evaluate the canary');
    const report = JSON.parse(step?.outputs.report ?? '');
    report.minutes[1].canary = { invocations: 0, errors: 0 };
    if (step) step.outputs = { report: JSON.stringify(report) };
    expect(drawn(rehearsal).panes[0]?.lines[0]?.values[1]).toBeNull();
    expect(section(renderReport(rehearsal), 'canary')).toContain('<td class="number">–</td>');
  });

  test('holds its evidence against the limits', () => {
    expect(section(renderReport(badCanary()), 'canary')).toMatch(
      /errors in 2 minutes<\/th>\s*<td>11[\s\S]*?at most 5[\s\S]*? breached/,
    );
  });

  test('is left out where nothing evaluated one, or its report is of another shape', () => {
    expect(section(renderReport(refusedGate()), 'canary')).toBe('');
    const run = new Recording({});
    const job = run.job({ id: 'odd' });
    for (const report of [
      '{',
      'null',
      '{"gate":1}',
      '{"gate":"g","decision":"pass","minutes":[{"at":"x"}]}',
      '{"gate":"g","decision":"pass","minutes":7}',
    ]) {
      run.step(job, { name: report, outputs: { report } });
    }
    expect(section(renderReport(run.end('success')), 'canary')).toBe('');
    expect(section(renderReport(run.rehearsal), 'gates').match(/<strong>g<\/strong>/g)).toHaveLength(2);
  });
});

describe('the lists', () => {
  test('gates show what they saw, and those that did not pass lie open', () => {
    const gates = section(renderReport(refusedGate()), 'gates');
    expect(gates).toMatch(/<details class="gate" open>/);
    expect(gates).toContain('Tue and Thu 22:00–02:00 Africa/Johannesburg');
    expect(section(renderReport(goodRelease()), 'gates')).not.toContain(' open>');
  });

  test('approvals, expectations and annotations, the worst first', () => {
    expect(section(renderReport(goodRelease()), 'approvals')).toMatch(
      /approved[\s\S]*prod-approval[\s\S]*ops-lead[\s\S]*20:08:07[\s\S]*Go/,
    );
    const report = renderReport(refusedGate());
    const expectations = section(report, 'expectations');
    expect(expectations.indexOf('not met')).toBeLessThan(expectations.indexOf('records in deployments'));
    const annotations = section(report, 'annotations');
    expect(annotations.indexOf('✗')).toBeLessThan(annotations.indexOf('.github/promotion.yml:12'));
  });

  test('what was changed is told apart from what was only asked, and from what was refused', () => {
    const changes = section(renderReport(badCanary()), 'changes');
    expect([...changes.matchAll(/<code>(\w+)<\/code>/g)].map(([, name]) => name)).toEqual([
      'CreateAlias',
      'PutItem',
      'UpdateFunctionCode',
      'PublishVersion',
      'UpdateAlias',
      'UpdateAlias',
      'PutItem',
    ]);
    expect(section(renderReport(cancelledRollout()), 'changes')).toContain(
      'connection broken: it may have happened',
    );
    expect(section(renderReport(refusedGate()), 'changes')).toContain('Nothing');
  });

  test('the journal is counted by service, operation, answer and fault', () => {
    const journal = section(renderReport(badCanary()), 'journal').replace(/\s+/g, ' ');
    expect(journal).toMatch(
      /GetMetricData<\/code><\/th>\s*<td class="number">200<\/td>\s*<td><\/td>\s*<td class="number">21<\/td>/,
    );
    expect(journal).toMatch(/429<\/td>\s*<td>.*?429 TooManyRequestsException/);
  });
});
