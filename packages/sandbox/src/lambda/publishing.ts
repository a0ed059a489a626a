import * as v from 'valibot';
import { type Answer, jsonAnswer } from '../kernel/index.ts';
import { configurationJson, listedJson } from './describe.ts';
import { checkRevision, checkSettled, type LambdaFunction, revisionOf, type Version } from './model.ts';
import { parameterError } from './names.ts';
import { bodyOf, type LambdaRequest, page, referenceOf } from './request.ts';

/** How long, in virtual milliseconds, a new version is Pending: a moment, or while SnapStart takes its snapshot. */
const PENDING = 2000;
const SNAPSHOT = 60_000;

const publishSchema = v.object({
  CodeSha256: v.nullish(v.string()),
  Description: v.nullish(
    v.pipe(v.string(), v.maxLength(256, 'Member must have length less than or equal to 256')),
  ),
  RevisionId: v.nullish(v.string()),
});
type PublishBody = Partial<v.InferOutput<typeof publishSchema>>;

export function publishVersion(request: LambdaRequest): Answer {
  const body = bodyOf(request, publishSchema);
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  checkSettled(owner, request.now);
  checkRevision(body.RevisionId ?? undefined, revisionOf(owner.latest, request.now));
  const { sha256 } = owner.latest.code;
  if (body.CodeSha256 && body.CodeSha256 !== sha256) {
    throw parameterError(
      `CodeSHA256 (${body.CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const version = publish(request, owner, body);
  return jsonAnswer(request.exchange, configurationJson(owner, version, request.now), 201);
}

/** Freezes `$LATEST` as a new version; answers the last one where code and configuration are still the same. */
export function publish(
  request: Pick<LambdaRequest, 'now' | 'uuid'>,
  owner: LambdaFunction,
  body: PublishBody,
): Version {
  const last = owner.versions.get(String(owner.next - 1));
  if (last !== undefined && isSame(last, owner.latest)) return last;
  const { configuration } = owner.latest;
  const pending = configuration.snapStart === 'PublishedVersions' ? SNAPSHOT : PENDING;
  const version: Version = {
    ...owner.latest,
    number: String(owner.next),
    configuration: { ...configuration, description: body.Description || configuration.description },
    modified: owner.latest.modified,
    settling: { kind: 'create', until: Math.max(request.now, owner.latest.settling.until) + pending },
    revisions: { settling: request.uuid(), settled: request.uuid() },
  };
  owner.versions.set(version.number, version);
  owner.next += 1;
  return version;
}

/** The description is a version's own, so it does not count. */
function isSame(version: Version, latest: Version): boolean {
  const content = ({ configuration, code }: Version) =>
    JSON.stringify([{ ...configuration, description: '' }, code.sha256]);
  return content(version) === content(latest);
}

export function listVersionsByFunction(request: LambdaRequest): Answer {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  const { items, next } = page(request, [owner.latest, ...owner.versions.values()]);
  return jsonAnswer(request.exchange, {
    Versions: items.map((version) => listedJson(owner, version, request.now)),
    NextMarker: next,
  });
}
