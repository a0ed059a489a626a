export { createPagerDutyChannel, type PagerDutyOptions, type Severity } from './channel.ts';
