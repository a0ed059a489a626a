export { createPagerDutyChannel, type Severity } from './channel.ts';
