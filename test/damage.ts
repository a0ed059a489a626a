/** Puts the other value in place of the one that is found after so many steps through the tree. */
export function damage(value: unknown, steps: number, other: unknown): void {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (holder: Record<string, unknown>) => {
    for (const [key, inner] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof inner === 'object' && inner !== null) walk(inner as Record<string, unknown>);
    }
  };
  walk(value as Record<string, unknown>);
  const place = places[steps % places.length];
  if (place) place.holder[place.key] = other;
}
