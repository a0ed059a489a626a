export { createPagerDutyService, pagerDutySchema } from './service.ts';
