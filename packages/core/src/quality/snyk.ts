import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { shaped, Unreadable } from '../reports/index.ts';
import type { SecurityFacts, Weakness } from './facts.ts';

const vulnerability = v.looseObject({
  id: v.string(),
  title: v.string(),
  severity: v.picklist(['low', 'medium', 'high', 'critical']),
  packageName: v.optional(v.string()),
  version: v.optional(v.string()),
  fixedIn: v.optional(v.array(v.string()), []),
});
const projectSchema = v.looseObject({
  ok: v.boolean(),
  vulnerabilities: v.array(vulnerability),
  projectName: v.optional(v.string()),
  applications: v.optional(v.array(v.unknown()), []),
});
type Project = v.InferOutput<typeof projectSchema>;
const failure = v.looseObject({ ok: v.literal(false), error: v.string() });

/** What `snyk test --json` writes: a project, or with `--all-projects` a list of them; `snyk container test` puts the projects that it finds in an image into the image's own. */
export function isSnyk(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isSnyk);
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  return 'vulnerabilities' in value || v.is(failure, value);
}

export function readSnyk(value: unknown): SecurityFacts {
  const projects = (Array.isArray(value) ? value : [value]).flatMap(projectsOf);
  return {
    kind: 'security',
    format: 'Snyk',
    tool: 'Snyk',
    weaknesses: projects.flatMap((project) => weaknesses(project)),
  };
}

function projectsOf(value: unknown): readonly Project[] {
  if (v.is(failure, value))
    throw new Unreadable(`is an error in place of a report: Snyk says ${oneLine(value.error)}.`);
  const project = shaped(projectSchema, value, 'snyk test --json');
  return [project, ...project.applications.flatMap(projectsOf)];
}

/** Snyk lists a vulnerability once for each path that leads to it. */
function weaknesses({ ok, vulnerabilities, projectName = 'a project' }: Project): readonly Weakness[] {
  if (!ok && vulnerabilities.length === 0)
    throw new Unreadable(`says that ${oneLine(projectName)} is not ok and lists nothing: it is not whole.`);
  const once = new Map<string, Weakness>();
  for (const { id, title, severity, packageName, version, fixedIn } of vulnerabilities) {
    const place = oneLine(packageName ? `${packageName} ${version ?? ''}` : projectName);
    once.set(`${id} ${place}`, {
      id: oneLine(id),
      severity,
      place,
      message: oneLine(title),
      ...(fixedIn.length > 0 ? { fix: `Update it to ${oneLine(fixedIn.join(' or '))}.` } : {}),
    });
  }
  return [...once.values()];
}
