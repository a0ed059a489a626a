import { describeInput } from './action-yaml.mjs';

const kinds = {
  gate: 'A gate: it answers with a decision and its findings, and stops the job unless it passes.',
  change: 'Changes the world; safe to run twice, and `dry-run: true` says what it would change.',
  read: 'Only looks; changes nothing.',
};

export function actionReadme(contract) {
  const sections = [
    '<!-- Generated from src/contract.ts by `npm run generate`; change the contract, not this file. -->',
    `# ${contract.name}`,
    contract.description,
    kinds[contract.kind],
    example(contract),
    inputTable(contract),
    outputTable(contract),
    permissions(contract.permissions),
  ];
  if (contract.postIf) sections.push(`## After the job\n\nIts post step runs when \`${contract.postIf}\`.`);
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** The project's README with one row for every action between its two marks: what it does, in its first sentence. */
export function withActionTable(readme, contracts) {
  const rows = contracts.map(
    ({ name, kind, description }) =>
      `| [${name}](actions/${name}/README.md) | ${kind} | ${cell(firstSentence(description))} |`,
  );
  const table = ['| action | kind | what it does |', '|---|---|---|', ...rows].join('\n');
  return readme.replace(
    /(<!-- actions:begin -->\n)[\s\S]*?(<!-- actions:end -->)/,
    (_, begin, end) => `${begin}${table}\n${end}`,
  );
}

function firstSentence(text) {
  return text.split(/(?<=\.)\s/, 1)[0];
}

function example(contract) {
  const lines = Object.entries(contract.example).flatMap(([name, value]) => withLine(name, value));
  return ['```yaml', `- uses: org/promo-actions/${contract.name}@v1`, '  with:', ...lines, '```'].join('\n');
}

function withLine(name, value) {
  const lines = value.split('\n');
  if (lines.length > 1) return [`    ${name}: |`, ...lines.map((line) => `      ${line}`)];
  return [`    ${name}: ${/^[@*&!%|>[\]{}"'`]|: |#/.test(value) ? `'${value}'` : value}`];
}

function inputTable(contract) {
  const rows = Object.entries(contract.inputs).map(([name, input]) => {
    const required = input.options.required ? ' **Required.**' : '';
    return `| \`${name}\` | ${cell(describeInput(input))}${required} | ${cell(input.expected)} |`;
  });
  return ['## Inputs', '', '| name | meaning | written as |', '|---|---|---|', ...rows].join('\n');
}

function outputTable(contract) {
  const rows = Object.entries(contract.outputs).map(
    ([name, description]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return ['## Outputs', '', '| name | meaning |', '|---|---|', ...rows].join('\n');
}

function permissions({ aws = [], github = {} }) {
  if (aws.length === 0 && Object.keys(github).length === 0) return '## Permissions\n\nNone.';
  const lines = ['## Permissions'];
  if (Object.keys(github).length > 0) {
    lines.push(
      '',
      '```yaml',
      'permissions:',
      ...Object.entries(github).map(([scope, level]) => `  ${scope}: ${level}`),
      '```',
    );
  }
  if (aws.length > 0) {
    lines.push(
      '',
      `AWS: ${aws.map((action) => `\`${action}\``).join(', ')}.`,
      'Credentials and region are those of the job, as `aws-actions/configure-aws-credentials` leaves them.',
    );
  }
  return lines.join('\n');
}

function cell(text) {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}
