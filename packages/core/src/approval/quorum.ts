/** How many people of each role must approve. */
export type Quorum = ReadonlyMap<string, number>;

/** The logins of each role, as they are written. */
export type Roles = ReadonlyMap<string, readonly string[]>;

/** GitHub's logins know no capitals; people write them with an `@`. */
export function loginOf(name: string): string {
  return name.trim().replace(/^@/, '').toLowerCase();
}

/** Whether the person is in the role. */
export function isIn(roles: Roles, role: string, person: string): boolean {
  return roles.get(role)?.some((name) => loginOf(name) === loginOf(person)) === true;
}

/** How many people a quorum takes. */
export function peopleIn(quorum: Quorum): number {
  return [...quorum.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * Who stands for which role when everybody stands for one role at most and as many places as possible are taken:
 * somebody with two roles takes the one that would stay empty.
 */
export function assign(
  quorum: Quorum,
  roles: Roles,
  people: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const places = [...quorum].flatMap(([role, count]) => Array.from({ length: count }, () => role));
  const taken = new Map<number, string>();

  /** Gives the person a place, moving others to their other roles where that frees one. */
  const seat = (person: string, tried: Set<number>): boolean => {
    for (const [place, role] of places.entries()) {
      if (tried.has(place) || !isIn(roles, role, person)) continue;
      tried.add(place);
      const sitting = taken.get(place);
      if (sitting === undefined || seat(sitting, tried)) {
        taken.set(place, person);
        return true;
      }
    }
    return false;
  };

  for (const person of new Set(people.map(loginOf))) seat(person, new Set());
  const seated = new Map<string, string[]>([...quorum.keys()].map((role) => [role, []]));
  for (const [place, role] of places.entries()) {
    const person = taken.get(place);
    if (person !== undefined) seated.get(role)?.push(person);
  }
  return seated;
}
