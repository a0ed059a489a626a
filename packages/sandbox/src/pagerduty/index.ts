export { createPagerDutyService, type PagerDutyDefinition, pagerDutySchema } from './service.ts';
