import type { Release, Repository } from '@promo-actions/core/version';
import { everyPage, type GitHub, ownerAndName } from './client.ts';
import { asking, askingFor } from './errors.ts';

/** A repository through GitHub's API, without a checkout. `name` is `owner/name`. */
export function createRepository(github: GitHub, name: string): Repository {
  const at = ownerAndName(name);
  const read = (thing: string) => ({
    what: `${thing} of ${name} could not be read`,
    permission: 'contents: read',
  });

  const reference = async (thing: string, ref: string) => {
    const answer = await askingFor(read(thing), () =>
      github('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref }),
    );
    return answer?.data.object.sha;
  };

  return {
    name,
    tag: (tag) => reference(`Tag \`${tag}\``, `tags/${tag}`),
    branch: (branch) => reference(`Branch \`${branch}\``, `heads/${branch}`),
    async tags() {
      const tags = await asking(read('The tags'), () =>
        everyPage((page) => github('GET /repos/{owner}/{repo}/tags', { ...at, page, per_page: 100 })),
      );
      return tags.map((tag) => tag.name);
    },
    async releases(tag) {
      const releases = await asking(read('The releases'), () =>
        everyPage((page) => github('GET /repos/{owner}/{repo}/releases', { ...at, page, per_page: 100 })),
      );
      return releases.filter((release) => release.tag_name === tag).map(toRelease);
    },
    async fileText(path, ref) {
      const answer = await askingFor(read(`File \`${path}\``), () =>
        github('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path, ...(ref ? { ref } : {}) }),
      );
      if (!answer || Array.isArray(answer.data) || !('content' in answer.data)) return undefined;
      return Buffer.from(String(answer.data.content), 'base64').toString('utf8');
    },
  };
}

function toRelease(release: { id: number; tag_name: string; draft: boolean; html_url: string }): Release {
  return { id: release.id, tag: release.tag_name, draft: release.draft, url: release.html_url };
}
