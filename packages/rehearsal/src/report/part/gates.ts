import { clock } from '../../moment/index.ts';
import type { Rehearsal } from '../../result/index.ts';
import type { Finding, GateAnswer } from '../evidence/index.ts';
import { type Html, html } from '../markup/index.ts';
import { brief, chip, most, prose, section, stepAnchor, table } from './words.ts';

const MOST_FINDINGS = 60;

/** Every gate's decision; those that stopped something lie open, with what they saw and what to do. */
export function gateSection(answers: readonly GateAnswer[], { jobs }: Rehearsal): Html {
  if (answers.length === 0) return html``;
  const one = ({ gate, job, step }: GateAnswer) => {
    const subject = [gate.subject.service, gate.subject.version, gate.subject.environment]
      .filter(Boolean)
      .join(' · ');
    const at = Date.parse(gate.at);
    const { shown, rest } = most(gate.findings, MOST_FINDINGS, 'finding');
    const anchor = stepAnchor(jobs.indexOf(job), job.steps.indexOf(step));
    return html`<details class="gate"${gate.decision !== 'pass' && html` open`}>
<summary>${chip(gate.decision)} <strong>${gate.gate}</strong> <span class="muted">${subject}${Number.isFinite(at) && ` at ${clock(at)}`}</span></summary>
<div class="inside">
${gate.override && html`<p>Overridden under <strong>${gate.override.ticket}</strong> by ${gate.override.approvers.join(' and ')}: ${prose(gate.override.reason, 500)}</p>`}
${table(['', 'Check', 'Seen', 'Limit', 'What it means'], shown.map(row))}
${rest}
<p class="muted">Step <a href="#${anchor}">${step.name}</a> of ${job.name}</p>
</div>
</details>
`;
  };
  return section('gates', 'Gates', html`${answers.map(one)}`);
}

function row(finding: Finding): Html {
  return html`<td>${chip(finding.outcome)}</td><th scope="row">${finding.check}${finding.subject && html` <span class="muted">${brief(finding.subject, 200)}</span>`}</th><td>${brief(finding.seen, 300)}</td><td>${finding.limit && brief(finding.limit, 300)}</td><td>${prose(finding.message, 600)}${finding.remedy && html` <span class="remedy">${prose(finding.remedy, 600)}</span>`}</td>`;
}
