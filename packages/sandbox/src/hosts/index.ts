/** Origins of the outside world, such as `https://example.atlassian.net`, and where in the sandbox they are played. */
export type Hosts = Readonly<Record<string, string>>;

/** What a process reads the hosts from. */
export const hostsVariable = 'PROMO_SANDBOX_HOSTS';

/**
 * Lets `fetch` find the sandbox under the names that a team's own files give: an unmodified policy that names its Jira
 * site is rehearsed against the sandbox's. Everything else is asked as it was.
 */
export function redirectHosts(hosts: Hosts): void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const place = hosts[url.origin];
    if (place === undefined) return original(input, init);
    const moved = `${place}${url.pathname}${url.search}`;
    return input instanceof Request ? original(new Request(moved, input), init) : original(moved, init);
  };
}

/** The hosts of an environment variable's JSON; none where it is not set. */
export function readHosts(text: string | undefined): Hosts {
  return text ? (JSON.parse(text) as Hosts) : {};
}
