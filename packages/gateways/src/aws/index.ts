export { clientOptions } from './client.ts';
export { awsCall, awsCode, awsStatus, type Call, outsideError } from './errors.ts';
export { awsClock, heedDates } from './time.ts';
