/** A world's accounts by the short names that its other parts use. */
export type AccountBook = Readonly<Record<string, { readonly id: string; readonly region: string }>>;

export interface Place {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** Where an entry of the world lives: its account's number, and its own region or else the account's. */
export function placeOf(
  accounts: AccountBook,
  entry: { readonly account: string; readonly region?: string | undefined },
): Place {
  const account = accounts[entry.account];
  if (account === undefined) throw new Error(`The world has no account ${entry.account}.`);
  return { account: account.id, region: entry.region ?? account.region };
}

export const inPlace = (place: Place, account: string, region: string): boolean =>
  place.account === account && place.region === region;
