/** One review in a run's history; it may answer for several environments at once. */
export interface Review {
  readonly environments: readonly string[];
  readonly state: 'approved' | 'rejected' | 'pending';
  readonly login: string;
  readonly comment: string;
}

export interface ReviewHistory {
  /** Every review of the run, those of earlier attempts included. */
  reviews(runId: string): Promise<readonly Review[]>;
}
