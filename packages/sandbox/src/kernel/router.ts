/** A route of a REST API, named by its method and its path with placeholders: `GET /flags/{key}`. */
export interface Named {
  readonly operation: string;
}

/** The route that a request meets, with what stands at its placeholders, decoded. */
export interface Met<R extends Named> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

export interface RouterOptions {
  /** What every path begins with. */
  readonly prefix?: string;
  /** Placeholders that may hold slashes; so what may follow them comes first among the routes. */
  readonly long?: ReadonlySet<string>;
}

/** Finds the first of the routes that a method and a path meet; undefined where there is none. */
export function createRouter<R extends Named>(
  routes: readonly R[],
  { prefix = '', long = new Set() }: RouterOptions = {},
): (method: string, path: string) => Met<R> | undefined {
  const patterns = routes.map((route) => {
    const [method = '', path = ''] = route.operation.split(' ');
    const pattern = path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => `(?<${name}>${long.has(name) ? '.+' : '[^/]+'})`,
    );
    return { route, method, pattern: new RegExp(`^${prefix}${pattern}$`) };
  });
  return (method, path) => {
    for (const { route, method: own, pattern } of patterns) {
      const match = own === method ? pattern.exec(path) : null;
      if (!match) continue;
      const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decoded(value)]);
      return { route, params: Object.fromEntries(params) };
    }
    return undefined;
  };
}

/** Percent signs that begin no code stand for themselves. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
