import { OutsideError } from '@promo-actions/core/errors';
import type { PullRequestPage, ReleasePage, ReleaseRepository } from '@promo-actions/core/release';
import { everyPage, type GitHub, ownerAndName } from './client.ts';
import { asking, askingFor, isProtection, refusalOf, translate } from './errors.ts';
import { createRepository } from './repository.ts';

/** A repository's branches, tags and releases as a release changes them. `name` is `owner/name`. */
export function createReleaseRepository(github: GitHub, name: string): ReleaseRepository {
  const at = ownerAndName(name);
  const { branch, tags } = createRepository(github, name);
  const web = (process.env.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/, '');
  const reading = (what: string) => ({
    what: `${what} of ${name} could not be read`,
    permission: 'contents: read',
  });
  const writing = (what: string) => ({ what: `${what} in ${name}`, permission: 'contents: write' });

  return {
    name,
    branch,
    tags,
    async tagged(tag) {
      const question = reading(`Tag \`${tag}\``);
      const found = await askingFor(question, () =>
        github('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: `tags/${tag}` }),
      );
      const target = found?.data.object;
      if (target?.type !== 'tag') return target?.sha;
      const { data } = await asking(question, () =>
        github('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', { ...at, tag_sha: target.sha }),
      );
      return data.object.sha;
    },
    async missing(base, head) {
      const commits = await asking(reading(`The commits from \`${base}\` to \`${head}\``), () =>
        everyPage(async (page) => {
          const basehead = `${base}...${head}`;
          const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
          const { data, headers } = await github(route, { ...at, basehead, page, per_page: 100 });
          return { data: data.commits, headers };
        }),
      );
      return commits.map(({ sha, commit, parents }) => ({
        sha,
        message: commit.message,
        parents: parents.map((parent) => parent.sha),
      }));
    },
    compareUrl: (base, head) => `${web}/${name}/compare/${base}...${head}`,
    async createBranch(branchName, sha) {
      await asking(writing(`Branch \`${branchName}\` could not be made`), () =>
        github('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: `refs/heads/${branchName}`, sha }),
      );
    },
    async merge(base, head, message) {
      const question = writing(`\`${head}\` could not be merged into \`${base}\``);
      try {
        const route = 'POST /repos/{owner}/{repo}/merges';
        const answer = await github(route, { ...at, base, head, commit_message: message });
        return Number(answer.status) === 204 ? 'nothing' : { sha: answer.data.sha };
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal?.status === 409 && /merge conflict/i.test(refusal.message)) return 'conflict';
        const told = translate(question, error);
        if (refusal && isProtection(refusal) && told instanceof OutsideError) return { protected: told };
        throw told;
      }
    },
    async createTag(tag, sha, message) {
      await asking(writing(`Tag \`${tag}\` could not be made`), async () => {
        const made = await github('POST /repos/{owner}/{repo}/git/tags', {
          ...at,
          tag,
          message,
          object: sha,
          type: 'commit',
        });
        await github('POST /repos/{owner}/{repo}/git/refs', {
          ...at,
          ref: `refs/tags/${tag}`,
          sha: made.data.sha,
        });
      });
    },
    async releases(tag) {
      const all = await asking(reading('The releases'), () =>
        everyPage((page) => github('GET /repos/{owner}/{repo}/releases', { ...at, page, per_page: 100 })),
      );
      return all.filter((release) => release.tag_name === tag).map(toPage);
    },
    async createDraft({ tag, target, body, prerelease }) {
      const { data } = await asking(writing(`The draft release of \`${tag}\` could not be made`), () =>
        github('POST /repos/{owner}/{repo}/releases', {
          ...at,
          tag_name: tag,
          target_commitish: target,
          name: tag,
          body,
          prerelease,
          draft: true,
        }),
      );
      return toPage(data);
    },
    async generateNotes(tag, target, previous) {
      const { data } = await asking(writing(`The notes of \`${tag}\` could not be generated`), () =>
        github('POST /repos/{owner}/{repo}/releases/generate-notes', {
          ...at,
          tag_name: tag,
          target_commitish: target,
          ...(previous ? { previous_tag_name: previous } : {}),
        }),
      );
      return data.body;
    },
    async updateRelease(id, change) {
      const { data } = await asking(writing(`Release ${id} could not be published`), () =>
        github('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
          ...at,
          release_id: id,
          ...change,
          // By date and version; by default what is published last is the latest, a hotfix of an old line too.
          make_latest: 'legacy',
        }),
      );
      return toPage(data);
    },
    async openPullRequest(head, base) {
      const question = {
        what: `The pull requests into \`${base}\` of ${name} could not be read`,
        permission: 'pull-requests: read',
      };
      const { data } = await asking(question, () =>
        github('GET /repos/{owner}/{repo}/pulls', {
          ...at,
          state: 'open',
          head: `${at.owner}:${head}`,
          base,
        }),
      );
      // GitHub leaves out a filter that it does not understand.
      const found = data.find((it) => it.head.ref === head && it.base.ref === base);
      return found && toPullRequestPage(found);
    },
    async createPullRequest(request) {
      const question = {
        what: `The pull request from \`${request.head}\` into \`${request.base}\` could not be made in ${name}`,
        permission: 'pull-requests: write',
      };
      const { data } = await asking(question, () =>
        github('POST /repos/{owner}/{repo}/pulls', { ...at, ...request }),
      );
      return toPullRequestPage(data);
    },
  };
}

const toPullRequestPage = (found: { number: number; html_url: string }): PullRequestPage => ({
  number: found.number,
  url: found.html_url,
});

function toPage(release: {
  id: number;
  draft: boolean;
  html_url: string;
  body?: string | null;
}): ReleasePage {
  const { id, draft, html_url, body } = release;
  return { id, draft, url: html_url, body: body ?? '' };
}
