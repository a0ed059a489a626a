/** What is there in the end, as an outsider sees it. */
export interface Left {
  readonly version?: '1' | '2';
  readonly statuses?: readonly string[];
  /** Of the last record. */
  readonly reason?: string;
  /** What stayed of the parameters and the flag; all as it was where nothing is said. */
  readonly stays?: 'all' | 'the flag' | 'the parameters';
}

const undone = ['started', 'rolled-back'];
const failed = ['started', 'failed'];

/** Each stage of the promotion to SIT that fails, with configuration and flags, and the repetitions. */
export const toSit: Readonly<Record<string, Left>> = {
  'sit-whole-tests-fail': { statuses: undone, reason: 'the tests in the target environment failed' },
  'sit-unhealthy': {
    statuses: undone,
    reason: 'the health check failed once the new version had every request',
  },
  'sit-killed-rerun-refused': {
    statuses: undone,
    reason: 'the package of the source environment could not be fetched',
  },
  'sit-killed-rerun': { version: '2', statuses: ['started', 'started', 'succeeded'], stays: 'all' },
  'sit-whole': { version: '2', statuses: ['started', 'succeeded'], stays: 'all' },
  'sit-undone-rerun': {
    version: '2',
    statuses: [...undone, 'started', 'succeeded'],
    stays: 'all',
  },
  'sit-dev-role-refused': {},
  'sit-no-branch': {},
  'sit-dev-shut': {},
  'sit-package-refused': {},
  'sit-role-refused': {},
  'sit-locked': { statuses: ['failed'], reason: 'the lock of the service was not got' },
  'sit-no-backup': {
    statuses: ['failed'],
    reason: 'the stable version could not be kept under a backup alias',
  },
  'sit-no-start-recorded': { statuses: ['failed'], reason: 'its start could not be recorded' },
  'sit-configuration-half-way': { statuses: failed, reason: 'the configuration was not promoted' },
  'sit-flags-refused': { statuses: failed, reason: 'the feature flags were not all promoted' },
  'sit-deploy-refused': { statuses: failed, reason: 'the package could not be deployed' },
  'sit-alias-refused': {
    statuses: failed,
    reason: 'the requests could not be sent to the new version',
  },
  'sit-success-unrecorded': { statuses: undone, reason: 'its success could not be recorded' },
  'sit-cancelled': { statuses: undone, reason: 'the run was cancelled' },
  'sit-undo-fails': {
    version: '2',
    statuses: failed,
    reason: 'the tests in the target environment failed, and it could not be undone',
  },
  'sit-flags-stay': { statuses: undone, stays: 'the flag' },
  'sit-configuration-stays': { statuses: undone, stays: 'the parameters' },
  'sit-undone-unrecorded': { statuses: ['started'] },
  'sit-draft-refused': { version: '2', statuses: ['started', 'succeeded'], stays: 'all' },
  'sit-draft-rerun': { version: '2', statuses: ['started', 'succeeded'], stays: 'all' },
  'sit-killed': { version: '2', statuses: ['started'], stays: 'all' },
};

/** The same of the promotion to production. */
export const toProduction: Readonly<Record<string, Left>> = {
  'whole-smoke-fails': {
    statuses: undone,
    reason: 'the health check failed once the new version had every request',
  },
  'whole-killed-rerun': { version: '2', statuses: ['started', 'started', 'succeeded'], stays: 'all' },
  'killed-early-rerun-refused': {
    statuses: failed,
    reason: 'the maintenance window did not pass when it was checked again',
  },
  'too-early-rerun': { version: '2', statuses: ['started', 'succeeded'], stays: 'all' },
  'undone-rerun': { version: '2', statuses: [...undone, 'started', 'succeeded'], stays: 'all' },
  'flags-approved-rerun': { version: '2', statuses: [...failed, 'started', 'succeeded'], stays: 'all' },
  'sit-shut': {},
  'ticket-withdrawn': {},
  'approved-too-late': {},
  'sit-shut-later': {},
  'package-refused': {},
  'production-shut': {},
  'production-locked': { statuses: ['failed'], reason: 'the lock of the service was not got' },
  'no-backup': {
    statuses: ['failed'],
    reason: 'the stable version could not be kept under a backup alias',
  },
  'no-start-recorded': { statuses: ['failed'], reason: 'its start could not be recorded' },
  'protected-main': { statuses: failed, reason: 'the release branch could not be merged and tagged' },
  'deploy-refused': { statuses: failed, reason: 'the package could not be deployed' },
  'alias-refused': { statuses: failed },
  'success-unrecorded': { statuses: undone, reason: 'its success could not be recorded' },
  'undo-fails': {
    version: '2',
    statuses: failed,
    reason: 'the health check failed once the new version had every request, and it could not be undone',
  },
  'undo-fails-rerun': { statuses: [...failed, ...undone] },
  'flags-stay': { statuses: undone, stays: 'the flag' },
  'configuration-stays': { statuses: undone, stays: 'the parameters' },
  'undone-unrecorded': { statuses: ['started'] },
};

/** What follows the deployment: it stands, whatever becomes of this. */
export const afterwards: Readonly<Record<string, { readonly release: string; readonly told: boolean }>> = {
  'publish-rerun': { release: 'v1.4.0', told: true },
  'publish-refused': { release: 'v1.4.0, a draft', told: true },
  'ticket-untold': { release: 'v1.4.0', told: false },
  'ticket-rerun': { release: 'v1.4.0', told: true },
};
