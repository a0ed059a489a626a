import type { Rehearsal } from '../result/index.ts';
import { callsOf, canariesOf, changesOf, gateAnswers } from './evidence/index.ts';
import { html } from './markup/index.ts';
import { page } from './page/index.ts';
import { canaries } from './part/canary.ts';
import { gateSection } from './part/gates.ts';
import { headline } from './part/headline.ts';
import { jobSection } from './part/jobs.ts';
import {
  annotationSection,
  approvalSection,
  changeSection,
  expectationSection,
  journalSection,
  noteSection,
} from './part/lists.ts';
import { timeline } from './part/timeline.ts';

/**
 * A rehearsal as one self-contained HTML file: what happened at a glance, then the evidence, then every step. Logs,
 * summaries, outputs and messages each have a budget, so that the file stays below 5 MB however much was said. Nothing that a workflow wrote can run in it. The same rehearsal gives the same bytes.
 */
export function renderReport(rehearsal: Rehearsal): string {
  const gates = gateAnswers(rehearsal);
  const calls = callsOf(rehearsal.journal);
  const changes = changesOf(calls);
  return page(
    `${rehearsal.scenario.name} – rehearsal of ${rehearsal.workflow.name}`,
    html`${headline({ rehearsal, gates, changes: changes.length, calls: calls.length })}
${timeline(rehearsal)}
${canaries(canariesOf(gates, rehearsal, calls))}
${gateSection(gates, rehearsal)}
${approvalSection(rehearsal)}
${changeSection(changes)}
${expectationSection(rehearsal)}
${annotationSection(rehearsal)}
${noteSection(rehearsal)}
${jobSection(rehearsal)}
${journalSection(calls)}`,
  );
}
